"""Traffic notices: a city publishes, updates and lifts; the others receive, acknowledge, ask."""
