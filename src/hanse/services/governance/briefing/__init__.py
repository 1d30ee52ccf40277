"""Economic indicators and work arrangements of the cities, collected by template and period."""
