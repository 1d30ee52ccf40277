"""Medical insurance settled where care is given, by the policy of the insuring city (RULES 3)."""
