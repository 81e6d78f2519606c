"""Figures and days as people type them."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

MAX_DIGITS = 15
"""Up to fifteen digits come out of a float as they went in."""
DECIMALS = 6
"""How many of them the service keeps behind the decimal comma."""
_FIGURE = re.compile(r"-?\d+(?:[.,]\d+)?\Z", re.ASCII)
_GROUPED = (re.compile(r"-?\d{1,3}(?:\.\d{3})+,\d+\Z", re.ASCII), re.compile(r"-?\d{1,3}(?:,\d{3})+\.\d+\Z", re.ASCII))
_UNCLEAR = re.compile(r"-?(?:[1-9]\d{0,2}[.,]\d{3}|\d{1,3}(?:\.\d{3}){2,}|\d{1,3}(?:,\d{3}){2,})\Z", re.ASCII)
_SPACED = re.compile(r"-?\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?![^.,])", re.ASCII)
"""Thousands may be parted by spaces, in groups of three; anything else with a space in it is two figures."""
_DAY = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})\Z", re.ASCII)
_ISO = re.compile(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})(?:[ T]\d\d:\d\d(?::\d\d)?)?\Z", re.ASCII)


class Unclear(Exception):
    """A figure that may mean two things."""


def figure_of(text: str) -> Decimal | None:
    """Read a figure with a decimal comma or point, with or without a percent sign; none when it is no figure.

    Raises:
        Unclear: its separator may part thousands or decimals.
    """
    plain = _ungrouped(text.strip().removesuffix("%").rstrip())
    if not _FIGURE.match(plain) or sum(map(str.isdigit, plain)) > MAX_DIGITS:
        return None
    try:
        return Decimal(plain.replace(",", "."))
    except InvalidOperation:
        return None


def _ungrouped(plain: str) -> str:
    """Leave out what parts thousands."""
    if _SPACED.match(plain):
        plain = "".join(plain.split())
    if _UNCLEAR.match(plain):
        raise Unclear
    if _GROUPED[0].match(plain):
        return plain.replace(".", "").replace(",", ".")
    return plain.replace(",", "") if _GROUPED[1].match(plain) else plain


def spelled(figure: Decimal) -> int | float:
    """Spell a figure as the JSON number that it must be."""
    return int(figure) if figure == figure.to_integral_value() else float(figure)


def day_of(text: str) -> date | None:
    """Read a day as day/month/year or as ISO 8601 spells it; none when there is no such day."""
    plain = " ".join(text.split())
    if found := _DAY.match(plain):
        day, month, year = found.groups()
    elif found := _ISO.match(plain):
        year, month, day = found.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
