"""Images: decoded to the last pixel, none of too many pixels, and none that says where it was taken."""

import re
from pathlib import Path

from PIL import Image, UnidentifiedImageError
from PIL.ExifTags import IFD

from app.domain.files import MediaType
from app.inspection.disguises import refuse_archives
from app.inspection.reasons import Reason, Refused

MAX_PIXELS = 60_000_000
MAX_SIDE = 20_000
_FORMATS = {MediaType.PNG: "PNG", MediaType.JPEG: "JPEG"}
_FOUND = {MediaType.PNG: {"PNG"}, MediaType.JPEG: {"JPEG", "MPO"}}
"""A telephone's JPEG may hold a second picture after the first (CIPA DC-007), which Pillow calls MPO."""
_PLACE = re.compile(
    rb"GPS(?:Latitude|Longitude|Position|Coordinates)|geo:lat|photoshop:City|Iptc4xmpCore:Location", re.IGNORECASE
)
_END_OF_PNG = b"IEND\xaeB`\x82"


def inspect(path: Path, media_type: MediaType) -> None:
    """Look an image through.

    Raises:
        Refused: with the reason.
    """
    # Our own limit holds, before a pixel is decoded; the library's would warn about less and refuse as a bug.
    Image.MAX_IMAGE_PIXELS = None
    refuse_archives(path)
    try:
        image = Image.open(path, formats=[_FORMATS[media_type]])
    except UnidentifiedImageError:
        raise Refused(Reason.DISGUISED) from None
    with image:
        if image.format not in _FOUND[media_type]:
            raise Refused(Reason.DISGUISED)
        if image.width * image.height > MAX_PIXELS or max(image.size) > MAX_SIDE:
            raise Refused(Reason.PIXELS)
        image.load()
        _refuse_place(path, image)
    if media_type is MediaType.PNG and not path.read_bytes().endswith(_END_OF_PNG):
        raise Refused(Reason.UNREADABLE)


def _refuse_place(path: Path, image: Image.Image) -> None:
    """Refuse coordinates in Exif, and in XMP and text chunks, compressed or not."""
    words = [value for value in image.info.values() if isinstance(value, bytes | str)]
    spelled = b" ".join(word.encode() if isinstance(word, str) else word for word in words)
    if image.getexif().get_ifd(IFD.GPSInfo) or _PLACE.search(spelled) or _PLACE.search(path.read_bytes()):
        raise Refused(Reason.LOCATION)
