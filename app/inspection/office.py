"""Office Open XML (ECMA-376): a plain package of XML and pictures, without macros, other files or ways out."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO

from app.domain.files import MediaType
from app.inspection import packages, pictures
from app.inspection.links import is_for_clicking, is_outside
from app.inspection.markup import Attributes, Markup, read_markup
from app.inspection.packages import Package, Relationship
from app.inspection.reasons import Reason, Refused

CHUNK = 256 * 1024
_OFFICE = "application/vnd.openxmlformats-officedocument."
_SHEET = f"{_OFFICE}spreadsheetml.sheet"
_MAIN = {MediaType.DOCX: f"{_OFFICE}wordprocessingml.document.main+xml", MediaType.XLSX: f"{_SHEET}.main+xml"}
_ACTIVE = re.compile(
    r"macro-?enabled|vbaproject|vbadata|activex|macrosheet|attachedtoolbars|webextension|taskpane|/customui/",
    re.IGNORECASE,
)
_KINDS = {
    **dict.fromkeys(("vbaproject", "wordvbadata", "control", "activexcontrolbinary", "xlmacrosheet"), Reason.MACRO),
    **dict.fromkeys(("xlintlmacrosheet", "attachedtoolbars", "extensibility", "usercustomization"), Reason.MACRO),
    **dict.fromkeys(("webextension", "webextensiontaskpanes", "taskpanes"), Reason.MACRO),
    **dict.fromkeys(("afchunk", "oleobject", "subdocument", "video", "audio", "media"), Reason.EMBEDDED),
    **dict.fromkeys(("attachedtemplate", "frame", "mailmergesource", "mailmergeheadersource"), Reason.OUTSIDE),
}
_OUTSIDE = {"externallinkpath", "xlpathmissing", "xlexternallinkpath", "externallink"}
_CLICKED = {"hyperlink", "hlinkClick", "hlinkHover", "hlinkMouseOver", "externalBook", "alternateUrls", "relativeUrl"}
"""The elements that may name a relationship to something outside."""
_CHART = re.compile(r"drawingml\.chart\+xml|ms-office\.chartex\+xml")
_DATA = re.compile(r"font|printersettings|fontdata", re.IGNORECASE)
_XML = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\0\s]*<")
_FILES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"MZ", b"%PDF", b"\x7fELF", b"\x1f\x8b", b"{\\rt", b"ITSF")
"""How archives, OLE documents, programs and other documents begin."""


def inspect(path: Path, media_type: MediaType) -> None:
    """Look a document or a sheet through, part by part.

    Raises:
        Refused: with the reason.
    """
    with path.open("rb") as file:
        if (beginning := file.read(4)) != b"PK\x03\x04":
            old = beginning == b"\xd0\xcf\x11\xe0" and "EncryptedPackage".encode("utf-16-le") in file.read()
            raise Refused(Reason.ENCRYPTED if old else Reason.DISGUISED)
        _look_at_package(file, path.stat().st_size, media_type)


def _look_at_package(file: IO[bytes], size: int, media_type: MediaType, *, within: bool = False) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            package = packages.opened(archive, size)
            _learn(archive, package)
            _refuse_disguise(package, media_type)
            for name in package.entries:
                _look_at(archive, package, name, within)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, zlib.error):
        raise Refused(Reason.UNREADABLE) from None


def _learn(archive: zipfile.ZipFile, package: Package) -> None:
    """Learn the types of the parts and what they are to one another."""
    for name, attributes in _read(archive, package, packages.TYPES).told:
        _learn_type(package, name, attributes)
    for name in package.entries:
        source = packages.source_of(name)
        if source is not None:
            told = _read(archive, package, name).told
            package.related[source] = [_relationship(source, one) for of, one in told if of == "Relationship"]


def _learn_type(package: Package, name: str, attributes: Attributes) -> None:
    kind = attributes.get("ContentType", "").strip().lower()
    if _ACTIVE.search(kind):
        raise Refused(Reason.MACRO)
    if name == "Override":
        package.overrides[packages.known_as(attributes.get("PartName", ""))] = kind
    elif name == "Default":
        package.defaults[attributes.get("Extension", "").lower()] = kind


def _relationship(source: str, told: Attributes) -> Relationship:
    kind, target = told.get("Type", "").strip().rpartition("/")[2].lower(), told.get("Target", "")
    outside = told.get("TargetMode", "Internal").strip().lower() != "internal" or _has_scheme(target)
    if kind in _KINDS:
        raise Refused(_KINDS[kind])
    if outside and not _may_lead_out(kind, target):
        raise Refused(Reason.OUTSIDE)
    return Relationship(told.get("Id", ""), kind, outside, "" if outside else packages.target_of(source, target))


def _has_scheme(target: str) -> bool:
    return is_outside(target) and (not target.startswith("/") or target.startswith("//"))


def _may_lead_out(kind: str, target: str) -> bool:
    if kind == "hyperlink":
        return is_for_clicking(target)
    return kind in _OUTSIDE and not is_outside(target)


def _refuse_disguise(package: Package, media_type: MediaType) -> None:
    mains = [one for one in package.related.get("", []) if one.kind == "officedocument"]
    if [package.type_of(main.part) for main in mains] != [_MAIN[media_type]]:
        raise Refused(Reason.DISGUISED)


def _look_at(archive: zipfile.ZipFile, package: Package, name: str, within: bool) -> None:
    kind, entry = package.type_of(name), package.entries[name]
    if _ACTIVE.search(f"/{name}"):
        raise Refused(Reason.MACRO)
    with archive.open(entry) as part:
        beginning = part.read(64)
    if beginning.startswith(_FILES):
        _look_at_data_of_chart(archive, package, name, within)
    elif _XML.match(beginning) or kind.endswith(("xml", "vmldrawing")):
        _refuse_misuse(package, name, _read(archive, package, name))
    elif entry.file_size:
        _look_at_bytes(kind, archive.read(entry))


def _look_at_bytes(kind: str, content: bytes) -> None:
    if not _DATA.search(kind) or pictures.kind_of(content):
        pictures.look_at(content)


def _look_at_data_of_chart(archive: zipfile.ZipFile, package: Package, name: str, within: bool) -> None:
    """Look at the sheet that a native chart keeps its numbers in; every other file in the file is refused."""
    sources = {(one.kind, source) for source, known in package.related.items() for one in known if one.part == name}
    of_charts = {kind for kind, source in sources} == {"package"} and all(
        _CHART.search(package.type_of(source)) for _, source in sources
    )
    if within or not of_charts or package.type_of(name) != _SHEET:
        raise Refused(Reason.EMBEDDED)
    content = archive.read(package.entries[name])
    if not content.startswith(b"PK\x03\x04"):
        raise Refused(Reason.EMBEDDED)
    _look_at_package(BytesIO(content), len(content), MediaType.XLSX, within=True)


def _refuse_misuse(package: Package, name: str, markup: Markup) -> None:
    """Refuse what fetches by itself what only a click may follow."""
    for one in package.related.get(name, []):
        if one.outside and not markup.uses.get(one.name, set()) <= _CLICKED:
            raise Refused(Reason.OUTSIDE)


def _read(archive: zipfile.ZipFile, package: Package, name: str) -> Markup:
    with archive.open(package.entries[name]) as part:
        return read_markup(_pieces(part))


def _pieces(part: IO[bytes]) -> Iterator[bytes]:
    while piece := part.read(CHUNK):
        yield piece
