"""What everything stands on: store, keys, money, identifiers, working days, languages."""
