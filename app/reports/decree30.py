"""The form of an administrative document by Decree 30/2020/NĐ-CP: where each of its parts stands, and how.

A4, margins of 20, 20, 30 and 15 mm; page numbers in the middle above, but on no first page; the rule below the motto as
long as its words, those below the issuer and the excerpt two fifths of theirs; annexes numbered in Roman, each with
pages of its own.  What the document system gives (number, date, signature) is left out.
"""

from collections.abc import Sequence

from docx.document import Document
from docx.enum.section import WD_ORIENTATION, WD_SECTION
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import Section
from docx.shared import Mm

from app.reports import metrics
from app.reports.blocks import Annex, Block, Heading, Paper, Paragraph, Table
from app.reports.package import add_notes, new_document, packed
from app.reports.styles import STYLES, STYLES_OF_SHEET
from app.reports.vietnamese import NOTHING
from app.reports.wordml import Element, cleaned, run, table_of, twips

WIDTH, HEIGHT = 210, 297
TOP, BOTTOM, LEFT, RIGHT = 20, 20, 30, 15
TEXT = WIDTH - LEFT - RIGHT
NATION, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
ISSUER_SIDE = 72
"""How wide the issuer's side of the head is; the nation's is the rest."""
PART_OF_WORDS = 0.4
"""How long a rule is that should be a third to a half of the words above it."""
GAP = "\u00a0" * 8
"""Where the document system writes."""
DATE = f"ngày{GAP}tháng{GAP}năm{GAP}"
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


def document_of(paper: Paper) -> bytes:
    """Give a paper the form of the decree."""
    return _Writer(paper).written()


class _Writer:
    """Writes one paper from its head to its last annex."""

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        title = " ".join(filter(None, (paper.kind, paper.excerpt)))
        self._document: Document = new_document(cleaned(title), paper.dated, STYLES_OF_SHEET if paper.sheet else STYLES)
        self._notes: list[str] = []
        self._body = self._document.element.body

    def written(self) -> bytes:
        """Write it."""
        _set_up(self._document.sections[0])
        _number_pages(self._document.sections[0])
        self._head()
        self._title()
        for block in self._paper.body:
            self._block(block)
        if not self._paper.sheet:
            self._signature()
        for number, annex in enumerate(self._paper.annexes):
            self._annex(number, annex)
        add_notes(self._document, self._notes)
        return packed(self._document)

    def _add(self, *elements: Element) -> None:
        for element in elements:
            self._body.insert_element_before(element, "w:sectPr")

    def _head(self) -> None:
        head, paper = self._paper.letterhead, self._paper
        issuer, superior = (_named(name) for name in (head.body, head.superior or ""))
        longest = max(metrics.width_of(line, 12) for line in issuer)
        left = [
            *(_paragraph("Superior", line) for line in superior),
            *(_paragraph("Issuer", line) for line in issuer),
            _rule(longest * PART_OF_WORDS, ISSUER_SIDE),
        ]
        other = TEXT - ISSUER_SIDE
        right = [
            _paragraph("Nation", NATION),
            _paragraph("Motto", MOTTO),
            _rule(metrics.width_of(MOTTO, 13), other),
        ]
        number = [
            _paragraph("Number", "" if paper.sheet else f"Số:{GAP}/{paper.symbol}"),
            *([] if paper.kind else [_paragraph("ExcerptOfLetter", f"V/v {paper.excerpt}")]),
        ]
        place = [_paragraph("PlaceAndDate", f"{head.place}, {DATE}")]
        self._add(_side_by_side((ISSUER_SIDE, other), (left, right), (number, place)))

    def _title(self) -> None:
        paper = self._paper
        if paper.kind:
            excerpt = metrics.wrapped(cleaned(paper.excerpt), 14, TEXT - 20)
            self._add(_paragraph("Kind", paper.kind), *(_paragraph("Excerpt", line) for line in excerpt))
            self._add(_rule_below(excerpt))
        if paper.sheet:
            self._add(_paragraph("AfterTable", ""))
            return
        self._addressees(paper.letterhead.recipients)

    def _addressees(self, recipients: Sequence[str]) -> None:
        """Write to whom it goes: one on the same line, several below each other, their dashes below the colon."""
        if len(recipients) == 1:
            self._add(_paragraph("Addressee", f"Kính gửi: {recipients[0]}.", indent=ISSUER_SIDE / 2))
            return
        self._add(_paragraph("Addressee", "Kính gửi:", indent=ISSUER_SIDE / 2))
        colon = ISSUER_SIDE / 2 + metrics.width_of("Kính gửi", 14)
        for n, one in enumerate(recipients, 1):
            self._add(_paragraph("Addressee", f"- {one}{'.' if n == len(recipients) else ';'}", indent=colon))

    def _block(self, block: Block) -> None:
        match block:
            case Heading():
                self._add(_paragraph(f"Heading{block.level}", block.text))
            case Paragraph():
                self._paragraph(block)
            case Table(lines=[]):
                self._add(_paragraph("BodyText", NOTHING))
            case Table():
                # Two tables that touch would become one.
                self._add(table_of(block), _paragraph("AfterTable", ""))

    def _paragraph(self, block: Paragraph) -> None:
        made = _paragraph("BodyText", block.text)
        if block.note:
            self._notes.append(block.note)
            made.append(_reference(len(self._notes)))
        self._add(made)

    def _signature(self) -> None:
        head = self._paper.letterhead
        archive = f"- Lưu: VT{f', {head.unit}' if head.unit else ''}."
        left = [
            _paragraph("Receivers", "Nơi nhận:"),
            _paragraph("Receiver", "- Như trên;"),
            _paragraph("Receiver", archive),
        ]
        right = [_paragraph("Signer", head.signer.upper()), *(_paragraph("Signer", "") for _ in range(4))]
        self._add(_paragraph("AfterTable", ""), _side_by_side((TEXT / 2, TEXT / 2), (left, right)))

    def _annex(self, number: int, annex: Annex) -> None:
        _restart(self._document.add_section(WD_SECTION.NEW_PAGE))
        # The section before ends with a paragraph of its own, which should need no page.
        self._body.findall(f"{qn('w:p')}/{qn('w:pPr')}/{qn('w:sectPr')}")[-1].getparent().insert(
            0, _style("AfterTable")
        )
        paper, name = self._paper, self._paper.kind.capitalize() if self._paper.kind else "Công văn"
        of = f"(Kèm theo {name} số{GAP}/{paper.symbol} {DATE} của {paper.letterhead.body})"
        title = metrics.wrapped(cleaned(annex.title.upper()), 14, TEXT - 20)
        # A single one has no number.
        numbered = f" {ROMAN[number]}" if len(paper.annexes) > 1 else ""
        self._add(_paragraph("AnnexNumber", f"Phụ lục{numbered}"))
        self._add(*(_paragraph("AnnexTitle", line) for line in title), _paragraph("AnnexOf", of))
        self._add(_rule_below(title), _paragraph("AfterTable", ""))
        for block in annex.blocks:
            self._block(block)


def _set_up(section: Section) -> None:
    section.orientation = WD_ORIENTATION.PORTRAIT
    section.page_width, section.page_height = Mm(WIDTH), Mm(HEIGHT)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    section.header_distance, section.footer_distance = Mm(TOP / 2), Mm(BOTTOM / 2)


def _number_pages(section: Section) -> None:
    """Number pages in the middle above, but for the first one; what follows inherits it."""
    section.different_first_page_header_footer = True
    section.first_page_header.paragraphs[0].style = "header"
    made = section.header.paragraphs[0]
    made.style = "header"
    for kind in ("begin", "PAGE", "separate", "end"):
        field = OxmlElement("w:r")
        if kind == "PAGE":
            field.append(OxmlElement("w:instrText"))
            field[0].text = kind
        else:
            field.append(OxmlElement("w:fldChar", {qn("w:fldCharType"): kind}))
        made._p.append(field)


def _restart(section: Section) -> None:
    """Number the pages of an annex from 1; each section begins as a copy of the one before it."""
    properties = section._sectPr
    if properties.find(qn("w:pgNumType")) is None:
        begun = OxmlElement("w:pgNumType", {qn("w:start"): "1"})
        properties.insert_element_before(begun, "w:cols", "w:titlePg", "w:docGrid")


def _named(name: str) -> list[str]:
    """Write a body's name in capitals, in lines that end where a part of it does."""
    return metrics.wrapped(cleaned(name.upper()), 12, ISSUER_SIDE - 2, at_dash=True)


def _paragraph(style: str, text: str, *, indent: float | None = None) -> Element:
    made = OxmlElement("w:p")
    looks = OxmlElement("w:pPr")
    looks.append(_style(style))
    if indent is not None:
        looks.append(OxmlElement("w:ind", {qn("w:left"): str(twips(indent))}))
    made.append(looks)
    if text:
        made.append(run(cleaned(text)))
    return made


def _style(name: str) -> Element:
    return OxmlElement("w:pStyle", {qn("w:val"): name})


def _rule_below(lines: Sequence[str]) -> Element:
    """Draw the rule below a title: a part of its longest line."""
    return _rule(max(metrics.width_of(line, 14) for line in lines) * PART_OF_WORDS, TEXT)


def _rule(millimetres: float, within: float) -> Element:
    """Draw a line of a length in the middle of a width: the border of a paragraph that holds nothing."""
    made, side = _paragraph("Rule", ""), twips((within - millimetres) / 2)
    border = '<w:pBdr {ns}><w:top w:val="single" w:sz="6" w:space="1" w:color="000000"/></w:pBdr>'
    made[0].append(parse_xml(border.format(ns=nsdecls("w"))))
    made[0].append(OxmlElement("w:ind", {qn("w:left"): str(side), qn("w:right"): str(side)}))
    return made


def _reference(number: int) -> Element:
    made = OxmlElement("w:r")
    looks = OxmlElement("w:rPr")
    looks.append(OxmlElement("w:rStyle", {qn("w:val"): "FootnoteReference"}))
    made.append(looks)
    made.append(OxmlElement("w:footnoteReference", {qn("w:id"): str(number)}))
    return made


def _side_by_side(widths: Sequence[float], *rows: Sequence[Sequence[Element]]) -> Element:
    """Set paragraphs beside each other, in a table without lines whose rows are never broken."""
    grid = "".join(f'<w:gridCol w:w="{twips(width)}"/>' for width in widths)
    made = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{twips(TEXT)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        f'<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid></w:tbl>"
    )
    for row in rows:
        made.append(parse_xml(f"<w:tr {nsdecls('w')}><w:trPr><w:cantSplit/></w:trPr></w:tr>"))
        for width, paragraphs in zip(widths, row, strict=True):
            cell = parse_xml(f'<w:tc {nsdecls("w")}><w:tcPr><w:tcW w:w="{twips(width)}" w:type="dxa"/></w:tcPr></w:tc>')
            cell.extend(paragraphs)
            made[-1].append(cell)
    return made
