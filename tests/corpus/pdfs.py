"""PDFs that must be refused: every kind of action by every carrier, and whatever else a PDF can hold or hide."""

import zlib
from collections.abc import Callable, Mapping
from io import BytesIO

import pikepdf

from app.inspection.reasons import Reason
from tests.corpus import Hostile
from tests.files import bound, image, pdf
from tests.hostile_files import CATALOG, PAGE, PAGES, compressed, pdf_with

Actions = Mapping[str, tuple[bytes, Reason]]
Carriers = Mapping[str, Callable[[bytes], bytes]]
ALWAYS: Actions = {
    "a script": (b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>", Reason.SCRIPT),
    "a script in a stream": (b"<< /S /JavaScript /JS 9 0 R >>", Reason.SCRIPT),
    "a rendition": (b"<< /S /Rendition /OP 0 >>", Reason.SCRIPT),
    "a command to rich media": (b"<< /S /RichMediaExecute >>", Reason.SCRIPT),
    "a start of a program": (b"<< /S /Launch /Win << /D (x) >> >>", Reason.ACTION),
    "a sending of a form": (b"<< /S /SubmitForm /Flags 4 >>", Reason.ACTION),
    "an import of data": (b"<< /S /ImportData >>", Reason.ACTION),
    "a going to another file": (b"<< /S /GoToR /D [0 /Fit] >>", Reason.ACTION),
    "a going to a file within": (b"<< /S /GoToE /D [0 /Fit] >>", Reason.ACTION),
    "a film": (b"<< /S /Movie >>", Reason.ACTION),
    "a sound": (b"<< /S /Sound >>", Reason.ACTION),
    "a view of a model": (b"<< /S /GoTo3DView >>", Reason.ACTION),
    "an address of a file": (b"<< /S /URI /URI (file:///c:/windows/system32/calc.exe) >>", Reason.OUTSIDE),
    "an address of a script": (b"<< /S /URI /URI (java\\nscript:alert\\(1\\)) >>", Reason.OUTSIDE),
    "an address in UTF-16": (b"<< /S /URI /URI <FEFF00660069006C0065003A002F002F0061> >>", Reason.OUTSIDE),
    "an address of a share": (b"<< /S /URI /URI (\\\\\\\\server\\\\share) >>", Reason.OUTSIDE),
    "an address of a program": (b"<< /S /URI /URI (ms-msdt:/id) >>", Reason.OUTSIDE),
    "half an address": (b"<< /S /URI /URI (page.html) >>", Reason.OUTSIDE),
}
"""Actions that nothing may carry."""
UNSEEN: Actions = {
    "an address of the web": (b"<< /S /URI /URI (https://example.org) >>", Reason.ACTION),
    "a print": (b"<< /S /Named /N /Print >>", Reason.ACTION),
    "an action of no known kind": (b"<< /S /Format >>", Reason.ACTION),
    "a clearing of a form": (b"<< /S /ResetForm >>", Reason.ACTION),
}
"""Actions that may follow from a click, and from nothing else."""
GOTO = b"<< /S /GoTo /D [3 0 R /Fit] /Next %b >>"
AUTOMATIC: Carriers = {
    "on opening": lambda a: pdf_with(catalog=b"/OpenAction " + a),
    "on opening, referred to": lambda a: pdf_with(a, catalog=b"/OpenAction 4 0 R"),
    "on opening, compressed": lambda a: compressed(a, catalog=b"/OpenAction 4 0 R"),
    "on opening, after a move": lambda a: pdf_with(catalog=b"/OpenAction " + GOTO % a),
    "on opening, second after a move": lambda a: pdf_with(
        a, catalog=b"/OpenAction " + GOTO % b"[<< /S /GoTo /D [3 0 R /Fit] >> 4 0 R]"
    ),
    "on opening, under escaped names": lambda a: pdf_with(a, catalog=b"/Open#41ction 4 0 R"),
    "on opening, in a later revision": lambda a: revised(b"/OpenAction " + a),
    "on closing": lambda a: pdf_with(catalog=b"/AA << /WC %b >>" % a),
    "on closing, referred to": lambda a: pdf_with(b"<< /WC 5 0 R >>", a, catalog=b"/AA 4 0 R"),
    "on turning to a page": lambda a: pdf_with(page=b"/AA << /O %b >>" % a),
    "on coming near a note": lambda a: pdf_with(page=b"/Annots [<< /Subtype /Link /AA << /E %b >> >>]" % a),
    "on writing into a field": lambda a: pdf_with(
        b"<< /FT /Tx /AA << /K 5 0 R >> >>", a, catalog=b"/AcroForm << /Fields [4 0 R] >>"
    ),
    "after a click": lambda a: pdf_with(a, page=b"/Annots [<< /Subtype /Link /A %b >>]" % (GOTO % b"4 0 R")),
}
TWICE: Carriers = {
    "on opening, referred to twice": lambda a: pdf_with(b"5 0 R", a, catalog=b"/OpenAction 4 0 R"),
    "on closing, referred to twice": lambda a: pdf_with(b"5 0 R", a, catalog=b"/AA << /WC 4 0 R >>"),
}
"""A reference to a reference, which some readers follow."""
CLICKED: Carriers = {
    "on a link": lambda a: pdf_with(page=b"/Annots [<< /Subtype /Link /A %b >>]" % a),
    "on a link, referred to": lambda a: compressed(a, b"<< /Subtype /Link /A 4 0 R >>", catalog=b"/X 5 0 R"),
    "on a button": lambda a: pdf_with(
        b"<< /FT /Btn /Subtype /Widget /A 5 0 R >>", a, catalog=b"/AcroForm << /Fields [4 0 R] >>"
    ),
    "on a heading": lambda a: pdf_with(
        b"<< /First 5 0 R /Last 5 0 R /Count 1 >>",
        b"<< /Title (x) /Parent 4 0 R /A 6 0 R >>",
        a,
        catalog=b"/Outlines 4 0 R",
    ),
    "of a link made by a browser": lambda a: pdf_with(page=b"/Annots [<< /Subtype /Link /PA %b >>]" % a),
    "of nobody": lambda a: compressed(a, catalog=b""),
}


def revised(catalog: bytes) -> bytes:
    """Make a PDF whose catalog a later revision replaces."""
    first = pdf_with()
    at = len(first)
    added = b"1 0 obj\n%b\nendobj\n" % (CATALOG % catalog)
    before = first.rindex(b"startxref\n") + 10
    previous = first[before : first.index(b"\n", before)]
    table = b"xref\n1 1\n%010d 00000 n \ntrailer\n<< /Size 4 /Root 1 0 R /Prev %b >>\n" % (at, previous)
    return first + added + table + b"startxref\n%d\n%%%%EOF\n" % (at + len(added))


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """Make a stream."""
    return b"<< %b /Length %d >>\nstream\n%b\nendstream" % (entries, len(content), content)


def with_photograph(photograph: bytes, filters: bytes = b"/DCTDecode") -> bytes:
    """Make a PDF whose page shows a photograph."""
    entries = b"/Type /XObject /Subtype /Image /Width 64 /Height 48 /ColorSpace /DeviceRGB /BitsPerComponent 8"
    return pdf_with(
        stream(photograph, entries + b" /Filter " + filters), page=b"/Resources << /XObject << /I 4 0 R >> >>"
    )


def locked(**options: str) -> bytes:
    """Make an encrypted PDF."""
    written = BytesIO()
    with pikepdf.open(BytesIO(pdf())) as opened:
        opened.save(written, encryption=pikepdf.Encryption(**options))  # type: ignore[arg-type]
    return written.getvalue()


_XMP = (
    b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><a:City xmlns:a='http://ns.adobe.com/photoshop/1.0/'>Hue</a:City></x:xmpmeta>"
)
_REASONED: Mapping[str, tuple[bytes, Reason]] = {
    "scripts by name": (pdf_with(catalog=b"/Names << /J#61vaScript << /Names [] >> >>"), Reason.SCRIPT),
    "scripts by name, compressed": (
        compressed(b"<< /JavaScript << /Names [] >> >>", catalog=b"/Names 4 0 R"),
        Reason.SCRIPT,
    ),
    "renditions by name": (pdf_with(catalog=b"/Names << /Renditions << >> >>"), Reason.SCRIPT),
    "a form in XFA, referred to": (
        pdf_with(b"[(template) 5 0 R]", stream(b"<t/>"), catalog=b"/AcroForm << /XFA 4 0 R >>"),
        Reason.SCRIPT,
    ),
    "a drawing in PostScript": (pdf_with(stream(b"1", b"/Type /XObject /Subtype /PS")), Reason.SCRIPT),
    "files by name, compressed": (compressed(b"<< /EmbeddedFiles << >> >>", catalog=b"/Names 4 0 R"), Reason.EMBEDDED),
    "a portfolio": (pdf_with(catalog=b"/Collection << /View /D >>"), Reason.EMBEDDED),
    "a file beside it": (
        compressed(b"<< /Type /Filespec /EF << /F 5 0 R >> >>", b"null", catalog=b"/AF [4 0 R]"),
        Reason.EMBEDDED,
    ),
    "a note with a file": (pdf_with(page=b"/Annots [<< /Subtype /FileAttachment >>]"), Reason.EMBEDDED),
    "a film on a page": (pdf_with(page=b"/Annots [<< /Subtype /Movie >>]"), Reason.EMBEDDED),
    "a screen on a page": (pdf_with(page=b"/Annots [<< /Subtype /Screen >>]"), Reason.EMBEDDED),
    "a model on a page": (pdf_with(page=b"/Annots [<< /Subtype /3D >>]"), Reason.EMBEDDED),
    "a slide show": (pdf_with(catalog=b"/Names << /AlternatePresentations << >> >>"), Reason.EMBEDDED),
    "a picture from an address": (
        pdf_with(stream(b"", b"/Subtype /Image /Width 1 /Height 1 /F << /FS /URL /F (https://example.org/p) >>")),
        Reason.OUTSIDE,
    ),
    "a page's words from another file": (
        pdf_with(stream(b"", b"/F (other.bin) /FFilter /FlateDecode")),
        Reason.OUTSIDE,
    ),
    "a page of another file": (pdf_with(stream(b"", b"/Subtype /Form /Ref << /F (a.pdf) /Page 0 >>")), Reason.OUTSIDE),
    "a picture for the press": (
        pdf_with(stream(b"", b"/Subtype /Image /OPI << /2.0 << /F (a.tif) >> >>")),
        Reason.OUTSIDE,
    ),
    "a file that is named": (pdf_with(b"<< /Type /Filespec /UF (a.exe) >>"), Reason.OUTSIDE),
    "a base of all addresses": (pdf_with(catalog=b"/URI << /Base (javascript:) >>"), Reason.OUTSIDE),
    "an entry that comes twice": (
        pdf_with(catalog=b"/OpenAction [3 0 R /Fit] /OpenAction << /S /URI /URI (https://example.org) >>"),
        Reason.ACTION,
    ),
    "an entry that comes twice, first": (
        pdf_with(catalog=b"/OpenAction << /S /URI /URI (https://example.org) >> /OpenAction [3 0 R /Fit]"),
        Reason.UNREADABLE,
    ),
    "a password to open": (locked(user="mo", owner="chu"), Reason.ENCRYPTED),
    "a password to change": (locked(user="", owner="chu"), Reason.ENCRYPTED),
    "a stream that inflates to a wall": (
        pdf_with(stream(zlib.compress(bytes(310 * 1024 * 1024), 9), b"/Filter /FlateDecode")),
        Reason.BOMB,
    ),
    "objects within objects": (pdf_with(b"[" * 70 + b"]" * 70), Reason.BOMB),
    "metadata with a city": (pdf_with(stream(_XMP, b"/Type /Metadata /Subtype /XML")), Reason.LOCATION),
    "metadata with a city, under another type": (pdf_with(stream(_XMP, b"/Type /Other")), Reason.LOCATION),
    "metadata with a city, in UTF-16": (pdf_with(stream(_XMP.decode().encode("utf-16"))), Reason.LOCATION),
    "metadata with a city, inflated": (
        pdf_with(stream(zlib.compress(_XMP), b"/Filter [/FlateDecode]")),
        Reason.LOCATION,
    ),
    "a page that is none": (
        bound([CATALOG % b"", b"<< /Type /Pages /Kids [] /Count 0 >>", PAGE % b""]),
        Reason.UNREADABLE,
    ),
    "pages that are lost": (bound([b"<< /Type /Catalog >>", PAGES]), Reason.UNREADABLE),
    "pictures after the end": (pdf() + image("JPEG"), Reason.TRAILING),
}


def hostile() -> Hostile:
    """Make every one."""
    made: Hostile = {f"a PDF with {name}": ("pdf", content, reason) for name, (content, reason) in _REASONED.items()}
    for actions, carriers in ((ALWAYS, AUTOMATIC), (UNSEEN, AUTOMATIC), (ALWAYS, CLICKED), (UNSEEN, TWICE)):
        made |= _carried(actions, carriers)
    return made


def _carried(actions: Actions, carriers: Carriers) -> Hostile:
    return {
        f"a PDF with {action} {carrier}": ("pdf", carrying(written), reason)
        for action, (written, reason) in actions.items()
        for carrier, carrying in carriers.items()
    }
