"""Spreadsheets are ZIP archives of XML: opened within limits, parsed piece by piece, and no further than there is
anything to read.

A stray format can leave a million empty rows behind the last one that holds something.  So the last place at which
anything stands is looked for among the bytes first, which is a hundred times faster than parsing them.
"""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException, ElementTree

from app.inspection.packages import is_bomb
from app.spreadsheets.cells import SheetUnreadable, Trouble

CHUNK = 1024 * 1024
BROKEN = (
    *(zipfile.BadZipFile, EOFError, OSError, zlib.error),
    *(ParseError, DefusedXmlException),
    *(ValueError, KeyError, IndexError, TypeError, ArithmeticError, NotImplementedError, RuntimeError),
)
"""How an archive fails that is damaged, has a password, or says what no program would: each means the same."""


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive that unpacks to no more than it may.

    Raises:
        SheetUnreadable: it is damaged, or unpacks to too much.
    """
    try:
        with zipfile.ZipFile(path) as package:
            if is_bomb(package.infolist(), path.stat().st_size):
                raise SheetUnreadable(Trouble.TOO_LARGE)
            yield package
    except BROKEN:
        raise SheetUnreadable(Trouble.DAMAGED) from None


def local(name: str) -> str:
    """Return a name without its namespace: Strict and Transitional Open XML differ in nothing else that is read."""
    return name.rpartition("}")[2]


def attribute(element: Any, name: str, default: str = "") -> str:
    """Return an attribute by its local name."""
    return next((value for key, value in element.attrib.items() if local(key) == name), default)


class Readable(Protocol):
    """What a parser asks of a file."""

    def read(self, size: int = -1, /) -> bytes:
        """Read on."""
        ...


def elements(part: Readable, *names: str) -> Iterator[Any]:
    """Yield the elements of some names when they end; what they hold is forgotten afterwards.

    A document type is refused: its entities are the bomb of XML.
    """
    held: list[Any] = []
    for event, element in ElementTree.iterparse(part, events=("start", "end"), forbid_dtd=True):
        if event == "start":
            held.append(element)
            continue
        held.pop()
        if local(element.tag) in names:
            yield element
            if held:
                held[-1].remove(element)


class Filled:
    """A part of a package, read up to the last place at which one of some marks stands."""

    def __init__(self, package: zipfile.ZipFile, name: str, marks: Sequence[bytes]) -> None:
        self._end = _last(package, name, marks)
        self._part = package.open(name)
        self._begins = 0

    def read(self, size: int = -1, /) -> bytes:
        """Read on, as a parser does."""
        self._begins = self._part.tell()
        return self._part.read(size)

    def close(self) -> None:
        """Read no further."""
        self._part.close()

    @property
    def over(self) -> bool:
        """Whether everything that holds anything has been handed out."""
        return self._begins > self._end


def _last(package: zipfile.ZipFile, name: str, marks: Sequence[bytes]) -> int:
    """Find where the last of some marks stands; -1 when there is none."""
    last, begins, tail = -1, 0, b""
    keep = max(map(len, marks)) - 1
    with package.open(name) as part:
        while chunk := part.read(CHUNK):
            piece = tail + chunk
            if (found := max(map(piece.rfind, marks))) >= 0:
                last = begins - len(tail) + found
            begins, tail = begins + len(chunk), piece[-keep:]
    return last
