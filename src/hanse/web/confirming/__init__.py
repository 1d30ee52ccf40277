"""What waits for another person to confirm it."""
