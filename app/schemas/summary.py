"""The table for leaders: a status on one page, with the four cells of Decision 42/2014, rates, and what has changed.

What a row counts is additive, so that members add up to their group, cycles to the whole, and what does not fit on the
page to one row; rates are worked out anew for each row.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.domain.completion import COMPLETED_STATUSES, Force, Status
from app.domain.totals import By, Totals, completion_rate, due_completion_rate, on_time_rate, owed
from app.schemas.columns import Column
from app.schemas.printed import Section, deadline
from app.schemas.status import BodyStatus, DutyStatus, Summed

OPEN_IN_TIME = (Status.IN_PROGRESS, Status.NOT_STARTED)
LATE = (Status.OVERDUE, Status.AWAITED)
NARROW = 6
"""How wide a column of figures is: as wide as the longest syllable of its heading."""
CHANGES = {"hoàn thành": tuple(COMPLETED_STATUSES), "quá hạn": (Status.OVERDUE,)}
"""Of what the table says how much more there is than the last time."""


@dataclass(frozen=True)
class SummaryRow:
    """One row: of whom or of what, how many stand where now, and how many did the last time."""

    no: int | str | None
    name: str
    now: Totals
    then: Totals
    level: int = 0
    is_total: bool = False
    is_requested: bool = False

    @property
    def urgency(self) -> tuple[int, int]:
        """How much it needs a leader's eye: by what is late, then by what is open at all."""
        return self.count(*LATE), self.count(*OPEN_IN_TIME)

    def count(self, *statuses: Status) -> int:
        """Count what stands at some statuses."""
        return _sum(self.now, statuses)

    def change(self, statuses: Iterable[Status]) -> int:
        """Count how much more stands at them than the last time."""
        return _sum(self.now, statuses) - _sum(self.then, statuses)


Row = Section | SummaryRow


def columns_of(by: By) -> Sequence[Column]:
    """Return the columns of the table."""
    return (
        Column("no", "TT" if by is By.BODY else "Mã", "No.", 5, lambda row: row.no),
        Column("name", "Cơ quan" if by is By.BODY else "Nhiệm vụ", "Name", 48, lambda row: row.name),
        Column("count:owed", "Tổng số nghĩa vụ", "Owed", NARROW, lambda row: owed(row.now)),
        _count("Đã hoàn thành, đúng hạn", Status.COMPLETED_ON_TIME),
        _count("Đã hoàn thành, quá hạn", Status.COMPLETED_LATE),
        _count("Chưa hoàn thành, trong hạn", *OPEN_IN_TIME),
        _count("Chưa hoàn thành, quá hạn", Status.OVERDUE),
        _count("Quá thời hạn đề nghị", Status.AWAITED),
        _count("Không phát sinh", Status.NOT_APPLICABLE),
        _rate("completion_rate", "Tỷ lệ hoàn thành", completion_rate),
        _rate("due_completion_rate", "Tỷ lệ trên số đến hạn", due_completion_rate),
        _rate("on_time_rate", "Tỷ lệ đúng hạn", on_time_rate),
        *(_change(name, of) for name, of in CHANGES.items()),
    )


@dataclass(frozen=True)
class Summary:
    """The table's rows: of the cycles, of bodies with their members or of duties, and of the whole."""

    cycles: Sequence[SummaryRow]
    parts: Sequence[SummaryRow]
    whole: SummaryRow

    def rows(self) -> list[Row]:
        """Lay it out: one cycle is named above its parts, several are shown one by one and then added up."""
        if len(self.cycles) == 1:
            return [Section(self.cycles[0].name), *_by_force(self.parts), self.whole]
        heads = Section("Từng kỳ báo cáo"), Section("Cộng các kỳ báo cáo trên")
        return [heads[0], *self.cycles, heads[1], *_by_force(self.parts), self.whole]

    def fitting(self, room: float, height: Callable[[Row], float], rest: str) -> list[Row]:
        """Keep what fits on a page: members give way first, then what least needs a leader's eye becomes one row."""

        def fits(one: Summary) -> bool:
            return sum(map(height, one.rows())) <= room

        if fits(self):
            return self.rows()
        bodies = [row for row in self.parts if not row.level]
        urgent = sorted(bodies, key=lambda row: row.urgency, reverse=True)
        shown = replace(self, parts=bodies)
        while not fits(shown) and urgent:
            urgent.pop()
            others = [row for row in bodies if row not in urgent]
            kept = [row for row in bodies if row in urgent]
            shown = replace(self, parts=[*kept, _added(f"{rest} ({len(others)})", others)])
        return shown.rows()

    @property
    def changed(self) -> str:
        """Say in words what has changed."""
        more = {name: self.whole.change(of) for name, of in CHANGES.items()}
        told = (f"{name} {number:+d}".replace("-", "−") for name, number in more.items() if number)
        return ", ".join(told) or "không thay đổi"


def summary(now: Summed, then: Summed) -> Summary:
    """Compare a status with that of the last time."""
    parts = list(_parts(now.parts, _by_code(then.parts)))
    before: Mapping[str, Totals] = defaultdict(Counter, {one.cycle: one.totals.counted() for one in then.cycles})
    heads = {one.cycle: f"Kỳ báo cáo {one.cycle} ({deadline(one.due_before)})" for one in now.cycles}
    cycles = [SummaryRow(None, heads[one.cycle], one.totals.counted(), before[one.cycle]) for one in now.cycles]
    return Summary(cycles, parts, _added("Tổng cộng", [row for row in parts if not row.level], is_total=True))


def _parts(parts: Iterable[BodyStatus | DutyStatus], before: Mapping[str, Totals]) -> Iterator[SummaryRow]:
    for part in parts:
        now, then = part.totals.counted(), before[part.code]
        if isinstance(part, DutyStatus):
            yield SummaryRow(part.code, part.title_vi, now, then)
            continue
        # A member stays with its group, whether the plan orders it or asks it.
        requested = part.force is Force.REQUESTED
        yield SummaryRow(part.no, part.name, now, then, is_requested=requested)
        for one in part.members:
            totals = one.totals.counted()
            yield SummaryRow(None, one.name, totals, before[one.code], level=1, is_requested=requested)


def _by_code(parts: Iterable[BodyStatus | DutyStatus]) -> Mapping[str, Totals]:
    """Return what is counted of each part by its code; nothing of one that was not there."""
    members = [one for part in parts if isinstance(part, BodyStatus) for one in part.members]
    return defaultdict(Counter, {one.code: one.totals.counted() for one in (*parts, *members)})


def _by_force(rows: Sequence[SummaryRow]) -> Iterator[Row]:
    """Set apart those whom the plan asks, and cannot order."""
    yield from (row for row in rows if not row.is_requested)
    if requested := [row for row in rows if row.is_requested]:
        yield Section("Cơ quan được đề nghị thực hiện")
        yield from requested


def _added(name: str, rows: Iterable[SummaryRow], *, is_total: bool = False) -> SummaryRow:
    every = list(rows)
    now: Totals = sum((row.now for row in every), Counter())
    then: Totals = sum((row.then for row in every), Counter())
    return SummaryRow(None, name, now, then, is_total=is_total)


def _count(head: str, *statuses: Status) -> Column:
    return Column(f"count:{statuses[0]}", head, statuses[0], NARROW, lambda row: row.count(*statuses))


def _rate(key: str, head: str, of: Callable[[Totals], float | None]) -> Column:
    return Column(key, head, key, NARROW, lambda row: of(row.now))


def _change(name: str, of: Iterable[Status]) -> Column:
    return Column(f"change:{name}", f"Tăng giảm {name}", name, NARROW, lambda row: row.change(of))


def _sum(totals: Totals, statuses: Iterable[Status]) -> int:
    return sum(totals[status] for status in statuses)
