"""Forms made from declared models: what is asked for, what was typed, and what is wrong with it."""
