"""The field of social management: traffic, rescue, police, food."""
