"""What signs, seals and verifies: keys in private files, tokens, and what only the service can read again."""
