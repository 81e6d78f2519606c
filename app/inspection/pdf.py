"""PDF (ISO 32000-2): no script, no action but those that move about in the document or follow a link, no other file."""

import mmap
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from app.domain.files import MediaType
from app.inspection.disguises import refuse_archives
from app.inspection.reasons import Reason, Refused

MAX_OBJECTS = 300_000
MAX_DEPTH = 60
_ACTIONS = {
    "/JavaScript": Reason.SCRIPT,
    "/Rendition": Reason.SCRIPT,
    "/RichMediaExecute": Reason.SCRIPT,
    **dict.fromkeys(
        ("/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Movie", "/Sound", "/Trans3D"), Reason.ACTION
    ),
}
_ENTRIES = {
    "/JS": Reason.SCRIPT,
    "/JavaScript": Reason.SCRIPT,
    "/XFA": Reason.SCRIPT,
    "/EF": Reason.EMBEDDED,
    "/EmbeddedFiles": Reason.EMBEDDED,
    "/RichMediaContent": Reason.EMBEDDED,
}
_TYPES = {"/EmbeddedFile": Reason.EMBEDDED, "/RichMedia": Reason.EMBEDDED}
_RAW = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFile)[^A-Za-z0-9#]")
"""What stands in clear is refused wherever it stands: readers disagree about which part of a broken file counts."""


def inspect(path: Path, _: MediaType) -> None:
    """Look a PDF through, object by object.

    Raises:
        Refused: with the reason.
    """
    _refuse_odd_ends(path)
    refuse_archives(path)
    with path.open("rb") as file:
        reader = PdfReader(file, strict=False)
        if "/Encrypt" in reader.trailer:
            raise Refused(Reason.ENCRYPTED)
        _look_at(reader.trailer, 0)
        for _number, content in zip(range(MAX_OBJECTS), _objects(reader), strict=False):
            _look_at(content, 0)
        if not reader.pages:
            raise Refused(Reason.UNREADABLE)


def _refuse_odd_ends(path: Path) -> None:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content[:5] != b"%PDF-":
            raise Refused(Reason.DISGUISED)
        end = content.rfind(b"%%EOF")
        if end < 0 or content[end + 5 :].strip(b"\0\t\n\f\r "):
            raise Refused(Reason.UNREADABLE)
        if found := _RAW.search(content):
            raise Refused(_ACTIONS.get(found[0][:-1].decode(), Reason.EMBEDDED))


def _objects(reader: PdfReader) -> Iterator[Any]:
    """Yield every object, reached from the pages or not."""
    numbers = {(number, generation) for generation, table in reader.xref.items() for number in table}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > MAX_OBJECTS:
        raise Refused(Reason.BOMB)
    for number, generation in sorted(numbers):
        yield reader.get_object(IndirectObject(number, generation, reader))


def _look_at(content: Any, depth: int) -> None:
    """Refuse what an object holds; what it only refers to is looked at in its own turn."""
    if depth > MAX_DEPTH:
        raise Refused(Reason.BOMB)
    if isinstance(content, DictionaryObject):
        _look_at_entries(content)
        parts = [content.raw_get(key) for key in content]
    else:
        parts = list(content) if isinstance(content, ArrayObject) else []
    for part in parts:
        if not isinstance(part, IndirectObject):
            _look_at(part, depth + 1)


def _look_at_entries(content: DictionaryObject) -> None:
    for key, reason in _ENTRIES.items():
        if key in content:
            raise Refused(reason)
    for key, table in (("/S", _ACTIONS), ("/Type", _TYPES), ("/Subtype", _TYPES)):
        if found := table.get(str(content.get(key))):
            raise Refused(found)
    opens = content.get("/OpenAction")
    if isinstance(opens, DictionaryObject) and opens.get("/S") != "/GoTo":
        raise Refused(_ACTIONS.get(str(opens.get("/S")), Reason.ACTION))
