"""Recognises Vietnamese that was typed for a legacy font: its letters are others in Unicode.

TCVN3 (ABC) puts a letter with its marks where Latin-1 has a sign or a letter of the West, and VNI spells it as a vowel
and a second letter.  A word is evidence of a font when it is no Vietnamese syllable as it stands and is one as the font
shows it; a Vietnamese syllable that the font cannot show is evidence against it, and what is a syllable both ways is
neither.  What of the two there is more of decides, so that a foreign name or a sign among Vietnamese words is no alarm.
"""

import re
import unicodedata
from functools import lru_cache

from app.commands.imports.syllables import is_syllable

_TCVN3 = dict(
    zip(
        "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)
"""The code page TCVN 5712:1993 VN3, as Latin-1 shows it."""
_VNI_ALONE = dict(zip("ñôöíìæóòî", "đơưíìỉĩịỵ", strict=True))
_VNI_PAIRS = {
    **dict.fromkeys("aeouyôö", "ùøûõï"),
    "a2": "âáàåãä",
    "a3": "êéèúüë",
    "e2": "âáàåãä",
    "o2": "âáàåãä",
}
_SHOWN = {
    "a": "áàảãạ",
    "e": "éèẻẽẹ",
    "o": "óòỏõọ",
    "u": "úùủũụ",
    "y": "ýỳỷỹỵ",
    "ô": "ớờởỡợ",
    "ö": "ứừửữự",
    "a2": "âấầẩẫậ",
    "a3": "ăắằẳẵặ",
    "e2": "êếềểễệ",
    "o2": "ôốồổỗộ",
}
_VNI = _VNI_ALONE | {
    f"{vowel[0]}{mark}": letter
    for vowel, marks in _VNI_PAIRS.items()
    for mark, letter in zip(marks, _SHOWN[vowel], strict=True)
}
_VNI_LETTER = re.compile("|".join(sorted(_VNI, key=len, reverse=True)))
_WORD = re.compile(r"[^\s!-/:-@\[-`{-~]+")
_UNITS = {"µm"}
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_WINDOWS_1258 = bytes(range(256)).decode("cp1258", "ignore")
FONTS = 2


def is_legacy(text: str) -> bool:
    """Say whether a text was typed for a legacy font."""
    if text.isascii():
        return False
    words = [_told(word) for word in _WORD.findall(text) if not word.isascii()]
    return any(
        sum(not now and by_font[n] for now, *by_font in words) > sum(now and not by_font[n] for now, *by_font in words)
        for n in range(FONTS)
    )


@lru_cache(maxsize=8192)
def _told(word: str) -> tuple[bool, ...]:
    """Say of a word whether it is a syllable as it stands, in TCVN3, and in VNI."""
    plain = unicodedata.normalize("NFC", word)
    if any(map(str.isdecimal, plain)) or plain in _UNITS or len(plain) < 2:
        return (False,) * (1 + FONTS)
    spellings = {plain, _as_latin(plain)}
    fonts = (any(map(is_syllable, map(shown, spellings))) for shown in (_in_tcvn3, _in_vni))
    return (is_syllable(plain), *fonts)


def _in_tcvn3(word: str) -> str:
    """Show a word in TCVN3; letters beyond ASCII that the font does not have stay out of any syllable."""
    return "".join(one if one.isascii() else _TCVN3.get(one, "?") for one in word)


def _in_vni(word: str) -> str:
    shown = _VNI_LETTER.sub(lambda found: f"\0{_VNI[found[0]]}", word.lower())
    return "".join(one if one.isascii() or shown[n - 1 : n] == "\0" else "?" for n, one in enumerate(shown)).replace(
        "\0", ""
    )


def _as_latin(word: str) -> str:
    """Return a word as Latin-1 has it, where a text of a legacy font was read as windows-1258."""
    try:
        return "".join(map(_apart, word)).encode("cp1258").decode("latin-1")
    except UnicodeError:
        return word


def _apart(letter: str) -> str:
    if letter in _WINDOWS_1258:
        return letter
    pair = unicodedata.normalize("NFD", letter)
    base = unicodedata.normalize("NFC", "".join(one for one in pair if one not in _TONES))
    return base + "".join(one for one in pair if one in _TONES)
