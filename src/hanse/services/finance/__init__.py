"""Finance: money between the banks of the league."""
