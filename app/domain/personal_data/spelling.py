"""Text as it looks: one spelling for the many in which the same sentence can be sent, and the way back."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.domain.personal_data.findings import Finding, Kind

LOWER = "a-zàáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"
UPPER = "A-Z" + LOWER.removeprefix("a-z").upper()
"""The letters of Vietnamese, as they stand between the brackets of a pattern."""

_USUAL = re.compile(rf"[ -~\n–{LOWER}{UPPER}]*")
_MOST_CHARACTERS = 8
"""No letter is made of more; there are characters that stand for a whole sentence."""
_INVISIBLE = {"Cf", "Cc", "Cn", "Co", "Me"}
_LOOKALIKES = str.maketrans(
    "АВЕКМНОРСТХІЈУаеорсхіјуһΑΒΕΖΗΙΚΜΝΟΡΤΧΥοａ",
    "ABEKMHOPCTXIJYaeopcxijyhABEZHIKMNOPTXYoa",
)
"""Letters of Cyrillic and Greek that look like those of Latin; `З` and `б` stand for digits, see numbers.py."""
_SPELLED = {"_": " ", "·": ".", "•": ".", "Ð": "Đ", "Ɖ": "Đ", "ð": "đ", "ɖ": "đ"}


@dataclass(frozen=True)
class Spelled:
    """The plain spelling; `places[n]` is where its character n begins in the text that was sent."""

    plain: str
    places: Sequence[int]

    def finding(self, kind: Kind, start: int, end: int) -> Finding:
        """Say where a piece of the plain spelling stands in the text that was sent."""
        return Finding(kind, self.places[start], self.places[end])


def spell(text: str) -> Spelled:
    """Compose letters, make digits, dashes and blanks plain, and drop what nobody can see."""
    if _USUAL.fullmatch(text):
        return Spelled(text.replace("_", " ").replace("–", "-"), range(len(text) + 1))
    characters: list[str] = []
    places: list[int] = []
    for place, cluster in _clusters(text):
        for character in unicodedata.normalize("NFKC", cluster.translate(_LOOKALIKES))[:_MOST_CHARACTERS]:
            if plain := _plain(character):
                characters.append(plain)
                places.append(place)
    return Spelled("".join(characters), [*places, len(text)])


def _clusters(text: str) -> Iterator[tuple[int, str]]:
    """Yield each letter with the marks upon it; an invisible character between them parts nothing."""
    begun, cluster = 0, ""
    for place, character in enumerate(text):
        if unicodedata.combining(character):
            cluster += character
        elif character == "\n" or unicodedata.category(character) not in _INVISIBLE:
            yield begun, cluster
            begun, cluster = place, character
    yield begun, cluster


def _plain(character: str) -> str:
    if character == "\n":
        return character
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if character.isspace():
        return " "
    if unicodedata.category(character) == "Pd" or character == "−":
        return "-"
    return _SPELLED.get(character, character)
