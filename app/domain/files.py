"""Which files can be evidence, what their names end in, and how much of them there may be."""

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


def is_plain_name(file_name: str) -> bool:
    """Say whether a name is a name and no path, and shows what it is: nothing in it is invisible or turns it around."""
    dots = file_name.strip(". ") == ""
    return file_name.isprintable() and not dots and not set(file_name) & set('/\\:*?"<>|') and file_name[0] != "."


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much may be sent: sizes in bytes, the rate in bytes a second, patience in seconds."""

    file: int
    obligation: int
    client: int
    rate: int
    patience: float = 20.0
    """How long a sender may be silent; after as long, its average rate counts."""
