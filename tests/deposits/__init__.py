"""Universal deposit and withdrawal: rules, two cities, faults, and the books of both."""
