"""Files that an honest agency sends, made of as little as each format allows."""

import hashlib
import zipfile
from collections.abc import Iterable, Mapping
from io import BytesIO
from types import MappingProxyType
from typing import Any

from PIL import Image


def pdf(text: str = "Biên bản", *, size: int = 0) -> bytes:
    """Make a PDF of one page; a comment at its end makes it as long as is asked for."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text.encode().hex()}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    return bound(objects, size=size)


def bound(objects: list[bytes], *, size: int = 0) -> bytes:
    """Bind objects, numbered from 1, into a PDF whose catalog is the first."""
    written, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    table += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    padding = max(0, size - len(written) - len(table) - 40)
    if padding:
        written += b"%" + b"x" * padding + b"\n"
    written += table + b"startxref\n%d\n%%%%EOF\n" % (len(written))
    return written + b"\n" * max(0, size - len(written))


def sha256(content: bytes) -> str:
    """Return a digest in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def image(kind: str, *, size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    """Make an image; `kind` is Pillow's name of a format."""
    written = BytesIO()
    Image.effect_noise(size, 40).convert("RGB").save(written, kind, **options)
    return written.getvalue()


OFFICE = "application/vnd.openxmlformats-officedocument"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN = {
    "docx": ("word/document.xml", f"{OFFICE}.wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", f"{OFFICE}.spreadsheetml.sheet.main+xml"),
}
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def office(
    kind: str = "docx",
    *,
    main_type: str | None = None,
    body: str = "<w:body><w:p><w:r><w:t>Biên bản</w:t></w:r></w:p></w:body>",
    relations: Iterable[tuple[str, str, str]] = (),
    parts: Mapping[str, bytes] = MappingProxyType({}),
) -> bytes:
    """Make a document or a sheet.

    `relations` are those of the main part: type, target and mode.  `parts` are added as they are.
    """
    main, declared = MAIN[kind]
    folder, _, name = main.partition("/")
    types = (
        f'<Types xmlns="{PACKAGE}/content-types">{declared_endings()}'
        f'<Override PartName="/{main}" ContentType="{main_type or declared}"/></Types>'
    )
    related = "".join(
        f'<Relationship Id="r{n}" Type="{RELATIONS}/{of}" Target="{target}" TargetMode="{mode}"/>'
        for n, (of, target, mode) in enumerate(relations)
    )
    wrapped = f'<w:document xmlns:w="{WORD}">{body}</w:document>' if kind == "docx" else "<workbook/>"
    return packed(
        {
            "[Content_Types].xml": types.encode(),
            "_rels/.rels": _relationships(f'<Relationship Id="r" Type="{RELATIONS}/officeDocument" Target="{main}"/>'),
            main: wrapped.encode(),
            f"{folder}/_rels/{name}.rels": _relationships(related),
            **parts,
        }
    )


def declared_endings() -> str:
    """Declare the endings that parts of an honest document have."""
    kinds = {
        "rels": "application/vnd.openxmlformats-package.relationships+xml",
        "xml": "application/xml",
        "png": "image/png",
        "jpeg": "image/jpeg",
        "emf": "image/x-emf",
    }
    return "".join(f'<Default Extension="{name}" ContentType="{kind}"/>' for name, kind in kinds.items())


def _relationships(inside: str) -> bytes:
    return f'<Relationships xmlns="{PACKAGE}/relationships">{inside}</Relationships>'.encode()


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Pack parts into an archive."""
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return written.getvalue()
