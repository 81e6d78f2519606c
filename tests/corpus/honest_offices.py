"""Documents and sheets as offices make them."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import docx
import openpyxl
import xlsxwriter
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image as Picture
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from tests.corpus import Honest
from tests.corpus.codes import runs
from tests.corpus.honest_pictures import camera
from tests.corpus.packages import SHEET, package
from tests.files import RELATIONS, image, office

CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"


def written(write: Callable[[Any], Any]) -> bytes:
    """Write a document by python-docx."""
    document, content = docx.Document(), BytesIO()
    document.core_properties.author = "Công an thành phố"
    document.add_heading("Báo cáo kết quả", 1)
    write(document)
    document.save(content)
    return content.getvalue()


def field(code: str) -> Callable[[Any], Any]:
    """Return what adds a field to a document."""

    def write(document: Any) -> None:
        body = runs(*code).replace("<w:p>", f"<w:p {nsdecls('w')}>", 1)
        document.element.body.insert(0, parse_xml(body))

    return write


def link(address: str) -> Callable[[Any], Any]:
    """Return what adds a link to a document."""

    def write(document: Any) -> None:
        relation = document.part.relate_to(address, RT.HYPERLINK, is_external=True)
        paragraph = (
            f'<w:p {nsdecls("w", "r")}><w:hyperlink r:id="{relation}"><w:r><w:t>x</w:t></w:r></w:hyperlink></w:p>'
        )
        document.element.body.insert(0, parse_xml(paragraph))

    return write


def chart(document: Any) -> None:
    """Add a native chart, with the sheet that keeps its numbers, as Word does."""
    space = (
        f'<c:chartSpace xmlns:c="{CHART}" xmlns:r="{RELATIONS}"><c:chart><c:plotArea>'
        "<c:barChart><c:ser><c:val><c:numRef>"
        "<c:f>Sheet1!$B$2:$B$5</c:f></c:numRef></c:val></c:ser></c:barChart></c:plotArea></c:chart>"
        '<c:externalData r:id="rId1"/></c:chartSpace>'
    )
    kind = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
    sheet_kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    part = Part(PackURI("/word/charts/chart1.xml"), kind, space.encode(), document.part.package)
    name = PackURI("/word/embeddings/Microsoft_Excel_Worksheet.xlsx")
    part.relate_to(Part(name, sheet_kind, calculated(lambda s: s.append([1, 2])), document.part.package), RT.PACKAGE)
    document.part.relate_to(part, RT.CHART)


def calculated(fill: Callable[[Any], Any]) -> bytes:
    """Make a sheet by openpyxl."""
    book, content = openpyxl.Workbook(), BytesIO()
    sheet: Any = book.active
    sheet.append(["Nhiệm vụ", "Kết quả"])
    sheet.append([1, 2])
    fill(sheet)
    book.save(content)
    return content.getvalue()


def filled(fill: Callable[[Any, Any], Any]) -> bytes:
    """Make a sheet by XlsxWriter."""
    content = BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("Tổng hợp")
        sheet.write_row(0, 0, ["Nhiệm vụ", "Kết quả"])
        fill(book, sheet)
    return content.getvalue()


def plot(book: Any, sheet: Any) -> None:
    """Draw a chart."""
    drawing = book.add_chart({"type": "column"})
    drawing.add_series({"values": "='Tổng hợp'!$B$1:$B$5"})
    sheet.insert_chart("D2", drawing)


def list_of_choices(sheet: Any) -> None:
    """Add a list to choose from, with a rule that counts."""
    rule = DataValidation(type="list", formula1='"đúng hạn,quá hạn"')
    sheet.add_data_validation(rule)
    rule.add("C2")


def bars(sheet: Any) -> None:
    """Draw a chart."""
    drawing = BarChart()
    drawing.add_data(Reference(sheet, min_col=2, min_row=1, max_row=2), titles_from_data=True)
    sheet.add_chart(drawing, "D2")


def neighbour(target: str) -> bytes:
    """Make a sheet whose formulas read a sheet in the same folder, as Excel keeps that."""
    link_part = (
        f'<externalLink xmlns="{SHEET}" xmlns:r="{RELATIONS}"><externalBook r:id="r0"><sheetNames><sheetName val="S"/>'
        "</sheetNames></externalBook></externalLink>"
    )
    cells = (
        f'<worksheet xmlns="{SHEET}"><sheetData><row><c><f>[1]S!$A$1*2</f><v>2</v></c></row></sheetData></worksheet>'
    )
    name = "xl/externalLinks/externalLink1.xml"
    return package(
        "xlsx",
        main="xl/workbook.xml",
        parts={name: link_part.encode(), "xl/worksheets/sheet1.xml": cells.encode()},
        related={name: (("externalLinkPath", target, "External"),)},
    )


def own_query() -> bytes:
    """Make a sheet with a query over its own tables, which a person refreshes."""
    inside = '<dbPr connection="Provider=Microsoft.Mashup.OleDb.1;Data Source=$Workbook$;Location=$Workbook$"/>'
    content = f'<connections xmlns="{SHEET}"><connection id="1" type="5">{inside}</connection></connections>'
    return package("xlsx", main="xl/workbook.xml", parts={"xl/connections.xml": content.encode()})


def honest() -> Honest:
    """Make every one."""
    documents: dict[str, Callable[[Any], Any]] = {
        "of words": lambda d: d.add_paragraph("Đã tập huấn cho 312 cán bộ."),
        "of very many words": lambda d: [d.add_paragraph("trẻ em " * 200) for _ in range(200)],
        "with a table": lambda d: d.add_table(5, 4, style="Table Grid"),
        "with a list": lambda d: d.add_paragraph("Một", style="List Number"),
        "with a picture": lambda d: d.add_picture(BytesIO(image("PNG"))),
        "with a camera's photograph": lambda d: d.add_picture(BytesIO(camera({0: b"\x02\x03\x00\x00"}))),
        "with a head and a foot": lambda d: setattr(d.sections[0].header.paragraphs[0], "text", "CÔNG AN THÀNH PHỐ"),
        "with two sections": lambda d: d.add_section(),
        "with a comment": lambda d: d.add_comment(d.paragraphs[0].runs, text="Xem lại", author="A", initials="A"),
        "with a chart": chart,
        "with a contents": field(' TOC \\o "1-3" \\h \\z \\u '),
        "with a number of pages": field(" PAGE  \\* MERGEFORMAT "),
        "with a date": field(' DATE \\@ "dd/MM/yyyy" '),
        "with a place to click and type": field(" MACROBUTTON NoMacro [Nhập tên] "),
        "with a field that links to a heading": field(' HYPERLINK \\l "_Toc1" '),
        "with a field that links to the web": field(' HYPERLINK "https://cantho.gov.vn/a?b=1" \\o "Cổng" '),
        "with a field that links to a file beside it": field(' HYPERLINK "phu luc 1.docx" '),
        "with a link to the web": link("https://cantho.gov.vn"),
        "with a link to a mailbox": link("mailto:vanthu@cantho.gov.vn"),
        "with a link to a file beside it": link("phu%20luc%201.xlsx"),
        "that speaks of DDE": lambda d: d.add_paragraph("DDEAUTO và =WEBSERVICE(1) là gì? file:///c:/a"),
    }
    sheets: dict[str, Callable[[Any], Any]] = {
        "with a sum": lambda s: s.append(["=SUM(B2:B9)", '=IF(B2>1,"http://a","|")', "=B2/100"]),
        "with a link made by a formula": lambda s: s.append(['=HYPERLINK("https://cantho.gov.vn","Cổng: ")']),
        "with a link to a place in it": lambda s: s.append(['=HYPERLINK("#\'Sheet\'!A1","Về đầu")']),
        "with a link to a file beside it": lambda s: setattr(s["A2"], "hyperlink", "bieu-mau.xlsx"),
        "with a link to a folder beside it": lambda s: setattr(s["A2"], "hyperlink", "../quy-3/bieu-mau.xlsx"),
        "with a link to the web": lambda s: setattr(s["A2"], "hyperlink", "https://cantho.gov.vn"),
        "with a note": lambda s: setattr(s["A2"], "comment", Comment("Xem lại", "A")),
        "with a picture": lambda s: s.add_image(Picture(BytesIO(image("PNG"))), "D2"),
        "with bars": bars,
        "with a table": lambda s: s.add_table(Table(displayName="T", ref="A1:B2")),
        "with a list of choices": list_of_choices,
        "of very many rows": lambda s: [s.append([n, f"Nhiệm vụ {n}"]) for n in range(20_000)],
    }
    others: dict[str, Callable[[Any, Any], Any]] = {
        "with columns": plot,
        "with a filter": lambda _, s: s.autofilter("A1:B9"),
        "with colours by value": lambda _, s: s.conditional_format("B1:B9", {"type": "3_color_scale"}),
        "with a rule by formula": lambda b, s: s.conditional_format(
            "A1", {"type": "formula", "criteria": "=$B1>TODAY()", "format": b.add_format({"bold": True})}
        ),
        "with a line in a cell": lambda _, s: s.add_sparkline("C1", {"range": "'Tổng hợp'!A1:B1"}),
        "with a box of words": lambda _, s: s.insert_textbox("D2", "Ghi chú", {"url": "https://cantho.gov.vn"}),
        "with a picture in a cell": lambda _, s: s.embed_image("D2", "a.png", {"image_data": BytesIO(image("PNG"))}),
        "with a picture in its head": lambda _, s: s.set_header(
            "&L&G", {"image_left": "a.png", "image_data_left": BytesIO(image("PNG"))}
        ),
        "with a link to a file": lambda _, s: s.write_url("A3", "external:bieu-mau.xlsx"),
        "with a formula of today": lambda _, s: s.write_dynamic_array_formula("C1", "=LET(x,A1:A9,FILTER(x,x>0))"),
        "with a button that was left": lambda _, s: s.insert_button("D2", {"macro": "Cu", "caption": "In"}),
        "with a note": lambda _, s: s.write_comment("A1", "Xem lại"),
        "with a table that computes": lambda _, s: s.add_table(
            "A5:B9", {"columns": [{"header": "a"}, {"header": "b", "formula": "=[@a]*2"}]}
        ),
    }
    made = {f"a document {name}": ("docx", written(write)) for name, write in documents.items()}
    made |= {f"a sheet {name}": ("xlsx", calculated(fill)) for name, fill in sheets.items()}
    made |= {f"another program's sheet {name}": ("xlsx", filled(fill)) for name, fill in others.items()}
    settings = {
        "_xmlsignatures/origin.sigs": b"",
        "word/people.xml": b"<people/>",
        "docProps/thumbnail.jpeg": image("JPEG"),
    }
    return made | {
        "a sheet that reads a file beside it": ("xlsx", neighbour("bieu-mau.xlsx")),
        "a sheet that reads a file in another folder": ("xlsx", neighbour("../quy%203/bieu-mau.xlsx")),
        "a sheet with a query of its own": ("xlsx", own_query()),
        "a document that was signed": ("docx", office(parts=settings)),
        "a document in UTF-16": ("docx", package(body="<w:p/>", encoding="utf-16")),
        "a document whose main part has another name": ("docx", package(body="<w:p/>", main="word/document2.xml")),
    }
