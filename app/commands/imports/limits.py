"""How the process that reads a form says that the form takes more than it may."""

TOO_LARGE = 3
"""Its exit status when the file takes more memory or output than it may."""
