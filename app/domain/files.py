"""Which files can be evidence, what their names end in, and how much of them there may be."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MIB = 1024 * 1024


class MediaType(StrEnum):
    """The media types that are accepted; a file must be what it says, by its name and by its bytes."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


EXTENSIONS: Mapping[MediaType, tuple[str, ...]] = {
    MediaType.PDF: (".pdf",),
    MediaType.PNG: (".png",),
    MediaType.JPEG: (".jpg", ".jpeg"),
    MediaType.DOCX: (".docx",),
    MediaType.XLSX: (".xlsx",),
}


def is_named_for(media_type: MediaType, file_name: str) -> bool:
    """Say whether a file's name ends as its media type wants it, in whatever case."""
    return file_name.lower().endswith(EXTENSIONS[media_type])


_DEVICES = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?:\.|\Z)", re.IGNORECASE)
"""Names that are devices in Windows, whatever they end in."""


def is_plain_name(file_name: str) -> bool:
    """Say whether a name is a name and no path, and shows what it is: nothing in it is invisible or turns it around.

    It can be kept under its own name on every system: it is no device, and neither begins nor ends so that it changes.
    """
    trimmed = file_name == file_name.strip() and file_name[0] != "." and file_name[-1] != "."
    is_path = bool(set(file_name) & set('/\\:*?"<>|'))
    return (
        trimmed
        and file_name.isprintable()
        and not is_path
        and not _DEVICES.match(unicodedata.normalize("NFKC", file_name))
    )


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much may be sent: sizes in bytes, the rate in bytes a second, patience in seconds."""

    file: int
    obligation: int
    client: int
    rate: int
    patience: float = 20.0
    """How long a sender may be silent; after as long, its average rate counts."""
