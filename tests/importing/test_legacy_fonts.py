"""Texts of legacy fonts are told from Unicode: nearly all are found, and no Vietnamese in Unicode is taken for one."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from app.commands.imports import legacy_fonts
from app.commands.imports.legacy_fonts import is_legacy

SEED = Path(__file__).parent.parent.parent / "seeds" / "115-kh-ubnd-2021" / "duties.yaml"
PIECES = [
    " ".join(words[n : n + 8])
    for text in re.findall(r'(?:text|title_vi): "(.+)"', SEED.read_text("utf-8"))
    for words in [text.split()]
    for n in range(0, len(words) - 3, 8)
]
"""What the plan says, in pieces of four to eight words, as short as a cell of a form."""
LEAST_RECALL = 0.99


def in_tcvn3(text: str) -> str:
    """Spell a text for TCVN3, whose capitals with tones are another font's small letters."""
    codes = {shown: code for code, shown in legacy_fonts._TCVN3.items()}
    return "".join(codes.get(one) or codes.get(one.lower()) or one for one in text)


def in_vni(text: str) -> str:
    """Spell a text for VNI."""
    codes = {shown: code for code, shown in legacy_fonts._VNI.items()}
    return "".join(
        codes[one] if one in codes else codes[one.lower()].upper() if one.lower() in codes else one for one in text
    )


def as_windows_1258(text: str) -> str:
    """Read as windows-1258 what a program saved as Latin-1; what that has no letters for is left out."""
    return text.encode("latin-1", "ignore").decode("cp1258", "ignore")


SPELLED: dict[str, Callable[[str], str]] = {
    "TCVN3": in_tcvn3,
    "VNI": in_vni,
    "TCVN3 as windows-1258": lambda text: as_windows_1258(in_tcvn3(text)),
    "VNI as windows-1258": lambda text: as_windows_1258(in_vni(text)),
}


@pytest.mark.parametrize("font", SPELLED)
def test_texts_of_a_legacy_font_are_found_and_those_in_unicode_are_not(font: str) -> None:
    told = [(is_legacy(SPELLED[font](piece)), is_legacy(piece)) for piece in PIECES if SPELLED[font](piece) != piece]
    found, alarms = (sum(one[n] for one in told) for n in (0, 1))

    recall, precision = found / len(told), found / (found + alarms)
    print(f"{font}: recall {recall:.4f}, precision {precision:.4f} of {len(told)}")  # noqa: T201  It is what was asked for.
    assert recall >= LEAST_RECALL
    assert alarms == 0


@pytest.mark.parametrize(
    ("text", "legacy"),
    [
        ("§· tæ chøc héi nghÞ, më líp tËp huÊn", True),
        ("§ang thùc hiÖn", True),
        ("Ñang thöïc hieän", True),
        ("HOÄI NGHÒ TAÄP HUAÁN", True),
        ("hoà bình, thuỷ lợi, khoẻ", False),
        ("Đã họp với Müller & Söhne, El Niño, São Paulo, Café", False),
        ("· Họp · tập huấn ® © § 5 ¶ 37°C 5 µm ½ ngày «xong» m²", False),
        ("Krông Búk, Đắk Lắk, Ea H'leo", False),
        ("có cô kể", False),
        ("ºC ± µm ©", False),
    ],
)
def test_a_foreign_name_or_a_sign_is_no_legacy_font(text: str, legacy: bool) -> None:
    assert is_legacy(text) is legacy
