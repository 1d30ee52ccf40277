"""Traffic notices in the standard formats of the field, out and in."""
