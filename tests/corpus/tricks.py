"""Files that must be refused, each by a trick that was found by attacking what refuses the others."""

import base64
import binascii
import zlib
from collections.abc import Mapping

from app.inspection.reasons import Reason
from tests.corpus import Hostile
from tests.corpus.codes import runs, sheet
from tests.corpus.packages import package
from tests.corpus.parts import drawing, part
from tests.corpus.pdfs import stream, with_photograph
from tests.corpus.pictures import HERE, STANDARDS, after_its_head, chunk, exif, iptc, jpeg, metadata, png
from tests.files import image, office
from tests.hostile_files import pdf_with

HERE_TAKEN = jpeg(*STANDARDS["Exif"])
URI = b"<< /S /URI /URI (https://example.org) >>"
XMP = b"<rdf:RDF xmlns:rdf='r'><rdf:Description q:GPSLatitude='10,2N'/></rdf:RDF>"


def foretold(content: bytes) -> bytes:
    """Deflate bytes as differences from the row above (PNG's predictor Up), in rows of four."""
    padded = content + b" " * (-len(content) % 4)
    above, written = bytes(4), b""
    for at in range(0, len(padded), 4):
        row = padded[at : at + 4]
        written += b"\x02" + bytes((new - old) % 256 for new, old in zip(row, above, strict=True))
        above = row
    return zlib.compress(written)


def field(inside: str) -> bytes:
    """Make a document with a field whose code is written in some way."""
    mark = '<w:r><w:fldChar w:fldCharType="%s"/></w:r>'
    return package(body=mark % "begin" + inside + mark % "end")


def linking(address: str) -> bytes:
    """Make a document with a link."""
    return package(related={"word/document.xml": (("hyperlink", address, "External"),)})


_INLINE = b"q BI /W 64 /H 48 /CS /RGB /BPC 8 /F /DCT ID " + HERE_TAKEN + b" EI Q"
_UP = b"/Type /Metadata /Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 4 >>"
_PDFS: Mapping[str, tuple[bytes, Reason]] = {
    "a kind of action that stands apart": (
        pdf_with(b"null", b"<< /S 6 0 R >>", b"/Rendition", catalog=b"/OpenAction 5 0 R"),
        Reason.SCRIPT,
    ),
    "a photograph in hexadecimal": (
        with_photograph(binascii.hexlify(HERE_TAKEN) + b">", b"[/ASCIIHexDecode /DCTDecode]"),
        Reason.LOCATION,
    ),
    "a photograph in ASCII, deflated": (
        with_photograph(
            zlib.compress(base64.a85encode(HERE_TAKEN) + b"~>"), b"[/FlateDecode /ASCII85Decode /DCTDecode]"
        ),
        Reason.LOCATION,
    ),
    "a photograph within the words of a page": (
        pdf_with(stream(zlib.compress(_INLINE), b"/Filter /FlateDecode"), page=b"/Contents 4 0 R"),
        Reason.LOCATION,
    ),
    "metadata that are foretold": (pdf_with(stream(foretold(XMP), _UP)), Reason.LOCATION),
    "metadata after much space": (pdf_with(stream(b" " * 5000 + XMP)), Reason.LOCATION),
    "a place among what is told of it": (pdf_with(b"<< /GPSLatitude (10) >>"), Reason.LOCATION),
    "a file named for one system": (pdf_with(b"<< /Type /Filespec /Unix (x) >>"), Reason.OUTSIDE),
    "several actions where one belongs": (
        pdf_with(b"<< /AA << /X [5 0 R] >> >>", URI, catalog=b"/AcroForm 4 0 R"),
        Reason.ACTION,
    ),
}
_CODES: Mapping[str, tuple[bytes, Reason]] = {
    "whose name is half computed": (
        field("<w:instrText>DDE</w:instrText>" + runs("QUOTE AUTO") + "<w:instrText> cmd</w:instrText>"),
        Reason.ACTION,
    ),
    "without a space": (package(body=runs('DDEAUTO"cmd" "x"')), Reason.ACTION),
    "after something invisible": (package(body=runs("\u200bDDEAUTO cmd x")), Reason.ACTION),
    "whose name is quoted": (package(body=runs('"DDEAUTO" cmd x')), Reason.ACTION),
    "that includes without a space": (package(body=runs('INCLUDEPICTURE"https://example.org"')), Reason.OUTSIDE),
    "with an element in its name": (field("<w:instrText>DDE<w:x/>AUTO cmd</w:instrText>"), Reason.ACTION),
}
_OFFICE: Mapping[str, tuple[str, bytes, Reason]] = {
    "a formula with an element in its name": ("xlsx", sheet("<f>WEB<x/>SERVICE(A1)</f>"), Reason.OUTSIDE),
    "a formula with a comment in its name": ("xlsx", sheet("<f>WEB<!-- x -->SERVICE(A1)</f>"), Reason.OUTSIDE),
    "a formula in CDATA": ("xlsx", sheet("<f><![CDATA[WEBSERVICE(A1)]]></f>"), Reason.OUTSIDE),
    "a drawing that changes its link": (
        "docx",
        drawing("<set attributeName='href' to='javascript:1'/>"),
        Reason.SCRIPT,
    ),
    "a schema that is fetched": (
        "docx",
        package(body='<sl:schema xmlns:sl="s" sl:manifestLocation="https://example.org/m"/>'),
        Reason.OUTSIDE,
    ),
    "a link to a mail that takes a file along": ("docx", linking("mailto:a@b?attach=c:/x"), Reason.OUTSIDE),
    "a link of the web with back-slashes": ("docx", linking("http:\\\\server\\x"), Reason.OUTSIDE),
    "a photograph called a font": ("docx", part("word/f.odttf", HERE_TAKEN, "application/x-fontdata"), Reason.LOCATION),
    "a photograph in a metafile": (
        "docx",
        office(parts={"word/media/a.emf": b"\x01\0\0\0" + bytes(36) + b" EMF" + bytes(60) + HERE_TAKEN}),
        Reason.LOCATION,
    ),
    "a GIF whose comment is a place": (
        "docx",
        office(parts={"word/media/a.gif": image("GIF", comment=b"q:GPSLatitude='1'")}),
        Reason.LOCATION,
    ),
}
_PICTURES: Mapping[str, tuple[str, bytes, Reason]] = {
    "a JPEG with a city of many words": (
        "jpeg",
        after_its_head(image("JPEG"), metadata("iptc", iptc(0x5A, "gần trường tiểu học, " * 6))),
        Reason.LOCATION,
    ),
    "a PNG with a place in its profile": ("png", png(chunk(b"iCCP", b"x\0\0" + zlib.compress(XMP))), Reason.LOCATION),
    "a PNG with Exif after its pixels": (
        "png",
        png(chunk(b"eXIf", exif(gps=HERE).removeprefix(b"Exif\0\0")), last=True),
        Reason.LOCATION,
    ),
}


def hostile() -> Hostile:
    """Make every one."""
    made: Hostile = {f"a PDF with {name}": ("pdf", *one) for name, one in _PDFS.items()}
    made |= {f"a document with a field {name}": ("docx", *one) for name, one in _CODES.items()}
    return {**made, **_OFFICE, **_PICTURES}
