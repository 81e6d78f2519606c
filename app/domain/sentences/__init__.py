"""What is wrong with one field, in Vietnamese: the sentences of ours and of the libraries that read requests.

Whoever finds a fault says it in English, at once and where it is found; the edge says it again to who reads Vietnamese.
"""

import re
from collections.abc import Iterator
from functools import cache

from app.domain.errors import kinds
from app.domain.sentences.catalogue import GUARDED, LIBRARY, OURS, WHOLE

UNKNOWN = "không hợp lệ"
"""What is said in Vietnamese for a sentence that has none; a test finds each that our code can say."""


def in_vietnamese(sentence: str) -> str:
    """Say an English sentence about a field in Vietnamese; several are joined by semicolons."""
    parts = [_said(part) for part in sentence.split("; ")]
    return "; ".join(part for part in parts if part) if all(parts) else _said(sentence) or UNKNOWN


def _said(sentence: str) -> str | None:
    exact, patterns = _catalogue()
    if sentence in exact:
        return exact[sentence]
    found = ((pattern.fullmatch(sentence), vietnamese) for pattern, vietnamese in patterns)
    return next((words.format_map(_taken(match)) for match, words in found if match), None)


def _taken(match: re.Match[str]) -> dict[str, str]:
    """Take over what stood in a sentence; a list of choices, and of places, is joined by words of its own."""
    return {name: _joined(value) for name, value in match.groupdict().items()}


def _joined(value: str) -> str:
    if re.fullmatch(r"\d+ to \d+", value):
        return value.replace(" to ", "–")
    return "không có gì" if value == "nothing" else value.replace(" or ", " hoặc ")


@cache
def _catalogue() -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]]]:
    """Part the sentences that are always the same from those that are not."""
    titles = {kind.__doc__ or "": kind.title_vi for kind in kinds()}
    every = titles | OURS | GUARDED | WHOLE | LIBRARY
    exact = {english: words for english, words in every.items() if "{" not in english}
    # A sentence of more words of its own comes first: "should be {expected}" fits many.
    varied = sorted((english for english in every if "{" in english), key=len, reverse=True)
    return exact, [(re.compile("".join(_pattern(one)), re.DOTALL), every[one]) for one in varied]


def _pattern(english: str) -> Iterator[str]:
    for n, part in enumerate(re.split(r"\{(\w+)\}", english)):
        yield re.escape(part) if n % 2 == 0 else "(?P<s>s?)" if part == "s" else f"(?P<{part}>.*?)"
