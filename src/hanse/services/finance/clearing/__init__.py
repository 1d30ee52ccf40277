"""The league's clearing house: a role that a city takes by charter."""
