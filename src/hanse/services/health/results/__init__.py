"""Mutual recognition of examination and laboratory results between hospitals (RULES 4)."""
