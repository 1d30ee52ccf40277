"""The field of market environment: registration, credit, supervision."""
