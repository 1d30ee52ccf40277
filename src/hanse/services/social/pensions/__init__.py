"""Pension relationships that follow a worker from city to city, with their funds."""
