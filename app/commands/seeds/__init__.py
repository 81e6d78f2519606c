"""Seeding a plan: `reader` reads its files, `consistency` holds them to each other, `rows` says what should stand.

`kept` says what is left alone, and `apply` compares and writes.
"""
