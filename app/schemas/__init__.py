"""Wire shapes: what callers send and get, and what a plan's seed files hold."""
