"""Seeding a plan: `reader` reads its files, `rows` says what should stand, `changes` compares, `apply` writes."""
