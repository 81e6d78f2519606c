"""Biểu cho Chủ tịch: one page with the four cells by body, arrows beside them, and three lists of who needs a word."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from app.domain.completion import Force
from app.reports.blocks import Align, Block, Column, Line, Paper, Paragraph, Table, Weight
from app.reports.sentences import cycle_named, plan_named
from app.reports.tables import DONE, TOTAL, UNDONE
from app.reports.vietnamese import count, day, grouped, instant_in_words
from app.schemas import columns, printed
from app.schemas.base import TotalsOut
from app.schemas.leaders_table import LeadersBody, LeadersLine, LeadersTable

LISTED = 5
"""How many bodies of a list fit on the page; that there are more is said."""
LISTS = ("Quá hạn nhiều nhất", "Chưa có báo cáo", "Đến hạn trong 15 ngày")
ASKED = "Cơ quan được Kế hoạch đề nghị thực hiện"
NOBODY = "Không có."
COUNTS = (
    ("owed", "Tổng số nghĩa vụ"),
    ("not_applicable", "Không phát sinh"),
    ("completed_on_time", "Đã hoàn thành, đúng hạn"),
    ("completed_late", "Đã hoàn thành, quá hạn"),
    ("in_time", "Chưa hoàn thành, trong hạn"),
    ("overdue", "Chưa hoàn thành, quá hạn"),
    ("awaited", "Quá thời hạn đề nghị"),
)


def counts_of(totals: TotalsOut) -> Mapping[str, int]:
    """Return the total, what does not arise, the four cells, and what is awaited: all but the first add up to it."""
    counted = totals.model_dump()
    return {**counted, "in_time": totals.in_progress + totals.not_started}


def paper_of(table: LeadersTable) -> Paper:
    """Make the page as a document: the same table is the same page."""
    return Paper(
        kind="BIỂU TỔNG HỢP",
        symbol="",
        excerpt=f"Tình hình thực hiện Kế hoạch số {table.plan.number}, {cycle_named(table.cycle)}",
        letterhead=table.letterhead,
        body=list(_body(table)),
        dated=table.as_of,
        sheet=True,
    )


def _body(table: LeadersTable) -> Iterator[Block]:
    yield Paragraph(f"{_as_of(table)} Tăng (↑), giảm (↓) so với {instant_in_words(table.since)}.")
    yield Table(_columns(), list(_lines(table)))
    lists = (_late(table), _silent(table), _due(table))
    shown = [_fitting(names) for names in lists]
    heads = tuple(Column(head, 55, Align.LEFT) for head in LISTS)
    yield Table(heads, [Line(cells) for cells in zip_longest(*shown, fillvalue="")])


def _as_of(table: LeadersTable) -> str:
    return f"Số liệu tính đến {instant_in_words(table.as_of)}."


def _columns() -> Sequence[Column]:
    return (
        Column("TT", 8),
        Column("Cơ quan, đơn vị", 59, Align.LEFT),
        Column("Tổng số", 11),
        Column("Không phát sinh", 12),
        *(Column(head, 10.5, over=DONE) for head in ("Đúng hạn", "Quá hạn")),
        *(Column(head, 10.5, over=UNDONE) for head in ("Trong hạn", "Quá hạn")),
        Column("Quá thời hạn đề nghị", 12),
        *(Column(head, 10.5, over="Tăng, giảm") for head in ("Hoàn thành", "Quá hạn")),
    )


def _lines(table: LeadersTable) -> Iterator[Line]:
    directed, requested = _by_force(table)
    yield from map(_line, directed)
    if requested:
        yield Line((ASKED,), Weight.SECTION)
        yield from map(_line, requested)
    yield Line(("", TOTAL, *_cells(table.whole)), Weight.STRONG)


def _by_force(table: LeadersTable) -> tuple[list[LeadersBody], list[LeadersBody]]:
    """Set apart whom the plan asks, and cannot order."""
    apart: dict[Force, list[LeadersBody]] = {force: [] for force in Force}
    for body in table.bodies:
        apart[body.force].append(body)
    return apart[Force.DIRECTED], apart[Force.REQUESTED]


def _line(body: LeadersBody) -> Line:
    return Line(("" if body.no is None else str(body.no), body.name, *_cells(body)))


def _cells(line: LeadersLine) -> Iterator[str]:
    counted = counts_of(line.totals)
    yield from (grouped(counted[name]) for name, _ in COUNTS)
    yield from map(_arrow, (line.completed_change, line.overdue_change))


def _arrow(change: int) -> str:
    """Show how much more there is, or less; no change is shown by nothing."""
    return f"{'↑' if change > 0 else '↓'}{grouped(abs(change))}" if change else ""


def _late(table: LeadersTable) -> list[str]:
    return [
        f"{one.name}: {count(one.overdue)} nghĩa vụ, lâu nhất {grouped(one.days)} ngày" for one in table.most_overdue
    ]


def _silent(table: LeadersTable) -> list[str]:
    return [f"{one.name}: {count(one.owed)} nghĩa vụ" for one in table.silent]


def _due(table: LeadersTable) -> list[str]:
    return [f"{one.name}: {count(one.due)} nghĩa vụ, ngày cuối {day(one.last_day_on_time)}" for one in table.due_soon]


def _fitting(names: Sequence[str]) -> Sequence[str]:
    """Keep as many of a list as fit, and say how many more there are; of none, say so."""
    if len(names) <= LISTED:
        return names or (NOBODY,)
    return [*names[: LISTED - 1], f"và {count(len(names) - LISTED + 1)} cơ quan, đơn vị khác"]


@dataclass(frozen=True)
class SheetRow:
    """One row of the spreadsheet: a body with its figures, or one of a list."""

    no: int | None
    name: str
    figures: Mapping[str, int] = field(default_factory=dict)
    is_total: bool = False


def sheet_of(table: LeadersTable) -> tuple[printed.Paper, list[SheetRow | printed.Section]]:
    """Make the page as a spreadsheet: the same table, with figures that can be added up."""
    paper = printed.Paper(
        name="Tổng hợp",
        title=f"TÌNH HÌNH THỰC HIỆN KẾ HOẠCH SỐ {table.plan.number.upper()}",
        columns=_sheet_columns(),
        details=[
            f"{plan_named(table.plan)}; {cycle_named(table.cycle)}",
            f"{_as_of(table)} Tăng (↑), giảm (↓) so với {instant_in_words(table.since)}.",
        ],
        one_page=True,
        counts_rows=False,
        dated=table.as_of,
    )
    return paper, list(_sheet_rows(table))


def _sheet_columns() -> Sequence[columns.Column]:
    figures = [(f"count:{name}", name, head) for name, head in COUNTS]
    figures += [("arrow:completed", "completed_change", "Tăng, giảm hoàn thành")]
    figures += [("arrow:overdue", "overdue_change", "Tăng, giảm quá hạn")]
    return (
        columns.Column("no", "TT", "No.", 5, lambda row: row.no),
        columns.Column("name", "Cơ quan, đơn vị", "Body", 60, lambda row: row.name),
        *(_figure(key, name, head) for key, name, head in figures),
    )


def _figure(key: str, name: str, head: str) -> columns.Column:
    return columns.Column(key, head, name, 7, lambda row: row.figures.get(name))


def _sheet_rows(table: LeadersTable) -> Iterator[SheetRow | printed.Section]:
    directed, requested = _by_force(table)
    yield from (SheetRow(one.no, one.name, _figures(one)) for one in directed)
    if requested:
        yield printed.Section(ASKED)
        yield from (SheetRow(one.no, one.name, _figures(one)) for one in requested)
    yield SheetRow(None, TOTAL, _figures(table.whole), is_total=True)
    for title, names in zip(LISTS, (_late(table), _silent(table), _due(table)), strict=True):
        yield printed.Section(title)
        yield from (SheetRow(None, name) for name in _fitting(names))


def _figures(line: LeadersLine) -> Mapping[str, int]:
    changes = {"completed_change": line.completed_change, "overdue_change": line.overdue_change}
    return {**counts_of(line.totals), **changes}
