"""Signed exchange between cities: requests and answers, events, deliveries, and their records."""
