"""What the patterns for numbers share: how digits stand apart, and which letters stand for digits."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from app.domain.personal_data.findings import Kind

GAP = r"[\s.()/,;:|*-]{0,3}"
"""What may stand between two digits of one number: bounded, so that looking for a number stays linear."""


class Found(NamedTuple):
    """A kind, and where it stands in the plain spelling."""

    kind: Kind
    start: int
    end: int


def digits(count: int) -> str:
    """Return a pattern for a number of so many digits, however they are grouped."""
    return rf"\d(?:{GAP}\d){{{count - 1}}}(?!\d)"


def spread(written: str) -> str:
    """Let digits, and classes of digits, stand apart: `9[0-4]` also finds `9 3`."""
    return GAP.join(re.findall(r"\[.*?\]|.", written))


def blank(pattern: re.Pattern[str], text: str) -> str:
    """Take out what is harmless, so that nothing is found in it and every place stays where it is."""
    return pattern.sub(lambda found: "¤" * len(found[0]), text)


def found_by(kind: Kind, pattern: re.Pattern[str], text: str) -> Iterator[Found]:
    """Yield what a pattern's first group finds."""
    return (Found(kind, *found.span(1)) for found in pattern.finditer(text))


_MIXED = re.compile(r"[^\W_]*\d[^\W_]*")
_LOOKS = str.maketrans("OoQlIЗзб", "00011336")
_LOOKS_IN_LONG = str.maketrans("OoQlIЗзбSB", "0001133658")
_LONG = 6


_FEWEST_DIGITS = 5
"""No number that names a person has fewer, even where letters stand for some."""


def has_digits(text: str) -> bool:
    """Say whether there are digits enough for any number that names a person; most texts have none."""
    return sum(map(text.count, "0123456789")) >= _FEWEST_DIGITS


def in_digits(text: str) -> str:
    """Write the letters that stand for digits, in what is mostly a number, as digits: `O9l2` is 0912, `HS4` stays."""
    return _MIXED.sub(_as_digits, text)


def _as_digits(found: re.Match[str]) -> str:
    word = found[0]
    count = sum(character.isdecimal() for character in word)
    if count == len(word) or 2 * count < len(word):
        return word
    head = 2 if word[:2].isalpha() else 0
    return word[:head] + word[head:].translate(_LOOKS_IN_LONG if count >= _LONG else _LOOKS)


def is_one_number(piece: str) -> bool:
    """Say whether groups of digits are one number and no list: a list has short groups between its marks."""
    groups = [len(group) for group in re.findall(r"\d+", piece)]
    if re.search(r"[,;:|]", piece):
        return min(groups) > 2 or max(groups) == 1
    return not re.search(r"[\n/]", piece) or min(groups) > 1 or max(groups) == 1
