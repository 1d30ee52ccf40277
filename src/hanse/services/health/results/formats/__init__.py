"""FHIR R4 in and out: what a hospital's own system speaks to its own node."""
