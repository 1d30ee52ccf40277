"""The resident's pages: own matters, certificates, settlements, and who looked at one's data."""
