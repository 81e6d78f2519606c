"""The styles of Decree 30/2020/NĐ-CP, Annex I, section II: sizes in points, lengths in millimetres, all text black.

Headings are styles with a level, so that a table of contents can be made of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

FONT = "Times New Roman"
BODY, TABLE, HEAD, NOTE = 14, 11, 9, 10
"""Point sizes: of the body (13 to 14 by the decree), of tables and their heads, and of foot notes."""
FIRST_LINE, AFTER = 12.7, 6
"""How far the first line of a paragraph goes in (1 or 1,27 cm), and how many points stand between two (6 or more)."""
LINES = 1.15
"""Between single lines and one and a half."""
_TWIPS_A_MM = 1440 / 25.4


@dataclass(frozen=True, kw_only=True)
class Style:
    """One paragraph style: how its words look and how they stand."""

    name: str
    size: float = BODY
    bold: bool = False
    italic: bool = False
    align: str = "left"
    first_line: float = 0
    indent: float = 0
    before: float = 0
    after: float = 0
    lines: float = 1
    level: int | None = None
    keep: bool = False
    id: str = field(default="")

    def spelled(self) -> str:
        """Spell it in the document's own terms."""
        kept = "<w:keepNext/><w:keepLines/>" if self.keep else ""
        indent = f'<w:ind w:left="{_twips(self.indent)}" w:firstLine="{_twips(self.first_line)}"/>'
        outline = "" if self.level is None else f'<w:outlineLvl w:val="{self.level}"/>'
        spacing = (
            f'<w:spacing w:before="{round(self.before * 20)}" w:after="{round(self.after * 20)}"'
            f' w:line="{round(self.lines * 240)}" w:lineRule="auto"/>'
        )
        looks = "".join((*(_BOLD if self.bold else ()), *(_ITALIC if self.italic else ()), _size(self.size)))
        named = self.id or self.name.replace(" ", "")
        return (
            f'<w:style w:type="paragraph" w:styleId="{named}"><w:name w:val="{self.name}"/>'
            f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{kept}{spacing}{indent}'
            f'<w:jc w:val="{self.align}"/>{outline}</w:pPr><w:rPr>{looks}</w:rPr></w:style>'
        )


_BOLD, _ITALIC = ("<w:b/>", "<w:bCs/>"), ("<w:i/>", "<w:iCs/>")


def _twips(millimetres: float) -> int:
    return round(millimetres * _TWIPS_A_MM)


def _size(points: float) -> str:
    return f'<w:sz w:val="{round(points * 2)}"/><w:szCs w:val="{round(points * 2)}"/>'


_OF_BODY: dict[str, Any] = {"first_line": FIRST_LINE, "after": AFTER, "lines": LINES}
PARAGRAPHS = (
    Style(name="Body Text", align="both", **_OF_BODY),
    Style(name="heading 1", id="Heading1", bold=True, level=0, keep=True, before=AFTER, **_OF_BODY),
    Style(name="heading 2", id="Heading2", bold=True, level=1, keep=True, **_OF_BODY),
    Style(name="heading 3", id="Heading3", bold=True, italic=True, level=2, keep=True, **_OF_BODY),
    Style(name="Superior", size=12, align="center"),
    Style(name="Issuer", size=12, bold=True, align="center"),
    Style(name="Nation", size=12, bold=True, align="center"),
    Style(name="Motto", size=13, bold=True, align="center"),
    Style(name="Number", size=13, align="center", before=AFTER),
    Style(name="Place And Date", size=13, italic=True, align="center", before=AFTER),
    Style(name="Excerpt Of Letter", size=12, align="center", before=AFTER),
    Style(name="Kind", bold=True, align="center", before=12, keep=True),
    Style(name="Excerpt", bold=True, align="center", keep=True),
    Style(name="Rule", size=1, align="center", before=2),
    Style(name="Addressee", before=AFTER, after=AFTER),
    Style(name="Receivers", size=12, bold=True, italic=True),
    Style(name="Receiver", size=11),
    Style(name="Signer", bold=True, align="center"),
    Style(name="Annex Number", bold=True, align="center", level=0, keep=True),
    Style(name="Annex Title", bold=True, align="center", keep=True),
    Style(name="Annex Of", italic=True, align="center", after=AFTER, keep=True),
    Style(name="Table Text", size=TABLE, before=1, after=1),
    Style(name="Table Member", size=TABLE, indent=3, before=1, after=1),
    Style(name="Table Number", size=TABLE, align="center", before=1, after=1),
    Style(name="Table Head", size=HEAD, bold=True, align="center", before=1, after=1),
    Style(name="After Table", size=4),
    Style(name="header", id="Header", size=13, align="center"),
    Style(name="footnote text", id="FootnoteText", size=NOTE),
)


SMALL = 10
"""Points in the tables of a sheet, which has to fit on one page, and of what stands above them."""
OF_SHEET = tuple(
    replace(one, size=min(one.size, SMALL), first_line=0, lines=1, before=min(one.before, 0.5), after=min(one.after, 2))
    if one.name == "Body Text" or one.name.startswith("Table ")
    else one
    for one in PARAGRAPHS
)


def _spelled(paragraphs: Sequence[Style]) -> Iterator[str]:
    yield '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:docDefaults><w:rPrDefault>'
    fonts = "".join(f' w:{kind}="{FONT}"' for kind in ("ascii", "hAnsi", "eastAsia", "cs"))
    yield f'<w:rPr><w:rFonts{fonts}/><w:color w:val="000000"/>{_size(BODY)}<w:lang w:val="vi-VN" w:eastAsia="vi-VN"/>'
    yield '</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="0"/></w:pPr></w:pPrDefault></w:docDefaults>'
    yield '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
    yield "<w:pPr><w:widowControl/></w:pPr></w:style>"
    yield '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr>'
    yield '<w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>'
    yield '<w:style w:type="character" w:styleId="FootnoteReference"><w:name w:val="footnote reference"/><w:rPr>'
    yield '<w:vertAlign w:val="superscript"/></w:rPr></w:style>'
    yield from (style.spelled() for style in paragraphs)
    yield "</w:styles>"


STYLES, STYLES_OF_SHEET = ("".join(_spelled(some)) for some in (PARAGRAPHS, OF_SHEET))
