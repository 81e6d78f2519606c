"""Documents and sheets that must be refused for one of their parts, whatever it is called."""

from collections.abc import Mapping

from app.inspection.reasons import Reason
from tests.corpus import Hostile
from tests.corpus.codes import runs, sheet
from tests.corpus.packages import MAIN_TYPE, SHEET, package
from tests.corpus.relationships import WEB, with_main
from tests.files import image, office, packed, pdf

_PIVOT = (
    f'<pivotCacheDefinition xmlns="{SHEET}" refreshOnLoad="1"><cacheSource type="external"/></pivotCacheDefinition>'
)


def part(name: str, content: bytes, kind: str = "", extension: str = "docx") -> bytes:
    """Make a document with one more part of a type."""
    return package(extension, parts={name: content}, types={name: kind} if kind else {})


DDE = runs("DDEAUTO cmd x")
PI = b'<?xml version="1.0"?><?xml-stylesheet href="https://example.org"?><a/>'
_SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">%s</svg>'


def drawing(inside: str) -> bytes:
    """Make a document with a drawing in SVG."""
    return part("word/media/a.svg", (_SVG % inside).encode(), "image/svg+xml")


def _connection(attributes: str, inside: str = "") -> bytes:
    content = f'<connections xmlns="{SHEET}"><connection id="1" {attributes}>{inside}</connection></connections>'
    return part("xl/anything.xml", content.encode(), "", "xlsx")


_MADE: Mapping[str, tuple[str, bytes, Reason]] = {
    "a field in a main part in UTF-16": ("docx", package(body=DDE, encoding="utf-16"), Reason.ACTION),
    "a field in a main part in binary": ("docx", package(body=DDE, main="word/document.bin"), Reason.ACTION),
    "a field in a main part in capitals": ("docx", package(body=DDE, main="word/document.XML"), Reason.ACTION),
    "a field in a head under another name": (
        "docx",
        part("word/x.dat", f'<w:hdr xmlns:w="w">{DDE}</w:hdr>'.encode(), "application/x-anything"),
        Reason.ACTION,
    ),
    "a field whose name is computed": (
        "docx",
        package(
            body=DDE.replace(
                "DDEAUTO cmd x", "</w:instrText></w:r>" + runs("QUOTE 68 68 69") + "<w:r><w:instrText> cmd x"
            )
        ),
        Reason.ACTION,
    ),
    "a document type in binary": (
        "docx",
        package(parts={"word/x.bin": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'}),
        Reason.UNREADABLE,
    ),
    "a style sheet for a part": ("docx", part("word/x.xml", PI), Reason.OUTSIDE),
    "a very deep part": ("docx", part("word/x.xml", b"<a>" * 2000 + b"</a>" * 2000), Reason.BOMB),
    "fields within fields": ("docx", package(body='<w:fldChar w:fldCharType="begin"/>' * 60), Reason.BOMB),
    "a picture of old drawings": (
        "docx",
        package(body='<v:imagedata xmlns:v="v" src="https://example.org/a.png"/>'),
        Reason.OUTSIDE,
    ),
    "a picture of old drawings, by its link": (
        "docx",
        package(body='<v:imagedata xmlns:v="v" xmlns:o="o" o:href="https://example.org/a.png"/>'),
        Reason.OUTSIDE,
    ),
    "a drawing that leads to a file": (
        "docx",
        package(body='<v:shape xmlns:v="v" href="file://server/a"/>'),
        Reason.OUTSIDE,
    ),
    "a picture by a relationship for links": (
        "docx",
        package(
            body='<a:blip xmlns:a="a" r:link="r0"/>', related={"word/document.xml": (("hyperlink", WEB, "External"),)}
        ),
        Reason.OUTSIDE,
    ),
    "a film by its address": (
        "docx",
        package(body='<wp15:webVideoPr xmlns:wp15="x" embeddedHtml="&lt;iframe/&gt;"/>'),
        Reason.OUTSIDE,
    ),
    "an object in a drawing": ("docx", package(body='<o:OLEObject xmlns:o="o" Type="Link"/>'), Reason.EMBEDDED),
    "a chunk of another kind": ("docx", package(body='<w:altChunk r:id="x"/>'), Reason.EMBEDDED),
    "a question to a database": (
        "docx",
        package(body='<w:mailMerge><w:connectString w:val="x"/></w:mailMerge>'),
        Reason.OUTSIDE,
    ),
    "a base for all links": (
        "docx",
        part("docProps/app.xml", b"<Properties><HyperlinkBase>\\\\server\\</HyperlinkBase></Properties>"),
        Reason.OUTSIDE,
    ),
    "an add-in": ("docx", part("word/x.xml", b"<we:webextension xmlns:we='w'/>"), Reason.MACRO),
    "a ribbon": ("docx", part("word/x.xml", b"<customUI onLoad='x'/>"), Reason.MACRO),
    "macros under a plain name": (
        "docx",
        part("word/x.bin", b"\xd0\xcf\x11\xe0", "application/vnd.ms-office.vbaProject"),
        Reason.MACRO,
    ),
    "macros by the ending": ("docx", office(parts={"word/vbaproject.BIN": b"\xd0\xcf\x11\xe0"}), Reason.MACRO),
    "a control under a plain name": (
        "docx",
        part("word/x.xml", b"<ocx/>", "application/vnd.ms-office.activeX+xml"),
        Reason.MACRO,
    ),
    "a control by what it is": ("docx", part("word/x.xml", b'<ax:ocx xmlns:ax="a"/>'), Reason.MACRO),
    "a program": ("docx", part("word/x.bin", b"MZ" + bytes(60), "application/octet-stream"), Reason.EMBEDDED),
    "a program called a picture": ("docx", part("word/media/a.png", b"MZ" + bytes(60)), Reason.EMBEDDED),
    "a program called a font": (
        "docx",
        part("word/fonts/a.odttf", b"MZ" + bytes(60), "application/x-fontdata"),
        Reason.EMBEDDED,
    ),
    "a command file": ("docx", part("word/x.cmd", b"@echo off", "text/plain"), Reason.EMBEDDED),
    "a PDF": ("docx", part("word/x.bin", pdf(), "application/pdf"), Reason.EMBEDDED),
    "a shortcut called a picture": ("docx", part("word/media/a.png", b"L\0\0\0\x01\x14\x02\0"), Reason.EMBEDDED),
    "a sheet": (
        "docx",
        package(
            parts={"word/embeddings/a.xlsx": office("xlsx")},
            related={"word/document.xml": (("package", "embeddings/a.xlsx", "Internal"),)},
        ),
        Reason.EMBEDDED,
    ),
    "an archive after a picture": (
        "docx",
        part("word/media/a.png", image("PNG")[:-12] + packed({"a": b"b"})),
        Reason.ARCHIVE,
    ),
    "a drawing with a script": ("docx", drawing("<script>alert(1)</script>"), Reason.SCRIPT),
    "a drawing that acts": ("docx", drawing("<rect onload='x'/>"), Reason.SCRIPT),
    "a drawing that fetches": ("docx", drawing(f"<image xlink:href='{WEB}'/>"), Reason.OUTSIDE),
    "a drawing whose style fetches": ("docx", drawing(f"<style>@import '{WEB}'</style>"), Reason.OUTSIDE),
    "a drawing with a page": ("docx", drawing("<image href='data:text/html;base64,AA=='/>"), Reason.EMBEDDED),
    "two parts under one name": ("docx", package(parts={"word/a.xml": b"<a/>", "word/%61.xml": b"<a/>"}), Reason.PATHS),
    "a part in pieces": ("docx", package(parts={"word/a.xml/[0].piece": b"<a/>"}), Reason.PATHS),
    "two main parts": (
        "docx",
        package(parts={"_rels/.rels": with_main(("officeDocument", "word/document.xml", "Internal"))}),
        Reason.DISGUISED,
    ),
    "a package without a main part": ("docx", package(parts={"_rels/.rels": b"<Relationships/>"}), Reason.DISGUISED),
    "a template called a document": (
        "docx",
        package(types={"word/document.xml": MAIN_TYPE["docx"].replace("document.main", "template.main")}),
        Reason.DISGUISED,
    ),
    "one package after another": ("docx", office() + office(), Reason.ARCHIVE),
    "an encrypted document": (
        "docx",
        b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
        Reason.ENCRYPTED,
    ),
    "a connection that refreshes": ("xlsx", _connection('refreshOnLoad="1"'), Reason.OUTSIDE),
    "a connection that refreshes itself": ("xlsx", _connection('interval="5"'), Reason.OUTSIDE),
    "a connection to a page": ("xlsx", _connection("", f'<webPr url="{WEB}"/>'), Reason.OUTSIDE),
    "a connection to a text": ("xlsx", _connection("", '<textPr sourceFile="\\\\s\\a"/>'), Reason.OUTSIDE),
    "a connection to a database": (
        "xlsx",
        _connection("", '<dbPr connection="Provider=SQLOLEDB;Data Source=s"/>'),
        Reason.OUTSIDE,
    ),
    "a table that refreshes": (
        "xlsx",
        part("xl/x.xml", f'<queryTable xmlns="{SHEET}" refreshOnLoad="true"/>'.encode(), "", "xlsx"),
        Reason.OUTSIDE,
    ),
    "a pivot that refreshes": (
        "xlsx",
        part(
            "xl/x.xml",
            _PIVOT.encode(),
            "",
            "xlsx",
        ),
        Reason.OUTSIDE,
    ),
    "a DDE link": (
        "xlsx",
        part(
            "xl/x.xml",
            f'<externalLink xmlns="{SHEET}"><ddeLink ddeService="cmd" ddeTopic="x"/></externalLink>'.encode(),
            "",
            "xlsx",
        ),
        Reason.OUTSIDE,
    ),
    "an OLE link": (
        "xlsx",
        part("xl/x.xml", f'<externalLink xmlns="{SHEET}"><oleLink progId="x"/></externalLink>'.encode(), "", "xlsx"),
        Reason.OUTSIDE,
    ),
    "macros that begin by themselves": (
        "xlsx",
        sheet("<definedName name='_xlnm.Auto_Open'>S!A1</definedName>"),
        Reason.MACRO,
    ),
    "a hidden macro name": (
        "xlsx",
        sheet("<definedName name='x' xlm='1' function='1'>S!A1</definedName>"),
        Reason.MACRO,
    ),
    "a shape that runs a macro": (
        "xlsx",
        part("xl/x.xml", b'<xdr:sp xmlns:xdr="x" macro="[1]!run"/>', "", "xlsx"),
        Reason.MACRO,
    ),
    "a picture of the web in a cell": ("xlsx", part("xl/x.xml", b"<webImageSrd/>", "", "xlsx"), Reason.OUTSIDE),
    "a formula of a pivot": ("xlsx", sheet("<cacheField formula='WEBSERVICE(1)'/>"), Reason.OUTSIDE),
    "a formula of a chart": (
        "xlsx",
        part(
            "xl/x.xml",
            b'<c:f xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart">RTD("x")</c:f>',
            "",
            "xlsx",
        ),
        Reason.OUTSIDE,
    ),
    "cells in a part in binary": (
        "xlsx",
        sheet("<f>WEBSERVICE(A1)</f>", name="xl/worksheets/sheet1.bin"),
        Reason.OUTSIDE,
    ),
}


def hostile() -> Hostile:
    """Make every one."""
    return {f"{name}, in an office file": one for name, one in _MADE.items()}
