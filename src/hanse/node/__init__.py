"""A node: the one running system that serves a city. The edge: sockets, clocks and commits."""
