"""Whether bytes of a picture say where it was taken: Exif, XMP and IPTC, wherever in them they stand.

Bytes are searched and no container is believed, since the second picture of a file says it as well as the first.
"""

import re
import struct
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, IFD

from app.inspection.reasons import Reason, Refused

EXIF_BYTES = 4 * 1024 * 1024
_TIFF = re.compile(rb"II\x2a\0|MM\0\x2a")
_COORDINATES = (
    GPS.GPSLatitude,
    GPS.GPSLongitude,
    GPS.GPSAltitude,
    GPS.GPSDestLatitude,
    GPS.GPSDestLongitude,
    GPS.GPSAreaInformation,
)
"""A camera without a fix leaves a block with a version, a time or empty numbers, which say nothing of a place."""
BROKEN = (SyntaxError, ValueError, TypeError, LookupError, OSError, EOFError, OverflowError, struct.error)
"""What Pillow raises for bytes that are not what they should be."""
_EXTENSION = re.compile(rb"\xff\xe1..http://ns\.adobe\.com/xmp/extension/\0.{40}", re.DOTALL)
"""What stands between the pieces of an XMP packet that is too long for one segment of a JPEG."""
_XMP = re.compile(
    rb"GPS(?:Dest|Map)?(?:Latitude|Longitude|Longtitude|Position|Coordinates|AreaInformation|Altitude)(?!Ref)"
    rb"|geo:(?:lat|long)|:(?:City|State|Province(?:-State|State)?|Sub-?location|Location(?:Created|Shown|Name)?)"
    rb"(?=[\s=>/])(?!\s*(?:=\s*(?:\"\"|'')|/>|>\s*</))",
    re.IGNORECASE,
)
"""Names are found under any prefix; an element or attribute that is empty says nothing."""
_IPTC = re.compile(rb"\x1c\x02[\x1b\x5a\x5c\x5f](?:\0|\x80\x04\0\0\0)([\x02-\xff])")
"""Content location, city, sublocation and province of IIM (IPTC), each a dataset of record 2 with its length."""
_CONTROLS = re.compile(rb"[\0-\x08\x0e-\x1f\x7f]")


def refuse_places(content: bytes) -> None:
    """Refuse a picture that says where it was taken.

    Raises:
        Refused: it does.
    """
    if any(_in_exif(content)) or told_in_xmp(content) or any(_in_iptc(content)):
        raise Refused(Reason.LOCATION)


def told_in_xmp(content: bytes) -> bool:
    """Say whether XMP names a place; without its NULs, ASCII in UTF-16 and UTF-32 is ASCII."""
    return _XMP.search(_EXTENSION.sub(b"", content).replace(b"\0", b"")) is not None


def _in_exif(content: bytes) -> Iterator[bool]:
    with warnings.catch_warnings():
        # Pixels can look like the head of a block, which Pillow then finds broken.
        warnings.simplefilter("ignore")
        for found in _TIFF.finditer(content):
            yield any(map(_is_said, _coordinates(_block(content, found.start()))))


def _block(content: bytes, start: int) -> bytes:
    """Return what a head of TIFF may lead to: all of a file, and enough of what stands within one."""
    return content if start == 0 else content[start : start + EXIF_BYTES]


def _coordinates(block: bytes) -> Iterator[Any]:
    exif = Image.Exif()
    try:
        exif.load(b"Exif\0\0" + block)
        told: Mapping[int, Any] = exif.get_ifd(IFD.GPSInfo)
        yield from (told.get(tag) for tag in _COORDINATES)
        nested = exif.get_ifd(IFD.IFD1).get(IFD.GPSInfo)
    except BROKEN:
        return
    # Nobody reads the coordinates of a thumbnail but to find out; that they are pointed at is enough.
    yield nested


def _is_said(value: Any) -> bool:
    """Say whether a coordinate is one: numbers without a denominator, NaN and emptiness are none."""
    numbers = value if isinstance(value, tuple) else (value,) if value else ()
    return not all(number != number for number in numbers)  # noqa: PLR0124  Only NaN differs from itself.


def _in_iptc(content: bytes) -> Iterator[bool]:
    for found in _IPTC.finditer(content):
        value = content[found.end() : found.end() + found[1][0]]
        yield len(value) == found[1][0] and not _CONTROLS.search(value) and value.strip() != b""
