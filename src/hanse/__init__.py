"""Hanse: the shared digital backbone of a league of neighbouring cities."""
