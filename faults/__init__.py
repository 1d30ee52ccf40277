"""Faults on real processes: a day of the league while its nodes are killed, frozen and cut off."""
