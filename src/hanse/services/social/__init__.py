"""Services of the social field."""
