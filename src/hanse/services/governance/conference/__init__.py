"""Joint meetings of the cities, what they resolve, and who does it by when."""
