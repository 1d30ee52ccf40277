"""A league in one thread: the real exchange under a simulated network, disk, clock and people."""
