"""The league's documents: the charter, the agreements under it, and what they allow."""
