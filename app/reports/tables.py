"""The tables of figures: the four cells of Decision 42/2014/QĐ-TTg, and what is asked for apart from them."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from app.reports.blocks import Align, Column, Line, Table, Weight
from app.reports.vietnamese import grouped, percent
from app.schemas.base import TotalsOut
from app.schemas.consolidated_report import BodyFigures, ConsolidatedReport, SplitFigures
from app.schemas.status import FiguresOut

DONE, UNDONE, RATES = "Đã hoàn thành", "Chưa hoàn thành", "Tỷ lệ (%)"
DIRECTED, REQUESTED = "Kế hoạch giao", "Kế hoạch đề nghị"
TOTAL = "Tổng cộng"


def by_body(report: ConsolidatedReport) -> Table:
    """Show what the plan orders, by body."""
    columns = (
        Column("TT", 9),
        Column("Cơ quan, đơn vị", 47, Align.LEFT),
        Column("Tổng số", 12),
        Column("Không phát sinh", 13),
        *(Column(head, 12, over=DONE) for head in ("Đúng hạn", "Quá hạn")),
        *(Column(head, 12, over=UNDONE) for head in ("Trong hạn", "Quá hạn")),
        *(Column(head, 12, over=RATES) for head in ("Hoàn thành", "Trên số đến hạn", "Đúng hạn")),
    )
    return Table(columns, list(_lines(report, lambda one: one.directed, cells_with_rates)))


def requested_by_body(report: ConsolidatedReport) -> Table:
    """Show what the plan asks for, by body: nothing of it is overdue."""
    columns = (
        Column("TT", 9),
        Column("Cơ quan, đơn vị", 52, Align.LEFT),
        Column("Tổng số", 14),
        Column("Không phát sinh", 14),
        *(Column(f"{head} thời hạn đề nghị", 16, over=DONE) for head in ("Trong", "Sau")),
        *(Column(f"{head} thời hạn đề nghị", 16, over=UNDONE) for head in ("Trong", "Quá")),
        Column("Tỷ lệ hoàn thành (%)", 12),
    )
    return Table(columns, list(_lines(report, lambda one: one.requested, _requested_with_rate)))


def by_duty(report: ConsolidatedReport) -> Table:
    """Show both side by side, by duty."""
    columns = (Column("Mã", 12.5), Column("Nhiệm vụ", 37.5, Align.LEFT), *_both())
    lines = [Line((one.code, one.title_vi, *_side_by_side(one))) for one in report.duties]
    return Table(columns, [*lines, Line(("", TOTAL, *_side_by_side(report)), Weight.STRONG)])


def by_group(report: ConsolidatedReport) -> Table:
    """Show both side by side, by the plan's groups of tasks; without any groups, the sum alone."""
    columns = (Column("TT", 8), Column("Nhóm nhiệm vụ", 42, Align.LEFT), *_both())
    numbered = [Line((str(one.no), one.title or "", *_side_by_side(one))) for one in report.groups if one.no]
    rest = [one for one in report.groups if one.no is None and one.totals.owed]
    others = "Nhiệm vụ chung (không thuộc nhóm nào)"
    alone = [Line(("", others, *_side_by_side(one))) for one in rest]
    return Table(columns, [*numbered, *alone, Line(("", TOTAL, *_side_by_side(report)), Weight.STRONG)])


def still_open(report: ConsolidatedReport) -> Table:
    """Show what is left to do, by body."""
    columns = (
        Column("TT", 9),
        Column("Cơ quan, đơn vị", 72, Align.LEFT),
        Column("Chưa hoàn thành, trong hạn", 28),
        Column("Chưa hoàn thành, quá hạn", 28),
        Column("Quá thời hạn đề nghị", 28),
    )
    left = [(_number(one), one.name, _left(one)) for one in report.bodies if any(_left(one))]
    lines = [Line((number, name, *map(grouped, counts))) for number, name, counts in left]
    total = Line(("", TOTAL, *map(grouped, _left(report))), Weight.STRONG)
    return Table(columns, [*lines, total] if lines else [])


def cells(totals: TotalsOut) -> Sequence[int]:
    """Return the total, what does not arise, and the four cells, which add up to it."""
    still = totals.in_progress + totals.not_started
    done = (totals.completed_on_time, totals.completed_late)
    return totals.owed, totals.not_applicable, *done, still, totals.overdue


def cells_with_rates(figures: FiguresOut) -> Iterator[str]:
    """Write the cells and the three rates."""
    yield from map(grouped, cells(figures.totals))
    yield from (_bare(rate) for rate in (figures.completion_rate, figures.due_completion_rate, figures.on_time_rate))


def requested_cells(totals: TotalsOut) -> Sequence[int]:
    """Return the same of what is asked for: in the last cell it is awaited."""
    return *cells(totals)[:-1], totals.awaited


def _requested_with_rate(figures: FiguresOut) -> Iterator[str]:
    yield from map(grouped, requested_cells(figures.totals))
    yield _bare(figures.completion_rate)


def _bare(rate: float | None) -> str:
    return percent(rate).removesuffix("%")


Pick = Callable[[SplitFigures], FiguresOut]
Spell = Callable[[FiguresOut], Iterable[str]]


def _lines(report: ConsolidatedReport, pick: Pick, spell: Spell) -> Iterator[Line]:
    """Write a line for each body that owes something of the kind, its members below it, and the sum."""
    owing = [body for body in report.bodies if pick(body).totals.owed]
    for body in owing:
        yield Line((_number(body), body.name, *spell(pick(body))))
        for member in body.members:
            if pick(member).totals.owed:
                yield Line(("", member.name, *spell(pick(member))), Weight.MEMBER)
    if owing:
        yield Line(("", TOTAL, *spell(pick(report))), Weight.STRONG)


def _number(body: BodyFigures) -> str:
    return "" if body.no is None else str(body.no)


def _both() -> Iterator[Column]:
    four = ("Tổng số", "Không phát sinh", "HT đúng hạn", "HT quá hạn", "CHT trong hạn", "CHT quá hạn")
    yield from (Column(head, 11.5, over=DIRECTED) for head in four)
    yield from (Column(head, 11.5, over=REQUESTED) for head in ("Tổng số", "Không phát sinh", "Đã HT", "Chưa HT"))


def _side_by_side(one: SplitFigures) -> Iterator[str]:
    yield from map(grouped, cells(one.directed.totals))
    owed, not_arising, *rest = requested_cells(one.requested.totals)
    yield from map(grouped, (owed, not_arising, sum(rest[:2]), sum(rest[2:])))


def _left(one: SplitFigures) -> Sequence[int]:
    totals = one.totals
    return totals.in_progress + totals.not_started, totals.overdue, totals.awaited
