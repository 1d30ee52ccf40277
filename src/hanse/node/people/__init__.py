"""The people who use a node's pages: their accounts, their sessions, and what each may do."""
