"""Office Open XML (ECMA-376): a plain package of XML and pictures, without macros, other files or ways out."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from defusedxml import ElementTree

from app.domain.files import MediaType
from app.inspection.reasons import Reason, Refused

MAX_ENTRIES = 3_000
MAX_UNPACKED = 300 * 1024 * 1024
MAX_RATIO = 200
RATIO_COUNTS_FROM = 1024 * 1024
CHUNK = 256 * 1024
_MAIN = {
    MediaType.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    MediaType.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}
_ACTIVE = re.compile(r"macroEnabled|vbaProject|vbaData|activeX|ms-office\.chartex\+bin|oleObject", re.IGNORECASE)
_PARTS = {
    Reason.MACRO: re.compile(r"vba(?:Project|Data)|/activeX/|/macrosheets/|/customUI/", re.IGNORECASE),
    Reason.EMBEDDED: re.compile(r"/embeddings/|/externalLinks/|/afchunk", re.IGNORECASE),
}
_FILES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"MZ", b"%PDF")
"""How archives, OLE documents, programs and PDFs begin."""
_LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_DDE = re.compile(r"\bDDE(?:AUTO)?\b", re.IGNORECASE)


def inspect(path: Path, media_type: MediaType) -> None:
    """Look a document or a sheet through, part by part.

    Raises:
        Refused: with the reason.
    """
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            raise Refused(Reason.DISGUISED)
    try:
        with zipfile.ZipFile(path) as package:
            if is_bomb(package, path.stat().st_size):
                raise Refused(Reason.BOMB)
            names = _names(package)
            if "[Content_Types].xml" not in names:
                raise Refused(Reason.DISGUISED)
            for entry in package.infolist():
                _look_at(package, entry)
            _refuse_disguise(package, media_type)
    except (zipfile.BadZipFile, EOFError, NotImplementedError):
        raise Refused(Reason.UNREADABLE) from None


def is_bomb(package: zipfile.ZipFile, size: int) -> bool:
    """Say whether an archive unpacks to more than it may, by what it says of itself; `size` is that of the file."""
    entries = package.infolist()
    unpacked, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    dense = any(
        entry.file_size > RATIO_COUNTS_FROM and entry.file_size > MAX_RATIO * max(1, entry.compress_size)
        for entry in entries
    )
    # Entries that share bytes add up to more than there are.
    return len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or packed > size or dense


def _names(package: zipfile.ZipFile) -> list[str]:
    names = [entry.orig_filename for entry in package.infolist()]
    for name in names:
        parts = name.split("/")
        if not name.isprintable() or "\\" in name or ":" in name or parts[0] == "" or {"..", "."} & set(parts):
            raise Refused(Reason.PATHS)
        for reason, pattern in _PARTS.items():
            if pattern.search(f"/{name}"):
                raise Refused(reason)
    if len({name.lower() for name in names}) < len(names):
        raise Refused(Reason.PATHS)
    return names


def _look_at(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & 1:
        raise Refused(Reason.ENCRYPTED)
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Refused(Reason.UNREADABLE)
    with package.open(entry) as part:
        _unpack(part)
    if entry.filename.endswith((".xml", ".rels", ".vml")):
        with package.open(entry) as part:
            _look_at_xml(part)


def _unpack(part: IO[bytes]) -> None:
    """Unpack to the end, so that the checksum is compared; refuse a file inside the file."""
    if part.read(4).startswith(_FILES):
        raise Refused(Reason.EMBEDDED)
    while part.read(CHUNK):
        continue


def _look_at_xml(part: IO[bytes]) -> None:
    for element in _elements(part):
        tag = element.tag.rpartition("}")[2]
        if tag == "Relationship":
            _look_at_relationship(element.attrib)
        elif tag in {"instrText", "fldSimple"} and _DDE.search(f"{element.text} {' '.join(element.attrib.values())}"):
            raise Refused(Reason.ACTION)
        elif tag in {"Override", "Default"} and _ACTIVE.search(element.get("ContentType", "")):
            raise Refused(Reason.MACRO)
        elif tag in {"ddeLink", "altChunk"}:
            raise Refused(Reason.OUTSIDE)
        element.clear()


def _elements(part: IO[bytes]) -> Iterator[Any]:
    """Parse without a document type, whose entities are the bomb and the way out of XML."""
    try:
        for _, element in ElementTree.iterparse(part, forbid_dtd=True):
            yield element
    except (ElementTree.ParseError, ValueError):
        raise Refused(Reason.UNREADABLE) from None


def _look_at_relationship(attributes: Any) -> None:
    kind, target = attributes.get("Type", "").rpartition("/")[2], attributes.get("Target", "")
    outside = attributes.get("TargetMode", "").lower() == "external" or "://" in target or target.startswith("\\\\")
    if outside and not (kind == "hyperlink" and _LINK.match(target)):
        raise Refused(Reason.OUTSIDE)
    if kind in {"attachedTemplate", "oleObject", "package", "control", "aFChunk", "vbaProject"}:
        raise Refused(Reason.EMBEDDED)


def _refuse_disguise(package: zipfile.ZipFile, media_type: MediaType) -> None:
    with package.open("[Content_Types].xml") as part:
        kinds = {element.get("ContentType") for element in _elements(part)}
    if _MAIN[media_type] not in kinds:
        raise Refused(Reason.DISGUISED)
