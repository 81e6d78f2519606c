"""Forms: spreadsheets in which an owner fills in what it has done, one line for each of its obligations.

Every cell to fill in is a text, so that no program makes another day of 05/11/2026, 1 of 100% or 3.1 of 3.10: what was
typed arrives as it was typed, and is read when the form is sent.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

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
_LISTS = {"state": ClaimState, "evidence_classification": Classification}
_HINTS = {
    "percent": "Số nguyên từ 0 đến 100, ví dụ 60 hoặc 60%.",
    "summary": "Bắt buộc. Không ghi tên, số định danh hay thông tin của trẻ em.",
    "occurred_on": "Ngày/tháng/năm, ví dụ 05/11/2026.",
    "evidence_url": "Địa chỉ bắt đầu bằng https://",
    "evidence_number": "Ví dụ 115/KH-UBND.",
    "evidence_issued_on": "Ngày/tháng/năm, ví dụ 05/11/2026.",
}
_OF_TARGETS = "Số liệu đạt được, ví dụ 92,5 hoặc 92,5%; 0 vụ việc nếu không phát sinh."
_INSTRUCTIONS = (
    "Mỗi dòng là một nghĩa vụ. Chỉ điền vào các ô không bị khóa; dòng nào để trống phần này sẽ được bỏ qua.",
    "Kết quả thực hiện: chọn một giá trị trong danh sách. Tóm tắt kết quả là bắt buộc.",
    "Tỷ lệ: số nguyên từ 0 đến 100; gõ 60 hay 60% đều được. Đã hoàn thành là 100.",
    "Ngày: gõ theo dạng ngày/tháng/năm, ví dụ 05/11/2026.",
    "Minh chứng: điền tên và phân loại, rồi hoặc đường dẫn, hoặc số, ngày và cơ quan ban hành của văn bản.",
    "Chỉ tiêu: gõ số liệu đạt được của chỉ tiêu mang mã đó, ví dụ 92,5 hoặc 92,5%; ghi 0 vụ việc nếu không phát sinh.",
    "Không đổi tên các cột của biểu mẫu. Muốn thêm dòng tiêu đề ở trên hoặc cột riêng ở bên phải, hãy bỏ bảo vệ "
    "trang tính trước (không có mật khẩu).",
    "Không ghi tên, số định danh hay thông tin của trẻ em vào bất kỳ ô nào.",
    "Lưu tệp dạng XLSX, ODS hoặc CSV UTF-8, rồi gửi theo một trong ba cách:",
    "– tại bàn làm việc (/desk), trang gửi biểu mẫu, chọn tệp đã lưu;",
    "– bằng lệnh: dondoc import TỆP",
    "– qua API: POST /v1/plans/{kế hoạch}/imports, gửi nguyên nội dung tệp.",
)


def form(obligations: Sequence[ObligationOut], targets: Sequence[str]) -> bytes:
    """Make the form for some obligations; `targets` are the codes of what their duties want measured."""
    buffer = BytesIO()
    book = Workbook(buffer)
    columns = [*FORM_SHOWN, *FORM_FILLED, *map(target, targets)]
    sheet = book.sheet(SHEET, columns)
    free = book.unlocked(num_format="@", text_wrap=True)
    for row, obligation in enumerate(obligations, start=1):
        book.row(sheet, row, columns, obligation)
        for n in range(len(FORM_SHOWN), len(columns)):
            sheet.write_blank(row, n, None, free)
    _guide(sheet, columns, max(len(obligations), 1))
    _explain(book)
    book.close()
    return buffer.getvalue()


def _guide(sheet: "Worksheet", columns: Sequence[Column], rows: int) -> None:
    """Offer what can be chosen, say how the rest is written, and protect what is not to be filled in."""
    for n, column in enumerate(columns[len(FORM_SHOWN) :], start=len(FORM_SHOWN)):
        if kind := _LISTS.get(column.key):
            sheet.data_validation(1, n, rows, n, {"validate": "list", "source": [words_of(one).vi for one in kind]})
        elif hint := _HINTS.get(column.key, _OF_TARGETS if column.key.startswith("target:") else None):
            sheet.data_validation(1, n, rows, n, {"validate": "any", "input_message": hint})
    # Numbers are texts here on purpose, which programs would mark as a mistake.
    sheet.ignore_errors({"number_stored_as_text": f"A1:{_last_cell(len(columns), rows)}"})
    # The id is for machines; what people recognise stays in sight.
    sheet.set_column(0, 0, columns[0].width, None, {"hidden": True})
    sheet.freeze_panes(1, 4)
    sheet.autofilter(0, 0, rows, len(columns) - 1)
    sheet.protect("", _PROTECTED)


def _last_cell(columns: int, rows: int) -> str:
    from xlsxwriter.utility import xl_rowcol_to_cell  # noqa: PLC0415  Most processes write no spreadsheet.

    return str(xl_rowcol_to_cell(rows, columns - 1))


def _explain(book: Workbook) -> None:
    sheet = book.sheet(HELP, [Column("help", HELP, "Help", 110)])
    for row, sentence in enumerate(_INSTRUCTIONS, start=1):
        book.write(sheet, row, 0, sentence)
