"""Universal deposit and withdrawal (通存通兑): at any bank of the league on a card of another."""
