"""The words and tables of a document as WordprocessingML, made so that any text is harmless and long tables are quick.

A line of a table is a copy of one that was made before, with other words: making each anew takes ten times as long.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from app.reports.blocks import Align, Column, Line, Table, Weight

Element = Any
"""An element of lxml, which has no types."""
TWIPS_A_MM = 1440 / 25.4
_BLANKS = re.compile(r"[^\S\u00a0]+")
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_BOLD = "<w:rPr><w:b/><w:bCs/></w:rPr>"
_STYLES = {Align.LEFT: "TableText", Align.CENTER: "TableNumber"}


def cleaned(text: str) -> str:
    """Return a text on one line, without what no document can hold and what turns the text around or hides in it.

    A blank that does not break stays: it keeps a day together, and is the gap in which a number will be written.
    """
    spaced = _BLANKS.sub(" ", text)
    return "".join(one for one in spaced if unicodedata.category(one) not in UNSEEN).strip(" ")


def twips(millimetres: float) -> int:
    """Return a length in twentieths of a point."""
    return round(millimetres * TWIPS_A_MM)


def run(text: str, **looks: str) -> Element:
    """Make a run of words; its looks are elements of its properties, by name, with their values."""
    made = OxmlElement("w:r")
    if looks:
        properties = OxmlElement("w:rPr")
        for name, value in looks.items():
            properties.append(OxmlElement(f"w:{name}", {qn("w:val"): value} if value else None))
        made.append(properties)
    words = OxmlElement("w:t", {qn("xml:space"): "preserve"})
    words.text = text
    made.append(words)
    return made


def table_of(table: Table) -> Element:
    """Make a table with lines all around its cells; its heads are repeated on each page, and no line is broken."""
    columns = table.columns
    made = parse_xml(_BEGINNING.format(ns=nsdecls("w"), width=sum(map(_width, columns)), grid="".join(_grid(columns))))
    for head in _heads(columns):
        made.append(parse_xml(head))
    samples = {weight: parse_xml(_line(columns, weight)) for weight in {line.weight for line in table.lines}}
    for line in table.lines:
        made.append(_filled(samples[line.weight], line))
    return made


_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
_LINES = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in _SIDES)
_BEGINNING = (
    '<w:tbl {ns}><w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:jc w:val="center"/>'
    f'<w:tblBorders>{_LINES}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>'
    '<w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    "<w:tblGrid>{grid}</w:tblGrid></w:tbl>"
)


def _width(column: Column) -> int:
    return twips(column.millimetres)


def _grid(columns: Sequence[Column]) -> Iterator[str]:
    yield from (f'<w:gridCol w:w="{_width(column)}"/>' for column in columns)


def _heads(columns: Sequence[Column]) -> Iterator[str]:
    """Spell the heads: one row, or two where columns share a heading."""
    if not any(column.over for column in columns):
        yield _row((_cell(_width(one), one.head, "TableHead") for one in columns), head=True)
        return
    yield _row(_upper(columns), head=True)
    yield _row((_lower(one) for one in columns), head=True)


def _upper(columns: Sequence[Column]) -> Iterator[str]:
    place = 0
    while place < len(columns):
        first = columns[place]
        span = 1
        while first.over and place + span < len(columns) and columns[place + span].over == first.over:
            span += 1
        width = sum(map(_width, columns[place : place + span]))
        merged = "" if first.over else '<w:vMerge w:val="restart"/>'
        yield _cell(width, first.over or first.head, "TableHead", span=span, more=merged)
        place += span


def _lower(column: Column) -> str:
    merged, words = ("", column.head) if column.over else ("<w:vMerge/>", "")
    return _cell(_width(column), words, "TableHead", more=merged)


def _line(columns: Sequence[Column], weight: Weight) -> str:
    bold = _BOLD if weight in {Weight.STRONG, Weight.SECTION} else ""
    if weight is Weight.SECTION:
        width = sum(map(_width, columns))
        return _row([_cell(width, "", "TableText", span=len(columns), looks=bold)])
    styles = [_STYLES[one.align] for one in columns]
    if weight is Weight.MEMBER:
        styles = ["TableMember" if style == "TableText" else style for style in styles]
    return _row(_cell(_width(one), "", style, looks=bold) for one, style in zip(columns, styles, strict=True))


def _row(cells: Any, *, head: bool = False) -> str:
    repeated = "<w:tblHeader/>" if head else ""
    return f"<w:tr {nsdecls('w')}><w:trPr><w:cantSplit/>{repeated}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(width: int, words: str, style: str, *, span: int = 1, more: str = "", looks: str = "") -> str:
    spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    properties = f'<w:tcW w:w="{width}" w:type="dxa"/>{spanned}{more}<w:vAlign w:val="center"/>'
    text = f'<w:r>{looks}<w:t xml:space="preserve">{words}</w:t></w:r>'
    return f'<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{text}</w:p></w:tc>'


def _filled(sample: Element, line: Line) -> Element:
    made = deepcopy(sample)
    places = list(made.iter(qn("w:t")))
    for place, words in zip(places, line.cells, strict=True):
        place.text = cleaned(words)
    return made
