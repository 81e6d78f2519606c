"""Packages of parts (ECMA-376-2): a plain ZIP whose parts are known by types and relationships, not by names."""

import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from app.inspection.reasons import Reason, Refused

MAX_ENTRIES = 3_000
MAX_UNPACKED = 300 * 1024 * 1024
MAX_RATIO = 200
RATIO_COUNTS_FROM = 1024 * 1024
TYPES = "[content_types].xml"
RELATIONSHIPS = re.compile(r"(?P<folder>(?:.*/)?)_rels/(?P<name>[^/]*)\.rels")
_PIECE = re.compile(r"\[\d+\](?:\.last)?\.piece$")
_OTHER_NAME = 0x7075
"""The extra field of a ZIP that gives an entry another name, which some programs go by."""


@dataclass
class Relationship:
    """What one part says of another, or of something outside."""

    name: str
    kind: str
    outside: bool
    part: str


@dataclass
class Package:
    """The parts of a package by their names, as a reader compares them: unquoted and in lower case."""

    entries: dict[str, zipfile.ZipInfo]
    defaults: dict[str, str] = field(default_factory=dict)
    overrides: dict[str, str] = field(default_factory=dict)
    related: dict[str, list[Relationship]] = field(default_factory=dict)

    def type_of(self, name: str) -> str:
        """Return the content type of a part, which its name or else its ending has."""
        ending = name.rpartition("/")[2].rpartition(".")[2]
        return self.overrides.get(name, self.defaults.get(ending, ""))


def known_as(name: str) -> str:
    """Return the name of a part as a reader compares it."""
    return unquote(name).lstrip("/").lower()


def opened(archive: zipfile.ZipFile, size: int) -> Package:
    """Read what a package has in it.

    Raises:
        Refused: it unpacks to too much, or its names mislead.
    """
    if is_bomb(archive.infolist(), size):
        raise Refused(Reason.BOMB)
    entries = [entry for entry in archive.infolist() if not (entry.is_dir() and entry.file_size == 0)]
    for entry in entries:
        _refuse_entry(entry)
    named = {known_as(entry.orig_filename): entry for entry in entries}
    if len(named) < len(entries) or archive.comment:
        raise Refused(Reason.PATHS)
    if TYPES not in named:
        raise Refused(Reason.DISGUISED)
    if min(entry.header_offset for entry in archive.infolist()) != 0:
        # Another archive comes first.
        raise Refused(Reason.ARCHIVE)
    return Package(named)


def target_of(source: str, target: str) -> str:
    """Return the name of the part that an internal target means."""
    path = target.partition("#")[0].partition("?")[0]
    return known_as(normpath(join("/", dirname(source), path)))


def source_of(name: str) -> str | None:
    """Return whose relationships a part holds; nothing when it holds none."""
    found = RELATIONSHIPS.fullmatch(name)
    return found["folder"] + found["name"] if found else None


def is_bomb(entries: list[zipfile.ZipInfo], size: int) -> bool:
    """Say whether an archive unpacks to more than it may, by what it says of itself; `size` is that of the file."""
    unpacked, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    dense = any(
        entry.file_size > RATIO_COUNTS_FROM and entry.file_size > MAX_RATIO * max(1, entry.compress_size)
        for entry in entries
    )
    # Entries that share bytes add up to more than there are.
    return len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or packed > size or dense


def _refuse_entry(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & 1:
        raise Refused(Reason.ENCRYPTED)
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Refused(Reason.UNREADABLE)
    if _misleads(entry.orig_filename) or _misleads(unquote(entry.orig_filename)) or _OTHER_NAME in _extras(entry.extra):
        raise Refused(Reason.PATHS)


def _extras(extra: bytes) -> Iterator[int]:
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        yield kind
        at += 4 + length


def _misleads(name: str) -> bool:
    parts = name.split("/")
    odd = not name.isprintable() or "\\" in name or ":" in name or _PIECE.search(name.lower()) is not None
    return odd or not all(parts) or bool({"..", "."} & set(parts)) or name.endswith((".", " "))
