"""The name of a child: a name next to what says that it is a child's, in either order, whatever the surname.

A name is two to six syllables with capitals, or one beside a word that is said of one child.  What says that it is a
child's: an age under 18, a year of birth, a class, a pupil, a victim, a child.  Initials (`cháu N.T.L`, `em A`) pass:
they are how a child is hidden.  So do institutions and places, which also begin with capitals, and officials.
"""

import re
from collections.abc import Iterator

from app.domain.personal_data.findings import Kind
from app.domain.personal_data.patterns import Found
from app.domain.personal_data.reading import Read, read

_LONG = r"(?:I?N(?:I?[Np]){1,5}|pN(?:I?[Np]){0,4}|SN{1,4})(?![NI])"
_ONE_OR_MORE = r"(?:I?N(?:I?[Np]){0,5}|pN(?:I?[Np]){0,4}|SN{1,4}|r)(?![NI])"
_CAPITALS = r"S[SU]{1,4}"
_THREE_CAPITALS = r"S[SU]{2,4}"
_SMALL = r"sm[a-z]{1,2}"
_OR_AFTER = r"[,f]{0,3}(?:[aykq]|[gv])|[,f]{0,2}f[ecgv]"
_GRAMMAR = re.compile(
    rf"""
      (?:[cv][fb]{{0,6}}|[cvge][f,aykc]{{0,6}}[ayk][f,:]{{0,2}})(?P<one>{_ONE_OR_MORE})
    | [ge][fcb]{{0,6}}(?P<two>{_LONG})
    | [cvge][fcb]{{0,3}}z[xsmbh]{{0,3}}f(?P<told>{_LONG})
    | [cvge][fcb]{{0,6}}(?P<capitals>{_THREE_CAPITALS}|{_CAPITALS}(?=[,f]*[ayk]))
    | [cvge][fcb]{{0,6}}(?P<small>{_SMALL})
    | [ay][f,]{{0,2}}(?P<after_age>{_LONG})
    | kf?(?P<after_class>{_LONG})
    | h(?:[hbpNISUr]|(?<=b)[ge])*
    | tf{{0,2}}(?:{_LONG}|{_ONE_OR_MORE}|{_CAPITALS})(?![,f]{{0,3}}[ay])
    | (?P<before>{_LONG}|{_CAPITALS})(?={_OR_AFTER}|,e)
    | (?P<historic>r|pp?)(?=[,f]{{0,3}}[ay])
    | (?P<small_before>{_SMALL})(?=[,f]{{0,3}}[ayk])
    """,
    re.VERBOSE,
)
"""What follows what, by the letters of `Word`.  Alternatives without a name pass over institutions and officials."""


def search(text: str) -> Iterator[Found]:
    """Yield each name that a word beside it says to be a child's."""
    row = read(text)
    for found in _GRAMMAR.finditer("".join(one.kind for one in row)):
        if found.lastgroup:
            yield _finding(row, *found.span(found.lastgroup))


def _finding(row: list[Read], start: int, end: int) -> Found:
    return Found(Kind.CHILD_NAME, row[start].start, row[end - 1].end)
