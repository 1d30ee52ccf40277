"""Traffic notices: rules and standard formats."""
