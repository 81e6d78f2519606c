"""The heart: what was recorded of an obligation, and where it stands, at any moment."""
