"""Special groups of the cities: a mayor in charge, a work plan, milestones, indicators, reports."""
