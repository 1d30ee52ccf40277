"""Tests of clearing: positions, gridlock, cycles and their settlement."""
