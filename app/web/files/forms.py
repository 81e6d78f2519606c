"""Forms: spreadsheets in which an owner fills in what it has done, one line for each of its obligations."""

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from app.domain.access import Classification
from app.domain.completion import ClaimState
from app.domain.words import words_of
from app.schemas.columns import FORM_FILLED, FORM_SHOWN, Column, target
from app.schemas.obligations import ObligationOut
from app.web.files.spreadsheets import Workbook

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

SHEET, HELP = "Cập nhật tiến độ", "Hướng dẫn"
_PROTECTED = {"autofilter": True, "format_columns": True, "format_rows": True, "select_locked_cells": True}
_DAYS = {"evidence_issued_on", "occurred_on"}
_INSTRUCTIONS = (
    "Mỗi dòng là một nghĩa vụ. Chỉ điền vào các ô không bị khóa; dòng nào để trống phần này sẽ được bỏ qua.",
    "Kết quả thực hiện: chọn một giá trị trong danh sách. Tóm tắt kết quả là bắt buộc.",
    "Ngày: nhập theo dạng ngày/tháng/năm.",
    "Minh chứng: điền tên và phân loại, rồi hoặc địa chỉ trang, hoặc số, ngày và cơ quan ban hành của văn bản.",
    "Chỉ tiêu: nhập số liệu đạt được của chỉ tiêu mang mã đó.",
    "Không ghi tên, số định danh hay thông tin của trẻ em vào bất kỳ ô nào.",
    "Gửi tệp đã điền bằng lệnh: dondoc import TỆP",
)


def form(obligations: Sequence[ObligationOut], targets: Sequence[str]) -> bytes:
    """Make the form for some obligations; `targets` are the codes of what their duties want measured."""
    buffer = BytesIO()
    book = Workbook(buffer)
    columns = [*FORM_SHOWN, *FORM_FILLED, *map(target, targets)]
    sheet = book.sheet(SHEET, columns)
    fill_in = _formats(book, columns)
    for row, obligation in enumerate(obligations, start=1):
        book.row(sheet, row, columns, obligation)
        for n, free in fill_in.items():
            sheet.write_blank(row, n, None, free)
    _guide(sheet, columns, len(obligations))
    _explain(book)
    book.close()
    return buffer.getvalue()


def _formats(book: Workbook, columns: Sequence[Column]) -> dict[int, Any]:
    """Give the columns to fill in their formats, by place: days as days, texts as texts."""
    texts, days, figures = (
        book.unlocked(num_format="@", text_wrap=True),
        book.unlocked(num_format="dd/mm/yyyy"),
        book.unlocked(num_format="General"),
    )
    formats = {}
    for n, column in enumerate(columns[len(FORM_SHOWN) :], start=len(FORM_SHOWN)):
        figure = column.key == "percent" or column.key.startswith("target:")
        formats[n] = days if column.key in _DAYS else figures if figure else texts
    return formats


def _guide(sheet: "Worksheet", columns: Sequence[Column], rows: int) -> None:
    """Offer what can be chosen, and protect what is not to be filled in."""
    lists = {"state": ClaimState, "evidence_classification": Classification}
    for n, column in enumerate(columns):
        if kind := lists.get(column.key):
            sheet.data_validation(1, n, rows, n, {"validate": "list", "source": [words_of(one).vi for one in kind]})
    between = {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": 100}
    place = next(n for n, column in enumerate(columns) if column.key == "percent")
    sheet.data_validation(1, place, rows, place, between)
    # The id is for machines; what people recognise stays in sight.
    sheet.set_column(0, 0, columns[0].width, None, {"hidden": True})
    sheet.freeze_panes(1, 4)
    sheet.autofilter(0, 0, rows, len(columns) - 1)
    sheet.protect("", _PROTECTED)


def _explain(book: Workbook) -> None:
    sheet = book.sheet(HELP, [Column("help", HELP, "Help", 110)])
    for row, sentence in enumerate(_INSTRUCTIONS, start=1):
        book.write(sheet, row, 0, sentence)
