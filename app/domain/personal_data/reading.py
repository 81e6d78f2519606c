"""Text read as a row of letters, one for each word, which says what the word is to a name beside it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.personal_data.lexicon import (
    MARKED,
    MIDDLES,
    NO_NAMES,
    SURNAMES,
    UNMARKED,
    VERBS,
    Phrases,
    Word,
    unmarked,
)
from app.domain.personal_data.spelling import LOWER

_AGE = r"(?:1[0-7]|0?\d)"
_AGE_IN_WORDS = (
    r"(?:mười(?:\s+(?:một|hai|ba|bốn|lăm|sáu|bảy))?|một|hai|ba|bốn|năm|sáu|bảy|tám|chín"
    r"|muoi(?:\s+(?:mot|hai|ba|bon|lam|sau|bay))?|mot|bon|nam|sau|bay|tam|chin)"
)
_YEARS = r"tu[ổo]i"
_TOKEN = re.compile(
    rf"""(?<!\w)(?:
      (?P<x>(?:dưới|trên|từ|đến|đủ|quá|duoi|tren|tu|den|\d\s?-)\s?{_AGE}\s?{_YEARS}
        | {_AGE}\s{_YEARS}\s(?:đảng|nghề|quân))
    | (?P<a>(?:{_AGE}|{_AGE_IN_WORDS})(?:\s(?:tháng|thang|ngày|ngay|tuần|tuan))?\s?{_YEARS}
        | {_YEARS}\s?:?\s?{_AGE}(?!\d) | {_AGE}\s?t(?=[\s,.;)]|\Z))
    | (?P<y>(?:(?:ngày,?\s)?(?:tháng,?\s)?năm\ssinh|ngày\ssinh|sinh|nam\ssinh|ngay\ssinh|s\.?n|ns)\.?
        (?:\s(?:năm|ngày|nam|ngay))?[\s.:]{{0,3}}(?:\d{{1,2}}(?:[./-]|\stháng\s)\d{{1,2}}(?:[./-]|\snăm\s))?
        20(?:0[4-9]|[1-9]\d) | 20(?:0[6-9]|[12]\d)(?=\s?[;|]|\s-\s))
    | (?P<k>l[ớo]p\s?:?\s?(?:1[0-2]|[1-9])(?:\s?[a-hk]\d{{0,2}})?(?![/])
        | l[ớo]p\s(?:lá|chồi|mầm(?!\s?non)))
    | (?P<q>(?:1[0-2]|[1-9])(?-i:[A-HK])\d{{0,2}}(?![/-]))
    )(?!\w) | (?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*) | (?P<number>\d+)""",
    re.VERBOSE | re.IGNORECASE,
)
_SYLLABLE = re.compile(r"(?:[a-z]{1,2}['’])?[bcdghklmnpqrstvx]{0,3}[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?")
"""A syllable of Vietnamese, or of a neighbour, without its marks."""
_MARKED_LETTER = re.compile(f"[{LOWER[3:]}]", re.IGNORECASE)
_NO_NAMES = frozenset(NO_NAMES.lower().split())
_SURNAMES = frozenset({*SURNAMES.split(), *unmarked(SURNAMES).split()})
_MIDDLES = frozenset({*MIDDLES.split(), *unmarked(MIDDLES).split()})
_BESIDE_NAMES = {Word.NAME, Word.SURNAME_IN_CAPITALS, Word.CAPITALS}
_CUES = {Word.CHILD, Word.VICTIM, Word.PUPIL, Word.CHILDREN, Word.FILLER}
_ALSO_NAMES = {Word.FILLER, Word.TITLE, Word.OF_HEAD}
_SOFT = re.compile(r"[\s:\-\"“”‘’'()\[\]*]{0,5}")
_COMMA = re.compile(r"[\s:\-\"“”‘’'()\[\],;/|]{0,6}")


@dataclass(frozen=True)
class Read:
    """A word or a phrase, and where it stands."""

    kind: str
    start: int
    end: int


def read(text: str) -> list[Read]:
    """Read a text: its words in order, and between them the marks that part sentences or their parts."""
    tokens = list(_TOKEN.finditer(text))
    phrases = MARKED if _MARKED_LETTER.search(text) else UNMARKED
    row: list[Read] = []
    place = 0
    while place < len(tokens):
        start = tokens[place].start()
        row.extend(_marks(text, row[-1].end if row else 0, start))
        taken, kind = _kind_at(tokens, place, phrases, row[-1].kind if row else Word.STOP)
        row.append(Read(kind, start, tokens[place + taken - 1].end()))
        place += taken
    return row


def _marks(text: str, start: int, end: int) -> Iterator[Read]:
    """Yield the mark that parts two words, unless it is one that parts nothing."""
    if not _SOFT.fullmatch(text, start, end):
        yield Read(Word.COMMA if _COMMA.fullmatch(text, start, end) else Word.STOP, start, end)


def _kind_at(tokens: list[re.Match[str]], place: int, phrases: Phrases, before: str) -> tuple[int, str]:
    """Say how many tokens belong together and what they are."""
    token = tokens[place]
    if token.lastgroup != "word":
        return 1, Word.OTHER if token.lastgroup == "number" else str(token.lastgroup)
    for words, kind in phrases.get(token[0].lower(), ()):
        these = tokens[place : place + len(words)]
        if tuple(one[0].lower() for one in these) == words and _is_meant(tokens, place, these, kind, before):
            return len(words), kind
    return 1, _kind_of(token[0], before)


def _is_meant(tokens: list[re.Match[str]], place: int, these: list[re.Match[str]], kind: Word, before: str) -> bool:
    """Say whether a phrase is meant, and not a part of a name that looks like it."""
    if kind in {Word.PLACE, Word.HISTORIC}:
        return all(one[0][0].isupper() and not one[0].isupper() for one in these)
    if len(these) > 1 or not these[0][0][0].isupper():
        return True
    after = tokens[place + 1][0] if place + 1 < len(tokens) else ""
    return not (_goes_on(these[0], kind, before) or _is_called(these[0][0], kind, before, after))


def _goes_on(word: re.Match[str], kind: Word, before: str) -> bool:
    """Say whether a word goes on with the name before it, in the same line: `Phạm Thị Bé Ba`, `nhóm trẻ Bé Yêu`."""
    if word.string[word.start() - 1 : word.start()] not in {" ", "-"}:
        return False
    if _is_title(word[0]):
        return before in _BESIDE_NAMES or (before == Word.HEAD and kind is Word.CHILD)
    return before in {Word.SURNAME_IN_CAPITALS, Word.CAPITALS}


def _is_called(word: str, kind: Word, before: str, after: str) -> bool:
    """Say whether a word is what a child is called, though it means something else: `em Nam`, `em Trường được …`."""
    named = _ALSO_NAMES | ({Word.HEAD} if after in VERBS else set())
    return _is_title(word) and before in _CUES and kind in named


def _is_title(word: str) -> bool:
    return word[0].isupper() and word[1:].islower()


def _kind_of(word: str, before: str) -> str:
    """Say what a word is by its looks."""
    if word.islower():
        return _kind_of_small(word)
    if len(word) == 1 and word.isupper():
        return Word.INITIAL if word.isascii() else Word.NAME
    if word.lower() in _NO_NAMES and before != Word.NAME:
        return Word.OTHER
    if not _SYLLABLE.fullmatch(unmarked(word).lower()):
        return Word.NAME if _is_title(word) and before in {Word.CHILD, Word.VICTIM} else Word.OTHER
    if word.isupper():
        return Word.SURNAME_IN_CAPITALS if word.lower() in _SURNAMES else Word.CAPITALS
    return Word.NAME if word[0].isupper() else Word.OTHER


def _kind_of_small(word: str) -> str:
    if word in _SURNAMES and word not in _NO_NAMES:
        return Word.SMALL_SURNAME
    return Word.SMALL_MIDDLE if word in _MIDDLES else Word.OTHER
