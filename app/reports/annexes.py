"""The nine annexes of the consolidated report."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from app.domain.calendar import HOME_ZONE
from app.domain.completion import Status
from app.reports import tables
from app.reports.blocks import Align, Annex, Block, Column, Heading, Line, Paragraph, Table
from app.reports.sentences import quoted
from app.reports.vietnamese import NO_FIGURE, day, decimal, grouped
from app.schemas.consolidated_report import (
    ConsolidatedReport,
    Measured,
    OpenObligation,
    Owed,
    TargetFigure,
)
from app.schemas.printed import KINDS

LEGEND = "Ghi chú: HT là đã hoàn thành, CHT là chưa hoàn thành; số liệu là số nghĩa vụ."
_COMPARED = {"=": "", ">": "trên ", ">=": "từ ", "<": "dưới ", "<=": "không quá "}
_WAIVED = {"evidence": "miễn bổ sung minh chứng"}
NUMBER, DUTY, OWNER = Column("TT", 9), Column("Nhiệm vụ", 44, Align.LEFT), Column("Cơ quan chủ trì", 34, Align.LEFT)
T = TypeVar("T")


def annexes(report: ConsolidatedReport) -> list[Annex]:
    """Make the annexes, those that have nothing to tell among them."""
    return [
        Annex("Kết quả thực hiện theo cơ quan, đơn vị", _by_body(report)),
        Annex("Kết quả thực hiện theo nhiệm vụ", [tables.by_duty(report), Paragraph(LEGEND)]),
        Annex("Nhiệm vụ quá hạn và lý do", _late(report)),
        Annex("Kết quả thực hiện các chỉ tiêu", [_targets(report)]),
        Annex("Gia hạn và văn bản về thời hạn", [_letters(report)]),
        Annex("Cơ quan, đơn vị chưa có báo cáo", [_silent(report)]),
        Annex("Văn bản được dẫn làm minh chứng", [_documents(report)]),
        Annex("Nội dung được miễn bổ sung minh chứng hoặc chấp nhận chưa đạt chỉ tiêu", [_waivers(report)]),
        Annex("Ghi nhận đã hủy", [_annulments(report)]),
    ]


def _by_body(report: ConsolidatedReport) -> Sequence[Block]:
    return [
        Heading("A. Nghĩa vụ Kế hoạch giao", 2),
        tables.by_body(report),
        Heading("B. Nghĩa vụ Kế hoạch đề nghị", 2),
        tables.requested_by_body(report),
    ]


def _late(report: ConsolidatedReport) -> Sequence[Block]:
    reasons = {one.id: quoted(one.quote) for one in report.late_reasons}
    parts = (
        ("A. Nghĩa vụ Kế hoạch giao, quá hạn", Status.OVERDUE, "Số ngày quá hạn"),
        ("B. Nghĩa vụ Kế hoạch đề nghị, quá thời hạn đề nghị", Status.AWAITED, "Số ngày sau thời hạn đề nghị"),
    )
    blocks: list[Block] = []
    for title, status, head in parts:
        late = [one for one in report.open if one.status is status]
        blocks += [Heading(title, 2), _late_table(late, head, reasons)]
    return blocks


def _late_table(late: Sequence[OpenObligation], head: str, reasons: dict[Any, str]) -> Table:
    columns = (
        *(NUMBER, DUTY, OWNER),
        Column("Ngày cuối còn đúng hạn", 22),
        Column(head, 16),
        Column("Lý do (theo báo cáo của cơ quan)", 40, Align.LEFT),
    )
    return _numbered(
        columns,
        late,
        lambda one: (
            *_named(one),
            day(one.last_day_on_time),
            grouped(one.days),
            reasons.get(one.id, NO_FIGURE),
        ),
    )


def _targets(report: ConsolidatedReport) -> Table:
    before = f"Kỳ trước ({report.before})" if report.before else "Kỳ trước"
    columns = (
        NUMBER,
        Column("Chỉ tiêu", 54, Align.LEFT),
        Column("Cơ quan", 34, Align.LEFT),
        Column("Kế hoạch đề ra", 18),
        Column("Kỳ này", 16),
        Column(before, 16),
        Column("Kết quả", 18),
    )
    return _numbered(
        columns,
        report.targets,
        lambda one: (
            f"{one.target}: {one.metric}",
            one.owner_name,
            threshold(one),
            figure(one.measured, one.unit),
            figure(one.before, one.unit),
            verdict(one),
        ),
    )


def threshold(one: TargetFigure) -> str:
    """Write what the plan asks: trên 90%, 100%, from 5% with what it hopes for."""
    if one.aim:
        return f"từ {' đến '.join(f'{decimal(value)}{one.unit}' for value in one.aim)}"
    return f"{_COMPARED[one.comparator]}{decimal(one.value)}{one.unit}"


def figure(measured: Measured | None, unit: str) -> str:
    """Write a figure as it was reported."""
    if measured is None:
        return NO_FIGURE
    return "không có vụ việc" if measured.value is None else f"{decimal(measured.value)}{unit}"


def verdict(one: TargetFigure) -> str:
    """Say whether a target is met."""
    if one.met:
        return "đạt"
    if one.waived:
        return "chấp nhận chưa đạt"
    return "chưa có số liệu" if one.met is None else "chưa đạt"


def _letters(report: ConsolidatedReport) -> Table:
    columns = (
        NUMBER,
        Column("Nhiệm vụ", 40, Align.LEFT),
        Column("Cơ quan chủ trì", 30, Align.LEFT),
        Column("Thời hạn mới (trước ngày)", 22),
        Column("Số, ký hiệu văn bản", 24),
        Column("Ngày quyết định", 20),
        Column("Lý do", 20, Align.LEFT),
    )
    return _numbered(
        columns,
        report.letters,
        lambda one: (
            *(_named(one.owed) if one.owed else ("Toàn bộ kỳ báo cáo", NO_FIGURE)),
            day(one.due_before.astimezone(HOME_ZONE).date()),
            one.document_number or NO_FIGURE,
            day(one.decided_on),
            quoted(one.reason),
        ),
    )


def _silent(report: ConsolidatedReport) -> Table:
    columns = (NUMBER, Column("Cơ quan, đơn vị", 116, Align.LEFT), Column("Số nghĩa vụ trong kỳ", 40))
    return _numbered(columns, report.silent_bodies, lambda one: (one.name, grouped(one.owed)))


def _documents(report: ConsolidatedReport) -> Table:
    columns = (
        NUMBER,
        Column("Nhiệm vụ", 15),
        Column("Cơ quan nêu minh chứng", 34, Align.LEFT),
        Column("Số, ký hiệu", 27),
        Column("Ngày ban hành", 20),
        Column("Cơ quan ban hành", 28, Align.LEFT),
        Column("Tên văn bản", 32, Align.LEFT),
    )
    return _numbered(
        columns,
        report.documents,
        lambda one: (
            one.duty,
            one.body_name,
            one.number,
            day(one.issued_on),
            quoted(one.issuer) if one.issuer else NO_FIGURE,
            quoted(one.title),
        ),
    )


def _waivers(report: ConsolidatedReport) -> Table:
    columns = (
        *(NUMBER, DUTY, OWNER),
        Column("Nội dung", 27, Align.LEFT),
        Column("Ứng dụng ghi nhận, ngày", 25, Align.LEFT),
        Column("Lý do", 26, Align.LEFT),
    )
    return _numbered(
        columns,
        report.waivers,
        lambda one: (
            *_named(one),
            "; ".join(_WAIVED.get(name) or _accepted(name) for name in one.waives),
            f"{one.by}, {day(one.accepted_at.astimezone(HOME_ZONE).date())}",
            quoted(one.reason),
        ),
    )


def _accepted(name: str) -> str:
    return f"chấp nhận chưa đạt chỉ tiêu {name.removeprefix('target:')}"


def _annulments(report: ConsolidatedReport) -> Table:
    columns = (
        *(NUMBER, DUTY, OWNER),
        Column("Loại ghi nhận", 24, Align.LEFT),
        Column("Ứng dụng hủy, ngày", 24, Align.LEFT),
        Column("Lý do", 30, Align.LEFT),
    )
    return _numbered(
        columns,
        report.annulments,
        lambda one: (
            *(_named(one.owed) if one.owed else ("Kỳ báo cáo", NO_FIGURE)),
            KINDS[one.kind],
            f"{one.by}, {day(one.recorded_at.astimezone(HOME_ZONE).date())}",
            quoted(one.reason),
        ),
    )


def _named(one: Owed) -> tuple[str, str]:
    inherited = f" (kế thừa từ {one.inherited_from})" if one.inherited_from else ""
    return f"{one.duty}. {one.title_vi}", f"{one.owner_name}{inherited}"


def _numbered(columns: Sequence[Column], shown: Sequence[T], spell: Callable[[T], Sequence[str]]) -> Table:
    return Table(columns, [Line((str(n), *spell(one))) for n, one in enumerate(shown, 1)])
