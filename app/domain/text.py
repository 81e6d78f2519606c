"""Text as people type it, and as it is searched."""

import unicodedata

_STROKES = str.maketrans({"đ": "d", "Đ": "D", "ð": "d", "Ð": "D"})
"""The letter with a stroke, and the Icelandic one that looks like it and that old fonts and keyboards put there."""


def fold(text: str) -> str:
    """Return text for searching: lower case, no diacritics, so that `cong an` finds `Công an`."""
    plain = unicodedata.normalize("NFKD", text.translate(_STROKES))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())


def is_storable(text: str) -> bool:
    """Say whether a database and JSON can hold the text: no NUL and no lone surrogate."""
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)
