"""PDF (ISO 32000-2): no script, no action but those that move about in the document or follow a link, no other file.

Every object is looked at, reached from the pages or not, after a reader's own rules have resolved it.
"""

import mmap
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream, String

from app.domain.files import MediaType
from app.inspection.actions import Entries, refuse_actions
from app.inspection.disguises import refuse_archive
from app.inspection.reasons import Reason, Refused
from app.inspection.streams import Streams

MAX_OBJECTS = 300_000
MAX_DEPTH = 60
_ENTRIES = {
    **dict.fromkeys(("/JS", "/JavaScript", "/XFA", "/Renditions", "/PS"), Reason.SCRIPT),
    **dict.fromkeys(("/EF", "/EmbeddedFiles", "/RichMediaContent", "/RichMediaSettings"), Reason.EMBEDDED),
    **dict.fromkeys(("/Collection", "/AlternatePresentations"), Reason.EMBEDDED),
    **dict.fromkeys(("/OPI", "/FDF"), Reason.OUTSIDE),
}
_TYPES = {
    **dict.fromkeys(("/EmbeddedFile", "/RichMedia", "/FileAttachment", "/Movie", "/Screen", "/3D"), Reason.EMBEDDED),
    "/PS": Reason.SCRIPT,
}
_NAMING = {"/Type", "/Subtype", "/Subtype2"}
_RAW = re.compile(rb"/([A-Za-z0-9#]{2,80})(?![A-Za-z0-9#])")
_IN_CLEAR = {b"JavaScript": Reason.SCRIPT, b"Launch": Reason.ACTION, b"EmbeddedFile": Reason.EMBEDDED}
"""What stands in clear is refused wherever it stands: readers disagree about which part of a broken file counts."""


def inspect(path: Path, _: MediaType) -> None:
    """Look a PDF through, object by object.

    Raises:
        Refused: with the reason.
    """
    _look_at_bytes(path)
    try:
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            _look_at(pdf)
    except pikepdf.PasswordError:
        raise Refused(Reason.ENCRYPTED) from None
    except pikepdf.PdfError:
        raise Refused(Reason.UNREADABLE) from None


def _look_at_bytes(path: Path) -> None:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content[:5] != b"%PDF-":
            raise Refused(Reason.DISGUISED)
        end = content.rfind(b"%%EOF")
        if end < 0:
            raise Refused(Reason.UNREADABLE)
        refuse_archive(content[:])
        if content[end + 5 :].strip(b"\0\t\n\f\r "):
            raise Refused(Reason.TRAILING)
        for found in _RAW.finditer(content):
            if reason := _IN_CLEAR.get(_unescaped(found[1])):
                raise Refused(reason)


def _unescaped(name: bytes) -> bytes:
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), name) if b"#" in name else name


def _look_at(pdf: pikepdf.Pdf) -> None:
    if pdf.is_encrypted:
        raise Refused(Reason.ENCRYPTED)
    if len(pdf.objects) > MAX_OBJECTS:
        raise Refused(Reason.BOMB)
    streams = Streams(pdf)
    for content in (pdf.trailer, *pdf.objects):
        for one, entries in _parts(content, 0):
            if isinstance(one, Stream):
                _refuse_outside(entries)
                streams.look_at(one)
            _look_at_entries(entries)
            refuse_actions(entries)
    _refuse_doubt(pdf)


def _refuse_doubt(pdf: pikepdf.Pdf) -> None:
    """Refuse what has no page, and two entries under one key: readers disagree about which of them counts."""
    if not len(pdf.pages) or any("duplicated key" in str(warning) for warning in pdf.get_warnings()):
        raise Refused(Reason.UNREADABLE)


def _parts(content: Object, depth: int) -> Iterator[tuple[Object, Entries]]:
    """Yield the dictionaries within an object; what it only refers to is looked at in its own turn."""
    if depth > MAX_DEPTH:
        raise Refused(Reason.BOMB)
    parts: Iterable[Object] = ()
    if isinstance(content, Dictionary | Stream):
        entries = dict(content.items())
        yield content, entries
        parts = entries.values()
    elif isinstance(content, Array):
        parts = list(content)
    for part in parts:
        if isinstance(part, Dictionary | Array) and not part.is_indirect:
            yield from _parts(part, depth + 1)


def _refuse_outside(entries: Entries) -> None:
    """Refuse a stream whose bytes lie in another file, and one drawn from a page of another file."""
    if "/F" in entries or "/Ref" in entries:
        raise Refused(Reason.OUTSIDE)


def _look_at_entries(entries: Entries) -> None:
    for key, value in entries.items():
        if reason := _ENTRIES.get(key):
            raise Refused(reason)
        if key in _NAMING and isinstance(value, Name) and (reason := _TYPES.get(str(value))):
            raise Refused(reason)
        if isinstance(value, String) and (reason := _named(key)):
            raise Refused(reason)
    if entries.get("/FS") == Name.URL:
        raise Refused(Reason.OUTSIDE)


def _named(key: str) -> Reason | None:
    """Say what is wrong with a text under a key: it names a file, or a place among what is told of the document."""
    if key in {"/F", "/UF", "/Unix", "/DOS", "/Mac"}:
        return Reason.OUTSIDE
    return Reason.LOCATION if key.startswith("/GPS") else None
