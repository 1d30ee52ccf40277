"""The desk: what waits for an organisation, cases and steps, and every operation as a form."""
