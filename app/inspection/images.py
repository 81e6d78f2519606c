"""Images: decoded to the last pixel, none too large, none with more in it, none that says where it was taken."""

from pathlib import Path

from app.domain.files import MediaType
from app.inspection.pictures import look_at_raster

_FORMATS = {MediaType.PNG: "PNG", MediaType.JPEG: "JPEG"}


def inspect(path: Path, media_type: MediaType) -> None:
    """Look an image through.

    Raises:
        Refused: with the reason.
    """
    look_at_raster(path.read_bytes(), _FORMATS[media_type], to_the_last_pixel=True)
