"""Retirees: benefits approved alike, and certification of entitlement where the retiree lives."""
