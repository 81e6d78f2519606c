"""Imports: filled-in forms, read by what their headings say, and recorded line by line, each line once.

`reading` starts the process that reads a file, `form` finds its headings, `meaning` makes updates of its lines, and
`recording` records them.  What is said to people, in both languages, stands in `sayings`.
"""
