"""The public pages: what the league is, what happens now, what it offers, and verification."""
