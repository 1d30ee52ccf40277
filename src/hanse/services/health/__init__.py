"""Services of the field of health: recognised results, epidemics, capacity."""
