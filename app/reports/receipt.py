"""Giấy xác nhận đã nhận báo cáo: one page for whoever reported; it says that a report came, not that it is right."""

from collections.abc import Iterator

from app.domain.words import words_of
from app.reports.blocks import Align, Block, Column, Line, Paper, Paragraph, Table
from app.reports.quoting import quote
from app.reports.sentences import cycle_named, plan_named, quoted
from app.reports.vietnamese import day, decimal, instant_in_words, listed
from app.schemas.receipts import ReceiptOut
from app.schemas.updates import MeasurementOut


def receipt_paper(receipt: ReceiptOut) -> Paper:
    """Make the receipt: the same report is the same receipt."""
    head = receipt.letterhead
    return Paper(
        kind="GIẤY XÁC NHẬN",
        symbol=f"GXN-{head.code}",
        excerpt="Đã nhận báo cáo kết quả thực hiện nhiệm vụ",
        letterhead=head.model_copy(update={"recipients": [receipt.owner.name]}),
        body=list(_body(receipt)),
        dated=receipt.received_at,
    )


def _body(receipt: ReceiptOut) -> Iterator[Block]:
    yield Paragraph(
        f"{receipt.letterhead.body} xác nhận đã nhận báo cáo của {receipt.owner.name} về kết quả thực hiện"
        f" {plan_named(receipt.plan)}, nội dung như sau:",
        note=_footnote(receipt),
    )
    columns = (Column("Mục", 42, Align.LEFT), Column("Nội dung đã nhận", 123, Align.LEFT))
    yield Table(columns, [Line(told) for told in _told(receipt)])
    yield Paragraph(
        "Giấy này xác nhận việc đã nhận báo cáo; không xác nhận nội dung báo cáo là đúng hoặc đã được chấp nhận./."
    )


def _told(receipt: ReceiptOut) -> Iterator[tuple[str, str]]:
    yield "Thời điểm nhận", instant_in_words(receipt.received_at)
    if receipt.recorded_at.date() != receipt.received_at.date():
        yield "Thời điểm ghi nhận", instant_in_words(receipt.recorded_at)
    yield "Kỳ báo cáo", cycle_named(receipt.cycle)
    yield "Nhiệm vụ", f"{receipt.duty.code}. {receipt.duty.title_vi}"
    percent = "" if receipt.percent is None else f", {receipt.percent}%"
    yield "Trạng thái do cơ quan báo cáo", f"{words_of(receipt.state).vi}{percent}"
    yield "Tóm tắt kết quả", quoted(quote(receipt.summary))
    if receipt.occurred_on:
        yield "Ngày thực hiện", day(receipt.occurred_on)
    if receipt.measurements:
        yield "Số liệu theo chỉ tiêu", listed(map(_figure, receipt.measurements))
    if receipt.late_reason:
        yield "Lý do chậm", quoted(quote(receipt.late_reason))
    if receipt.document_number:
        yield "Số, ký hiệu báo cáo giấy", receipt.document_number


def _figure(one: MeasurementOut) -> str:
    return f"{one.target}: {'không có vụ việc' if one.value is None else decimal(one.value)}"


def _footnote(receipt: ReceiptOut) -> str:
    """Say by what the receipt is known, and where anybody can check it: no words of anybody."""
    return f"Số biên nhận: {receipt.id}. SHA-256 của nội dung đã nhận: {receipt.sha256}. Kiểm tra tại: {receipt.check}"
