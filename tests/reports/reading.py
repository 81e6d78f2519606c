"""A document as its XML says it, for tests: its parts, its paragraphs with their styles, its sections and tables."""

from functools import cached_property
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MM_A_TWIP = 25.4 / 1440
Element = Any


def w(name: str) -> str:
    """Spell the name of an element or an attribute."""
    return f"{W}{name}"


def value(element: Element | None, name: str = "val") -> str | None:
    """Return an attribute of an element, if it is there."""
    return None if element is None else element.get(w(name))


class Docx:
    """One document."""

    def __init__(self, content: bytes) -> None:
        self.archive = ZipFile(BytesIO(content))

    def part(self, name: str) -> Element:
        """Return a part as XML."""
        return etree.fromstring(self.archive.read(name))

    @cached_property
    def body(self) -> Element:
        """The body of the document."""
        return self.part("word/document.xml")[0]

    @cached_property
    def styles(self) -> dict[str, Element]:
        """The styles by their ids."""
        return {one.get(w("styleId")): one for one in self.part("word/styles.xml").iter(w("style"))}

    @cached_property
    def defaults(self) -> Element:
        """What holds where a style says nothing else."""
        return self.part("word/styles.xml").find(f".//{w('rPrDefault')}/{w('rPr')}")

    @property
    def sections(self) -> list[Element]:
        """The properties of each section, in order."""
        return list(self.body.iter(w("sectPr")))

    @property
    def tables(self) -> list[Element]:
        """The tables with lines: those that tell figures."""
        return [one for one in self.body.iter(w("tbl")) if one.find(f"{w('tblPr')}/{w('tblBorders')}") is not None]

    def styled(self, style: str) -> list[Element]:
        """Return the paragraphs of a style."""
        return [one for one in self.body.iter(w("p")) if style_of(one) == style]

    def texts(self, style: str) -> list[str]:
        """Return the words of the paragraphs of a style."""
        return [text_of(one) for one in self.styled(style)]

    def size(self, style: str) -> float:
        """Return the size of a style in points."""
        return int(self.styles[style].find(f"{w('rPr')}/{w('sz')}").get(w("val"))) / 2

    def is_bold(self, style: str) -> bool:
        """Say whether a style is bold."""
        return self.styles[style].find(f"{w('rPr')}/{w('b')}") is not None

    def is_italic(self, style: str) -> bool:
        """Say whether a style is italic."""
        return self.styles[style].find(f"{w('rPr')}/{w('i')}") is not None

    def align(self, style: str) -> str | None:
        """Return how a style is aligned."""
        return value(self.styles[style].find(f"{w('pPr')}/{w('jc')}"))

    def spacing(self, style: str, name: str) -> int:
        """Return a space of a style: before, after or line, in twentieths of a point or 240ths of a line."""
        return int(self.styles[style].find(f"{w('pPr')}/{w('spacing')}").get(w(name)))

    @cached_property
    def text(self) -> str:
        """All words of the body."""
        return "\n".join(text_of(one) for one in self.body.iter(w("p")))

    def rows(self, number: int) -> list[list[str]]:
        """Return the cells of one table of figures, its heads left out."""
        lines = [row for row in self.tables[number].iter(w("tr")) if row.find(f"{w('trPr')}/{w('tblHeader')}") is None]
        return [[text_of(cell) for cell in row.iter(w("tc"))] for row in lines]

    def annex(self, number: str) -> list[list[list[str]]]:
        """Return the tables of an annex, by its Roman number."""
        begun, found = False, []
        for one in self.body:
            if one.tag == w("p") and style_of(one) == "AnnexNumber":
                begun = text_of(one) == f"Phụ lục {number}"
            elif begun and one in self.tables:
                found.append(self.rows(self.tables.index(one)))
        return found


def style_of(paragraph: Element) -> str | None:
    """Return the style of a paragraph."""
    return value(paragraph.find(f"{w('pPr')}/{w('pStyle')}"))


def text_of(element: Element) -> str:
    """Return the words of an element; what ties words together is a blank."""
    return "".join(one.text or "" for one in element.iter(w("t"))).replace("\u00a0", " ")


def millimetres(twips: str | None) -> float:
    """Return a length in millimetres."""
    return int(twips or 0) * MM_A_TWIP
