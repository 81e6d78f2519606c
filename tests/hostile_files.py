"""Files that must be refused, each made here, with the reason that must be given."""

import struct
import zipfile
import zlib
from io import BytesIO

from PIL import Image
from pypdf import PdfWriter

from app.inspection.reasons import Reason
from tests.files import WORD, bound, image, office, packed, pdf

CATALOG = b"<< /Type /Catalog /Pages 2 0 R %s >>"
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] %s >>"


def pdf_with(*more: bytes, catalog: bytes = b"", page: bytes = b"") -> bytes:
    """Make a PDF whose catalog or page has more in it; further objects are numbered from 4."""
    return bound([CATALOG % catalog, PAGES, PAGE % page, *more])


def compressed(*objects: bytes, catalog: bytes) -> bytes:
    """Make a PDF that hides objects, numbered from 4, in a compressed object stream."""
    inside, places = b"", []
    for number, content in enumerate(objects, 4):
        places.append(b"%d %d" % (number, len(inside)))
        inside += content + b" "
    head = b" ".join(places) + b" "
    stream = zlib.compress(head + inside)
    top = 4 + len(objects)
    written, at = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", {}
    told = {
        1: CATALOG % catalog,
        2: PAGES,
        3: PAGE % b"",
        top: b"<< /Type /ObjStm /N %d /First %d /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
        % (len(objects), len(head), len(stream), stream),
    }
    for number, content in told.items():
        at[number] = len(written)
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(written)
    rows = struct.pack(">BIH", 0, 0, 65535)
    for number in range(1, top + 2):
        if number in at:
            rows += struct.pack(">BIH", 1, at[number], 0)
        elif number == top + 1:
            rows += struct.pack(">BIH", 1, start, 0)
        else:
            rows += struct.pack(">BIH", 2, top, number - 4)
    table = zlib.compress(rows)
    written += b"%d 0 obj\n<< /Type /XRef /Size %d /Root 1 0 R /W [1 4 2] /Filter /FlateDecode /Length %d >>\n" % (
        top + 1,
        top + 2,
        len(table),
    )
    return written + b"stream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, start)


def encrypted() -> bytes:
    """Make a PDF that opens with a password."""
    writer, written = PdfWriter(clone_from=BytesIO(pdf())), BytesIO()
    writer.encrypt("mở", algorithm="AES-256")
    writer.write(written)
    return written.getvalue()


def wall_of_pixels() -> bytes:
    """Make a PNG whose head promises far more pixels than it has bytes for."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 19_999, 19_999, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head)) + image("PNG")[33:]


def located(kind: str) -> bytes:
    """Make an image that says where it was taken."""
    exif = Image.Exif()
    exif[0x010E] = "Hội nghị"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (10.0, 2.0, 0.0)
    return image(kind, exif=exif)


def zip_with_shared_bytes() -> bytes:
    """Make a package whose directory names the same bytes many times."""
    honest = office(parts={"word/a.xml": b"<a>" + b"x" * 500_000 + b"</a>"})
    package = BytesIO(honest)
    with zipfile.ZipFile(package, "a") as opened:
        entry = opened.getinfo("word/a.xml")
        for n in range(200):
            twin = zipfile.ZipInfo(f"word/b{n}.xml")
            for name in ("header_offset", "compress_size", "file_size", "CRC", "compress_type", "flag_bits"):
                setattr(twin, name, getattr(entry, name))
            opened.filelist.append(twin)
            opened.NameToInfo[twin.filename] = twin
        opened._didModify = True  # type: ignore[attr-defined]
    return package.getvalue()


JS = b"/S /JavaScript /JS (app.alert\\(1\\))"
DDE = "<w:body><w:p><w:r><w:instrText>DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe</w:instrText></w:r></w:p></w:body>"
MACRO_TYPE = "application/vnd.ms-word.document.macroEnabled.main+xml"
BOMB = b"<a>" + b" " * 40_000_000 + b"</a>"

HOSTILE: dict[str, tuple[str, bytes, Reason]] = {
    "a script that opens with the document": ("pdf", pdf_with(catalog=b"/OpenAction << %s >>" % JS), Reason.SCRIPT),
    "a script in a name tree": ("pdf", pdf_with(catalog=b"/Names << /JavaScript << >> >>"), Reason.SCRIPT),
    "a script under an escaped name": (
        "pdf", pdf_with(catalog=b"/OpenAction << /S /J#61vaScript /J#53 (1) >>"), Reason.SCRIPT,
    ),
    "a script in a compressed object": (
        "pdf", compressed(b"<< %s >>" % JS, catalog=b"/OpenAction 4 0 R"), Reason.SCRIPT,
    ),
    "a script that nothing refers to": ("pdf", compressed(b"<< %s >>" % JS, catalog=b""), Reason.SCRIPT),
    "a form in XFA": ("pdf", pdf_with(catalog=b"/AcroForm << /XFA (x) >>"), Reason.SCRIPT),
    "an action that launches": (
        "pdf", pdf_with(page=b"/AA << /O << /S /Launch /F (cmd.exe) >> >>"), Reason.ACTION,
    ),
    "an action that launches, compressed": (
        "pdf", compressed(b"<< /S /Launch /F (cmd.exe) >>", catalog=b"/OpenAction 4 0 R"), Reason.ACTION,
    ),
    "a form that sends": (
        "pdf", pdf_with(page=b"/Annots [<< /A << /S /SubmitForm /F (https://example.org) >> >>]"), Reason.ACTION,
    ),
    "a document that goes to an address at once": (
        "pdf", pdf_with(catalog=b"/OpenAction << /S /URI /URI (https://example.org) >>"), Reason.ACTION,
    ),
    "a file within a PDF": (
        "pdf", pdf_with(catalog=b"/Names << /EmbeddedFiles << >> >>"), Reason.EMBEDDED,
    ),
    "an attachment on a page": (
        "pdf", pdf_with(page=b"/Annots [<< /FS << /EF << /F 4 0 R >> >> >>]"), Reason.EMBEDDED,
    ),
    "a video within a PDF": ("pdf", pdf_with(page=b"/Annots [<< /Subtype /RichMedia >>]"), Reason.EMBEDDED),
    "an encrypted PDF": ("pdf", encrypted(), Reason.ENCRYPTED),
    "a PDF that begins with something else": ("pdf", b"<html>" + pdf(), Reason.DISGUISED),
    "a PDF that goes on after its end": ("pdf", pdf() + b"<script>", Reason.TRAILING),
    "half a PDF": ("pdf", pdf()[: len(pdf()) // 2], Reason.UNREADABLE),
    "a PDF that is an archive as well": ("pdf", pdf()[:-6] + packed({"a": b"b"}) + b"%%EOF\n", Reason.ARCHIVE),
    "a web page called a PDF": ("pdf", b"<!doctype html><script>alert(1)</script>", Reason.DISGUISED),
    "a program called a PDF": ("pdf", b"MZ" + bytes(500), Reason.DISGUISED),
    "an image called a PDF": ("pdf", image("PNG"), Reason.DISGUISED),
    "a JPEG called a PNG": ("png", image("JPEG"), Reason.DISGUISED),
    "a PNG called a JPEG": ("jpeg", image("PNG"), Reason.DISGUISED),
    "a GIF called a PNG": ("png", image("GIF"), Reason.DISGUISED),
    "a drawing with a script called a PNG": ("png", b"<svg onload='alert(1)'/>", Reason.DISGUISED),
    "a PNG of too many pixels": ("png", image("PNG", size=(20_001, 2)), Reason.PIXELS),
    "a PNG that unpacks to a wall of pixels": ("png", wall_of_pixels(), Reason.PIXELS),
    "half a PNG": ("png", image("PNG")[:-200], Reason.UNREADABLE),
    "half a JPEG": ("jpeg", image("JPEG")[:-200], Reason.UNREADABLE),
    "a PNG with an archive after it": ("png", image("PNG") + packed({"a": b"b"}), Reason.ARCHIVE),
    "a JPEG with an archive after it": ("jpeg", image("JPEG") + packed({"a": b"b"}), Reason.ARCHIVE),
    "a JPEG with another kind of archive after it": (
        "jpeg", image("JPEG") + b"Rar!\x1a\x07\x01\x00" + bytes(60), Reason.ARCHIVE,
    ),
    "a PNG with more after it": ("png", image("PNG") + b"<?php system($_GET[0]);", Reason.TRAILING),
    "a JPEG that says where it was taken": ("jpeg", located("JPEG"), Reason.LOCATION),
    "a PNG that says where it was taken": ("png", located("PNG"), Reason.LOCATION),
    "a JPEG that says in XMP where it was taken": (
        "jpeg", image("JPEG", xmp=b"<x:xmpmeta exif:GPSLatitude='10,2N'/>"), Reason.LOCATION,
    ),
    "a document with macros under another name": ("docx", office(main_type=MACRO_TYPE), Reason.MACRO),
    "a document with a macro project": ("docx", office(parts={"word/vbaProject.bin": b"x"}), Reason.MACRO),
    "a sheet with a macro project": ("xlsx", office("xlsx", parts={"xl/vbaProject.bin": b"x"}), Reason.MACRO),
    "a sheet with old macros": ("xlsx", office("xlsx", parts={"xl/macrosheets/sheet1.xml": b"<a/>"}), Reason.MACRO),
    "a document with a control": ("docx", office(parts={"word/activeX/activeX1.xml": b"<a/>"}), Reason.MACRO),
    "a document that fetches its template": (
        "docx", office(relations=[("attachedTemplate", "https://example.org/a.dotm", "External")]), Reason.OUTSIDE,
    ),
    "a document that fetches a picture": (
        "docx", office(relations=[("image", "https://example.org/pixel.png", "External")]), Reason.OUTSIDE,
    ),
    "a document that links to a file server": (
        "docx", office(relations=[("hyperlink", "file://server/share", "External")]), Reason.OUTSIDE,
    ),
    "a sheet that reads another sheet": (
        "xlsx", office("xlsx", relations=[("externalLinkPath", "C:\\other.xlsx", "External")]), Reason.OUTSIDE,
    ),
    "a document that takes in another one": (
        "docx", office(relations=[("aFChunk", "page.html", "Internal")]), Reason.EMBEDDED,
    ),
    "a document with an embedded object": (
        "docx", office(parts={"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0" + bytes(60)}), Reason.EMBEDDED,
    ),
    "a document with a program in it": ("docx", office(parts={"word/media/a.png": b"MZ" + bytes(60)}), Reason.EMBEDDED),
    "a document with an archive in it": (
        "docx", office(parts={"word/media/a.png": packed({"a": b"b"})}), Reason.EMBEDDED,
    ),
    "a document that runs a command by DDE": ("docx", office(body=DDE), Reason.ACTION),
    "a document that unpacks to a wall": ("docx", office(parts={"word/a.xml": BOMB}), Reason.BOMB),
    "a document of very many parts": ("docx", office(parts={f"word/{n}.xml": b"" for n in range(3001)}), Reason.BOMB),
    "a document whose parts share their bytes": ("docx", zip_with_shared_bytes(), Reason.BOMB),
    "a document of a billion laughs": (
        "docx",
        office(parts={"word/a.xml": b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>'}),
        Reason.UNREADABLE,
    ),
    "a document that reads a file by an entity": (
        "docx",
        office(parts={"word/a.xml": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'}),
        Reason.UNREADABLE,
    ),
    "a document with a name that leads out": ("docx", office(parts={"../../etc/cron.d/x": b"x"}), Reason.PATHS),
    "a document with an absolute name": ("docx", office(parts={"/etc/passwd": b"x"}), Reason.PATHS),
    "a document with a name of another system": ("docx", office(parts={"word\\..\\x": b"x"}), Reason.PATHS),
    "a document with a part that comes twice": ("docx", office(parts={"WORD/document.xml": b"<a/>"}), Reason.PATHS),
    "a sheet called a document": ("docx", office("xlsx"), Reason.DISGUISED),
    "a document called a sheet": ("xlsx", office("docx"), Reason.DISGUISED),
    "an archive called a document": ("docx", packed({"a.txt": b"b"}), Reason.DISGUISED),
    "a document after a program": ("docx", b"MZ" + bytes(500) + office(), Reason.DISGUISED),
    "half a document": ("docx", office()[:-100], Reason.UNREADABLE),
    "an old document called a new one": ("docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), Reason.DISGUISED),
    "a broken part": (
        "docx", office(parts={"word/a.xml": f'<w:p xmlns:w="{WORD}">'.encode()}), Reason.UNREADABLE,
    ),
}  # fmt: skip
"""Each by what it is: its extension, its bytes, and why it is refused."""
