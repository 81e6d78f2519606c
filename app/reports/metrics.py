"""How long words are in Times New Roman, bold: rules below headings are drawn as long as the words, or as a part of it.

A letter is as wide with its marks as without, but for the horned ones.
"""

import unicodedata

_PER_MILLE = {
    1000: "W…",
    944: "M",
    833: "m",
    796: "Ư",
    778: "GHKOQƠ",
    722: "ACDNRUVXYwĐ",
    667: "BELTZ",
    611: "FP",
    600: "ư",
    556: "Sbdhknpquđơ",
    500: "Jagovxy0123456789–“”",
    444: "cerz",
    389: "Is",
    333: "fjt-():;",
    278: "il/",
    250: " .,\u00a0",
}
_WIDTHS = {letter: width / 1000 for width, letters in _PER_MILLE.items() for letter in letters}
_USUAL = 0.6
"""As wide as most letters are."""
_MM_A_POINT = 25.4 / 72
_HORN = "\u031b"


def width_of(text: str, points: float) -> float:
    """Return how many millimetres a text is long, set bold at a size."""
    return sum(_WIDTHS.get(_plain(letter), _USUAL) for letter in text) * points * _MM_A_POINT


def wrapped(text: str, points: float, millimetres: float, *, at_dash: bool = False) -> list[str]:
    """Break a text into as few lines as fit a width, all of them about as long; or at its dash, if both parts fit."""
    lines = _broken(text, points, millimetres)
    first, dash, rest = text.partition(" - ")
    if at_dash and dash and len(lines) == 2 and width_of(rest, points) <= millimetres:
        return [f"{first} -", rest]
    for tighter in range(100):
        narrower = _broken(text, points, millimetres * (1 - tighter / 100))
        if len(narrower) > len(lines):
            break
        lines = narrower
    return lines


def _broken(text: str, points: float, millimetres: float) -> list[str]:
    lines: list[str] = []
    for word in filter(None, text.split(" ")):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, points) <= millimetres:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _plain(letter: str) -> str:
    parts = unicodedata.normalize("NFD", letter)
    return unicodedata.normalize("NFC", parts[0] + _HORN) if _HORN in parts else parts[0]
