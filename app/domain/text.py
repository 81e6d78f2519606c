"""Text as people type it, and as it is searched."""

import unicodedata

_STROKES = str.maketrans({"đ": "d", "Đ": "D", "ð": "d", "Ð": "D"})
"""The letter with a stroke, and the Icelandic one that looks like it and that old fonts and keyboards put there."""


def fold(text: str) -> str:
    """Return text for searching: lower case, no diacritics, so that `cong an` finds `Công an`."""
    plain = unicodedata.normalize("NFKD", text.translate(_STROKES))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())


_DRAWN_TOGETHER = "\u200d"
"""Joins emoji into one; anywhere else it is as invisible as the others."""
_BLANK_LETTERS = set("\u115f\u1160\u2800\u3164\uffa0")
_TAGS = ("\U000e0000", "\U000e0fff")


def first_invisible(text: str) -> int | None:
    """Return the place, from 0, of the first character that nobody sees or that turns the text around, if any.

    Such a character hides a number from a reader and from the guard, or shows the end of a name at its beginning.
    """
    if text.isprintable() and text.isascii():
        return None
    return next((n for n, one in enumerate(text) if _is_invisible(one) and not _is_in_emoji(text, n)), None)


def _is_invisible(character: str) -> bool:
    if character in _BLANK_LETTERS or _TAGS[0] <= character <= _TAGS[1]:
        return True
    return unicodedata.category(character) in {"Cf", "Cc"} and not character.isspace()


def _is_in_emoji(text: str, place: int) -> bool:
    around = text[max(place - 2, 0) : place] + text[place + 1 : place + 2]
    return text[place] == _DRAWN_TOGETHER and any(unicodedata.category(one) in {"So", "Sk"} for one in around)


def is_storable(text: str) -> bool:
    """Say whether a database and JSON can hold the text: no NUL and no lone surrogate."""
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)
