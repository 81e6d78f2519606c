"""Who calls, and what a caller may ask for how often."""
