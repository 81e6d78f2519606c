"""A document as bytes: the same for the same content, with no name of anybody, and no part that nothing leads to."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.document import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

from app.reports.archives import EPOCH
from app.reports.styles import STYLES
from app.reports.wordml import cleaned

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_KEPT = {RELATIONSHIP_TYPE.STYLES, RELATIONSHIP_TYPE.SETTINGS}
_KEPT_OF_ALL = {RELATIONSHIP_TYPE.OFFICE_DOCUMENT, RELATIONSHIP_TYPE.CORE_PROPERTIES}
_FONTS = f"""{_XML}<w:fonts {_NS}><w:font w:name="Times New Roman"><w:altName w:val="Tinos,Liberation Serif,FreeSerif"/>
<w:panose1 w:val="02020603050405020304"/><w:charset w:val="00"/><w:family w:val="roman"/><w:pitch w:val="variable"/>
</w:font></w:fonts>"""
_SETTINGS = f"""<w:settings {_NS}><w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/>
<w:characterSpacingControl w:val="doNotCompress"/>
<w:footnotePr><w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr>
<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>
</w:compat><w:themeFontLang w:val="vi-VN"/><w:decimalSymbol w:val=","/><w:listSeparator w:val=";"/></w:settings>"""
_SEPARATORS = """<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>
<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>"""
_NOTE = """<w:footnote w:id="{number}"><w:p><w:pPr><w:pStyle w:val="FootnoteText"/></w:pPr>
<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteRef/></w:r>
<w:r><w:t xml:space="preserve"> {words}</w:t></w:r></w:p></w:footnote>"""


def new_document(title: str, dated: datetime, styles: str = STYLES) -> Document:
    """Return an empty document in our styles; what the library's template brings beside them is left out."""
    made = docx.Document()
    for owner, kept in ((made.part, _KEPT), (made.part.package, _KEPT_OF_ALL)):
        for name in [name for name, one in owner.rels.items() if one.reltype not in kept]:
            del owner.rels[name]
    made.styles.element[:] = parse_xml(styles)[:]
    made.settings.element[:] = parse_xml(_SETTINGS)[:]
    _attach(made, "/word/fontTable.xml", CONTENT_TYPE.WML_FONT_TABLE, RELATIONSHIP_TYPE.FONT_TABLE, _FONTS)
    _describe(made, title, dated)
    return made


def add_notes(document: Document, notes: Sequence[str]) -> None:
    """Add foot notes, numbered from 1."""
    numbered = enumerate(map(cleaned, notes), 1)
    spelled = "".join(_NOTE.format(number=number, words=escape(words)) for number, words in numbered)
    content = f"{_XML}<w:footnotes {_NS}>{_SEPARATORS}{spelled}</w:footnotes>"
    _attach(document, "/word/footnotes.xml", CONTENT_TYPE.WML_FOOTNOTES, RELATIONSHIP_TYPE.FOOTNOTES, content)


def packed(document: Document) -> bytes:
    """Return a document as bytes that depend on its content alone."""
    saved, again = BytesIO(), BytesIO()
    document.save(saved)
    with ZipFile(saved) as made, ZipFile(again, "w", ZIP_DEFLATED) as kept:
        # A reader may look for the types of all parts in the first one.
        for name in sorted(made.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = ZipInfo(name, EPOCH)
            entry.create_system = 0
            kept.writestr(entry, made.read(name), ZIP_DEFLATED)
    return again.getvalue()


def _attach(document: Document, name: str, content_type: str, relationship: str, content: str) -> None:
    part = Part(PackURI(name), content_type, content.encode(), document.part.package)
    document.part.relate_to(part, relationship)


def _describe(document: Document, title: str, dated: datetime) -> None:
    """Say what the document is and of when; whose it is, its letterhead says."""
    described = document.core_properties
    for name in ("author", "last_modified_by", "comments", "keywords", "subject", "category"):
        setattr(described, name, "")
    described.title, described.language, described.revision = title[:255], "vi-VN", 1
    described.created = described.modified = dated.replace(tzinfo=None, microsecond=0)
