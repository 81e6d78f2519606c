"""A corpus of files, made anew by each run: hostile ones, each with the reason to refuse it, and honest ones."""

from app.inspection.reasons import Reason

Hostile = dict[str, tuple[str, bytes, Reason]]
"""Each by what it is: its extension, its bytes, and why it is refused."""
Honest = dict[str, tuple[str, bytes]]
