"""A report that came back, held against the record: what it says of itself, and every figure in its tables.

Words may have been edited, and number, date and signature been added: that is what a draft is for.  Its tables tell
figures, and should say what the record says.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from app.domain.errors import Hindrance

LARGEST_PART = 64 * 1024 * 1024
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SELF = re.compile(
    r"(?P<plan>[a-z0-9-]+)/(?P<cycle>[0-9A-Za-z.-]+), as_of=(?P<as_of>[\d:.T-]+Z), known_at=(?P<known_at>[\d:.T-]+Z)"
    r"(?P<sealed>, sealed)?, SHA-256 (?P<digest>[0-9a-f]{64})"
)
Cells = list[str]


class NoReport(Hindrance):
    """A file is no report of ours, or has lost the foot note that says of what it is one."""

    def __init__(self) -> None:
        super().__init__("This file is no report that was made here, or the foot note on its first page is gone.")


@dataclass(frozen=True)
class Said:
    """What a document says: of itself, in its tables (each with the annex that it stands in), and in its paragraphs."""

    plan: str
    cycle: str
    as_of: datetime
    known_at: datetime
    sealed: bool
    digest: str
    tables: Sequence[tuple[str, Sequence[Cells]]]
    paragraphs: Sequence[str]


def said_in(content: bytes) -> Said:
    """Read a report.

    Raises:
        NoReport: it is none.
    """
    try:
        with ZipFile(BytesIO(content)) as archive:
            notes, body = (_part(archive, name) for name in ("word/footnotes.xml", "word/document.xml"))
    except (BadZipFile, KeyError, ParseError, DefusedXmlException, NotImplementedError, RuntimeError):
        raise NoReport from None
    itself = _SELF.search(_text(notes).replace("\u00a0", " "))
    if itself is None:
        raise NoReport
    paragraphs = [text for one in body.iter(f"{_W}p") if (text := _text(one))]
    return Said(
        plan=itself["plan"],
        cycle=itself["cycle"],
        as_of=_instant(itself["as_of"]),
        known_at=_instant(itself["known_at"]),
        sealed=bool(itself["sealed"]),
        digest=itself["digest"],
        tables=list(_tables(body[0])),
        paragraphs=paragraphs,
    )


def figures_that_differ(said: Said, record: Said) -> Iterator[str]:
    """Name every cell of a table that says something else than the record, and tables that are not all there."""
    if len(said.tables) != len(record.tables):
        yield f"it has {len(said.tables)} tables of figures, and should have {len(record.tables)}"
        return
    for (annex, mine), (_, its) in zip(said.tables, record.tables, strict=True):
        if len(mine) != len(its):
            yield f"{annex}: a table has {len(mine)} lines, and should have {len(its)}"
        for n, (line, right) in enumerate(zip(mine, its, strict=False), 1):
            if line != right:
                yield f"{annex}, line {n}: says {' | '.join(line)}; should say {' | '.join(right)}"


def paragraphs_changed(said: Said, record: Said) -> int:
    """Count the paragraphs of the record that are not, word for word, in the document."""
    return (Counter(record.paragraphs) - Counter(said.paragraphs)).total()


def _part(archive: ZipFile, name: str) -> Any:
    if archive.getinfo(name).file_size > LARGEST_PART:
        raise BadZipFile
    return fromstring(archive.read(name))


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise NoReport from None


def _tables(body: Any) -> Iterator[tuple[str, list[Cells]]]:
    """Yield the tables that have heads: the others are where the paper's own head and its signature stand."""
    annex = "the text itself"
    for one in body:
        if one.tag == f"{_W}p" and (text := _text(one)).startswith("Phụ lục "):
            annex = text
        if one.tag == f"{_W}tbl" and next(one.iter(f"{_W}tblHeader"), None) is not None:
            yield annex, [[_text(cell) for cell in row.iter(f"{_W}tc")] for row in one.iter(f"{_W}tr")]


def _text(element: Any) -> str:
    words = "".join(one.text or "" for one in element.iter(f"{_W}t"))
    return " ".join(words.split())
