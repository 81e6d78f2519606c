"""Pictures, as files of their own or within a document: how they begin, where they end, and what they say beside."""

import re
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from app.inspection.disguises import refuse_archive
from app.inspection.places import BROKEN, refuse_places
from app.inspection.reasons import Reason, Refused

MAX_PIXELS = 60_000_000
MAX_SIDE = 20_000
TEXT_BYTES = 16 * 1024 * 1024
RASTERS = {"PNG": {"PNG"}, "JPEG": {"JPEG", "MPO"}, "GIF": {"GIF"}, "BMP": {"BMP"}, "TIFF": {"TIFF"}, "WEBP": {"WEBP"}}
"""A telephone's JPEG may hold more pictures that its head announces (CIPA DC-007), which Pillow calls MPO."""
_BEGINNINGS = {
    "PNG": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "JPEG": re.compile(rb"\xff\xd8\xff"),
    "GIF": re.compile(rb"GIF8[79]a"),
    "BMP": re.compile(rb"BM.{4}\0\0\0\0", re.DOTALL),
    "TIFF": re.compile(rb"II\x2a\0|MM\0\x2a"),
    "WEBP": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
    "EMF": re.compile(rb"\x01\0\0\0.{36} EMF", re.DOTALL),
    "WMF": re.compile(rb"\xd7\xcd\xc6\x9a|\x01\0\x09\0\0[\x01\x03]"),
}
_PNG_END = 12
_MARKER = re.compile(rb"\xff+([^\0\xff\xd0-\xd7])")
"""Within the pixels of a JPEG a byte FF is followed by zero or tells a restart."""
_END, _BARE = 0xD9, {0x01, 0xD8}
_TRAILER_BYTES = 4096


def kind_of(content: bytes) -> str | None:
    """Return what a picture is by how it begins."""
    return next((kind for kind, beginning in _BEGINNINGS.items() if beginning.match(content)), None)


def look_at(content: bytes) -> None:
    """Look a picture within a document through.

    Raises:
        Refused: with the reason; what is no picture is another file.
    """
    kind = kind_of(content)
    if kind is None:
        raise Refused(Reason.EMBEDDED)
    if kind in RASTERS:
        look_at_raster(content, kind)
    else:
        refuse_archive(content)
        refuse_places(content)


def look_at_raster(content: bytes, kind: str, *, to_the_last_pixel: bool = False) -> None:
    """Look a picture of pixels through, whose name of a format is Pillow's.

    Raises:
        Refused: with the reason.
    """
    refuse_archive(content)
    announced = _decode(content, kind, to_the_last_pixel)
    if kind == "PNG":
        _look_at_chunks(content)
    elif kind == "JPEG":
        _refuse_more(content, announced)
    refuse_places(content)


def _decode(content: bytes, kind: str, to_the_last_pixel: bool) -> int:
    """Decode a picture, and return how many pictures its head announces."""
    # Our own limit holds, before a pixel is decoded; the library's would warn about less and refuse as a bug.
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(BytesIO(content), formats=[kind]) as image:
            if image.format not in RASTERS[kind]:
                raise Refused(Reason.DISGUISED)
            announced = getattr(image, "n_frames", 1)
            for number in range(announced):
                image.seek(number)
                _refuse_size(image)
                if to_the_last_pixel:
                    image.load()
            return int(announced)
    except UnidentifiedImageError:
        raise Refused(Reason.DISGUISED) from None
    except BROKEN:
        raise Refused(Reason.UNREADABLE) from None


def _refuse_size(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS or max(image.size) > MAX_SIDE:
        raise Refused(Reason.PIXELS)


def _look_at_chunks(content: bytes) -> None:
    for kind, chunk in _chunks(content):
        if kind in {b"zTXt", b"iTXt", b"tEXt", b"iCCP"}:
            key, _, rest = chunk.partition(b"\0")
            text = _unpacked(kind, rest)
            refuse_places(b":%b=%b" % (key, text))
            if key.lower().startswith(b"raw profile type"):
                refuse_places(_from_hexadecimal(text))


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the chunks of a PNG (ISO 15948), and refuse what comes after the last."""
    at, kind = 8, b""
    while kind != b"IEND":
        if at + _PNG_END > len(content):
            raise Refused(Reason.UNREADABLE)
        length, kind = struct.unpack_from(">I4s", content, at)
        yield kind, content[at + 8 : at + 8 + length]
        at += _PNG_END + length
    if at != len(content):
        raise Refused(Reason.TRAILING)


def _unpacked(kind: bytes, rest: bytes) -> bytes:
    if kind in {b"zTXt", b"iCCP"}:
        return inflated(rest[1:])
    if kind == b"iTXt":
        text = rest[2:].split(b"\0", 2)[-1]
        return inflated(text) if rest[:1] == b"\1" else text
    return rest


def inflated(content: bytes, limit: int = TEXT_BYTES) -> bytes:
    """Inflate bytes as far as they go.

    Raises:
        Refused: they inflate to more than the limit.
    """
    inflating = zlib.decompressobj()
    try:
        found = inflating.decompress(content, limit)
    except zlib.error:
        return b""
    if inflating.unconsumed_tail:
        raise Refused(Reason.BOMB)
    return found


def _from_hexadecimal(text: bytes) -> bytes:
    """Read a profile as ImageMagick spells it: a name, a length, and lines of digits."""
    digits = b"".join(text.split()[2:])
    return bytes.fromhex(digits.decode("ascii", "replace")) if re.fullmatch(rb"(?:[0-9A-Fa-f]{2})*", digits) else b""


def _refuse_more(content: bytes, announced: int) -> None:
    """Refuse what comes after the pictures that the head of a JPEG announces, but padding and Samsung's trailer."""
    rest = content[_end_of_jpeg(content, 0) :]
    for _ in range(announced - 1):
        at = rest.find(b"\xff\xd8\xff")
        if at < 0 or rest[:at].strip(b"\0"):
            break
        rest = rest[_end_of_jpeg(rest, at) :]
    if rest.strip(b"\0\t\n\r ") and not _is_trailer(rest):
        raise Refused(Reason.TRAILING)


def _end_of_jpeg(content: bytes, at: int) -> int:
    while found := _MARKER.search(content, at):
        at, marker = found.end(), found[1][0]
        if marker == _END:
            return at
        if marker not in _BARE:
            at += int.from_bytes(content[at : at + 2], "big")
    raise Refused(Reason.UNREADABLE)


def _is_trailer(rest: bytes) -> bool:
    """Say whether this is the list of small notes that telephones of Samsung write after a picture."""
    size = int.from_bytes(rest[-8:-4], "little")
    return rest.endswith(b"SEFT") and len(rest) <= _TRAILER_BYTES and rest[-8 - size :][:4] == b"SEFH"
