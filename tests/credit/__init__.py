"""Tests of the rules of public credit."""
