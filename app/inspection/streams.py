"""Streams of a PDF: inflated within a limit; metadata and photographs in them do not say where a picture was taken."""

import re

import pikepdf
from pikepdf import Array, Name, Object, Stream

from app.inspection.pictures import inflated
from app.inspection.places import refuse_places, told_in_xmp
from app.inspection.reasons import Reason, Refused

MAX_UNPACKED = 300 * 1024 * 1024
_PHOTOGRAPHS = {"/DCTDecode", "/DCT", "/JPXDecode"}
_FLATE = {"/FlateDecode", "/Fl"}
_DESCRIBES = re.compile(rb"rdf|xmp", re.IGNORECASE)
"""What stands in metadata, whatever the stream says that it is."""
_JPEG = b"\xff\xd8\xff"


class Streams:
    """Looks at one stream after the other, and knows how much there has been."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._pdf = pdf
        self._left = MAX_UNPACKED

    def look_at(self, stream: Stream) -> None:
        """Look a stream through; the pixels of a picture that is no photograph are nothing but pixels.

        Raises:
            Refused: with the reason.
        """
        filters = _filters(stream)
        photograph = next((at for at, name in enumerate(filters) if name in _PHOTOGRAPHS), None)
        if photograph is not None:
            refuse_places(self._decoded(stream, filters[:photograph]))
        elif stream.get("/Subtype") != Name.Image:
            content = self._decoded(stream, filters)
            if _JPEG in content:
                refuse_places(content)
            elif _DESCRIBES.search(content.replace(b"\0", b"")) and told_in_xmp(content):
                raise Refused(Reason.LOCATION)

    def _decoded(self, stream: Stream, filters: list[str]) -> bytes:
        content = stream.read_raw_bytes()
        if filters and filters[0] in _FLATE:
            content = inflated(content, self._left)
            if "/DecodeParms" in stream or "/DP" in stream:
                return self._predicted(stream, filters, content)
            filters = filters[1:]
        if filters:
            content = self._decoded_otherwise(content, filters)
        self._left -= len(content)
        if self._left <= 0:
            raise Refused(Reason.BOMB)
        return content

    def _predicted(self, stream: Stream, filters: list[str], inflated_only: bytes) -> bytes:
        """Decode, now that it is known to be within the limit, what was foretold row by row before it was deflated."""
        if _filters(stream) != filters:
            return inflated_only
        try:
            return stream.read_bytes()
        except pikepdf.PdfError:
            return inflated_only

    def _decoded_otherwise(self, content: bytes, filters: list[str]) -> bytes:
        """Decode what is rarely met by qpdf; what it does not know is left as it is."""
        other = Stream(self._pdf, content)
        other.Filter = Array([Name(name) for name in filters])
        try:
            return other.read_bytes()
        except (pikepdf.PdfError, ValueError):
            return content


def _filters(stream: Object) -> list[str]:
    found = stream.get("/Filter")
    names = found if isinstance(found, Array) else [found]
    return [str(name) for name in names if isinstance(name, Name)]
