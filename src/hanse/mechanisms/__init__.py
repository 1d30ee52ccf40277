"""What carries every service: league, exchange, journal. A service declares; these do."""
