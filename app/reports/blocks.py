"""What a paper says, apart from how it looks: paragraphs, tables and annexes, for whatever form they are put into."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.schemas.letterheads import LetterheadOut


class Align(StrEnum):
    """Where a text stands in its cell."""

    LEFT = "left"
    CENTER = "center"


class Weight(StrEnum):
    """What a line of a table is: one of many, a member of the one above, a sum, or a heading over all columns."""

    PLAIN = "plain"
    MEMBER = "member"
    STRONG = "strong"
    SECTION = "section"


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is a part of the paper."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `note` is what a foot note to its last words says."""

    text: str
    note: str | None = None


@dataclass(frozen=True)
class Column:
    """A column of a table, as wide as it says; columns that stand side by side can share a heading above their own."""

    head: str
    millimetres: float
    align: Align = Align.CENTER
    over: str | None = None


@dataclass(frozen=True)
class Line:
    """A line of a table; a section has one cell."""

    cells: Sequence[str]
    weight: Weight = Weight.PLAIN


@dataclass(frozen=True)
class Table:
    """A table; of one without lines, a paper says that there is nothing to tell."""

    columns: Sequence[Column]
    lines: Sequence[Line]


Block = Heading | Paragraph | Table


@dataclass(frozen=True)
class Annex:
    """An annex: it is numbered, and says to which paper it belongs."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A paper: `kind` is what it is called (a letter is called nothing), `symbol` what follows its number.

    Number, date and signature are never there: the office's document system gives them.  A `sheet` is one page of
    figures that is laid before somebody: it is addressed to nobody, and has no number and no signature.
    """

    kind: str | None
    symbol: str
    excerpt: str
    letterhead: LetterheadOut
    body: Sequence[Block]
    annexes: Sequence[Annex] = field(default=())
    dated: datetime
    sheet: bool = False
