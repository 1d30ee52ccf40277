"""The operator's pages: how the node stands."""
