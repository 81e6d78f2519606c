"""Recognises Vietnamese that was typed for a legacy font: its letters are others in Unicode.

TCVN3 puts vowels with marks where Latin-1 has signs, and VNI spells them as a vowel and a second letter.  Words of
neither are Vietnamese, and two such places in one cell are no chance.
"""

import re

_LETTER = "A-Za-z"
_TCVN3 = re.compile(rf"(?<=[{_LETTER}])[µ¶·¸¨¾¼½Æ©®§ª¬]|[®§](?=[{_LETTER}µ¶·¸Ê])")
_VNI = re.compile(r"[aeoAEO][äåÄÅ]|[aA][ëüËÜ]|[aeiouyôöAEIOUYÔÖ][øûïØÛÏ]|[ñÑ][aeiouyöô]")
PLACES = 2


def is_legacy(text: str) -> bool:
    """Say whether a text was typed for a legacy font."""
    if text.isascii():
        return False
    return any(len(pattern.findall(text)) >= PLACES for pattern in (_TCVN3, _VNI))
