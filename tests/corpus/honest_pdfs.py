"""PDFs as word processors, scanners and those who join and sign them make them."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
from PIL import Image
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tests.corpus import Honest
from tests.corpus.pdfs import revised, stream
from tests.files import image, pdf
from tests.hostile_files import pdf_with


def drawn(draw: Callable[[Any], Any], **options: Any) -> bytes:
    """Draw a page."""
    written = BytesIO()
    canvas = Canvas(written, pagesize=A4, **options)
    canvas.drawString(72, 720, "Bao cao ket qua")
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return written.getvalue()


def scanned(*pages: bytes) -> bytes:
    """Make a PDF of pages that a scanner has read."""
    written = BytesIO()
    first, *others = (Image.open(BytesIO(page)) for page in pages)
    first.save(written, "PDF", save_all=True, append_images=others, title="Bản quét")
    return written.getvalue()


def rewritten(**options: Any) -> bytes:
    """Let qpdf write a PDF anew."""
    written = BytesIO()
    with pikepdf.open(BytesIO(outlined())) as opened:
        opened.save(written, **options)
    return written.getvalue()


def described() -> bytes:
    """Make a PDF whose metadata say in XMP who wrote it."""
    written = BytesIO()
    with pikepdf.open(BytesIO(pdf())) as opened:
        with opened.open_metadata() as metadata:
            metadata["dc:title"] = "Báo cáo quý IV"
            metadata["pdf:Producer"] = "LibreOffice"
        opened.save(written)
    return written.getvalue()


def outlined() -> bytes:
    """Make a PDF with headings and links within it."""

    def draw(canvas: Any) -> None:
        canvas.bookmarkPage("p1")
        canvas.addOutlineEntry("Phần 1", "p1", 0)
        canvas.linkRect("", "p1", (72, 700, 200, 715))
        canvas.showOutline()

    return drawn(draw)


def form(canvas: Any) -> None:
    """Draw a form to fill in."""
    canvas.acroForm.textfield(name="ten", x=72, y=600, width=200, height=20)
    canvas.acroForm.checkbox(name="dong_y", x=72, y=560)
    canvas.acroForm.choice(name="don_vi", value="A", options=["A", "B"], x=72, y=520)


def joined() -> bytes:
    """Join two PDFs."""
    writer, written = PdfWriter(), BytesIO()
    for content in (pdf(), outlined()):
        writer.append(PdfReader(BytesIO(content)))
    writer.add_metadata({"/Title": "Báo cáo", "/Author": "Công an thành phố"})
    writer.write(written)
    return written.getvalue()


def signed() -> bytes:
    """Make a PDF as those look that carry a digital signature, added by a later revision."""
    signature = (
        b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /ByteRange [0 10 20 30] /M (D:20261124)"
        b" /Name (Cong an) /Contents <3082> /Prop_Build << /App << /Name /VGCA >> >> >>"
    )
    field = b"<< /FT /Sig /Subtype /Widget /Rect [0 0 99 99] /F 132 /T (Sig1) /V 4 0 R /P 3 0 R /AP << /N 6 0 R >> >>"
    seal = stream(b"q Q", b"/Type /XObject /Subtype /Form /BBox [0 0 99 99]")
    return pdf_with(
        signature, field, seal, catalog=b"/AcroForm << /SigFlags 3 /Fields [5 0 R] >>", page=b"/Annots [5 0 R]"
    )


LINK = b"/Annots [<< /Subtype /Link /Rect [0 0 9 9] /A %b >>]"


def honest() -> Honest:
    """Make every one."""
    photograph, drawing = ImageReader(BytesIO(image("JPEG"))), ImageReader(BytesIO(image("PNG")))
    made = {
        "of words": drawn(lambda _: None),
        "of words, not compressed": drawn(lambda _: None, pageCompression=0),
        "of words, in ASCII": drawn(lambda _: None, pageCompression=1, invariant=1),
        "with a link to the web": drawn(lambda c: c.linkURL("https://cantho.gov.vn", (72, 700, 200, 715))),
        "with a link to a mailbox": drawn(lambda c: c.linkURL("mailto:vanthu@cantho.gov.vn", (72, 700, 200, 715))),
        "with a photograph": drawn(lambda c: c.drawImage(photograph, 72, 400)),
        "with a drawing": drawn(lambda c: c.drawImage(drawing, 72, 400)),
        "with headings": outlined(),
        "with a form": drawn(form),
        "with a transition": drawn(lambda c: c.setPageTransition("Dissolve", 1)),
        "of two pages": drawn(lambda c: (c.showPage(), c.drawString(72, 720, "Trang 2"))),
        "that was scanned": scanned(image("JPEG")),
        "that was scanned, of many pages": scanned(*(image("JPEG", size=(800, 1100)) for _ in range(4))),
        "of a picture in black and white": scanned(image("PNG")),
        "that was joined": joined(),
        "for the web": rewritten(linearize=True),
        "with compressed objects": rewritten(object_stream_mode=pikepdf.ObjectStreamMode.generate),
        "without compressed objects": rewritten(object_stream_mode=pikepdf.ObjectStreamMode.disable),
        "with metadata": described(),
        "that was revised": revised(b"/PageLayout /SinglePage"),
        "that is signed": signed(),
        "that opens at a page": pdf_with(catalog=b"/OpenAction [3 0 R /Fit]"),
        "that opens at a page by a reference": pdf_with(
            b"<< /S /GoTo /D [3 0 R /Fit] >>", catalog=b"/OpenAction 4 0 R"
        ),
        "that turns the page": pdf_with(page=LINK % b"<< /S /Named /N /NextPage >>"),
        "that prints after a click": pdf_with(page=LINK % b"<< /S /Named /N /Print >>"),
        "with a button that clears a form": pdf_with(page=LINK % b"<< /S /ResetForm >>"),
        "with layers": pdf_with(page=LINK % b"<< /S /SetOCGState /State [/ON 1 0 R] >>"),
        "that is tagged": pdf_with(
            b"<< /Type /StructTreeRoot /K [5 0 R] >>",
            b"<< /S /Link /P 4 0 R /A << /O /Layout /Placement /Block >> >>",
            catalog=b"/MarkInfo << /Marked true >> /StructTreeRoot 4 0 R",
        ),
        "with a link whose address stands apart": pdf_with(
            b"<< /S /URI /URI 5 0 R >>",
            b"(http://cantho.gov.vn/)",
            page=LINK % b"4 0 R",
        ),
        "for an archive": pdf_with(
            stream(b"x", b"/N 3"),
            b"<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /DestOutputProfile 4 0 R >>",
            catalog=b"/OutputIntents [5 0 R]",
        ),
    }
    return {f"a PDF {name}": ("pdf", content) for name, content in made.items()}
