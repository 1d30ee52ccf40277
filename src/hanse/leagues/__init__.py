"""Leagues that the package brings: configuration, never code."""
