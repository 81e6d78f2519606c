"""Figures of a report: obligations counted by where they stand, apart by whether the plan orders or asks for them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from app.domain.completion import Force, Status
from app.domain.totals import Totals, completion_rate, due_completion_rate, on_time_rate
from app.schemas.base import TotalsOut
from app.schemas.consolidated_report import BodyFigures, DutyFigures, Figures, GroupFigures, MemberFigures, SplitFigures
from app.schemas.report_rules import ReportRules

Row = Mapping[Any, Any]
Rows = Sequence[Row]
Counted = tuple[Totals, Totals]
"""What the plan orders, and what it asks for."""


def split_figures(rows: Iterable[Row]) -> SplitFigures:
    """Count some obligations."""
    return SplitFigures(**_split(_counted(rows)))


def body_figures(rows: Rows, bodies: Rows) -> list[BodyFigures]:
    """Count by body and member, in the plan's order; a group's figures are the sum over its members."""
    owed = {owner: _counted(some) for owner, some in grouped(rows, lambda row: row["owner_id"]).items()}
    alone = (body for body in bodies if body["group_id"] is None)
    return [found for body in alone if (found := _body(body, bodies, owed))]


def owner_figures(rows: Rows, bodies: Rows) -> list[MemberFigures]:
    """Count by who answers, in the plan's order."""
    owed = grouped(rows, lambda row: row["owner_id"])
    owners = [one for one in bodies if one["id"] in owed]
    return [MemberFigures(code=one["code"], name=one["name"], **_split(_counted(owed[one["id"]]))) for one in owners]


def duty_figures(rows: Rows, rules: ReportRules) -> list[DutyFigures]:
    """Count by duty, in the plan's order."""
    by_duty = grouped(rows, lambda row: (row["duty_code"], row["title_vi"]))
    return [
        DutyFigures(code=code, title_vi=title, group=rules.group_of(code), **_split(_counted(some)))
        for (code, title), some in by_duty.items()
    ]


def group_figures(rows: Rows, rules: ReportRules) -> list[GroupFigures]:
    """Count by the plan's groups of tasks, those of which nothing is owed among them; last what belongs to none."""
    groups = {code: rules.group_of(code) for code in {row["duty_code"] for row in rows}}
    by_group = grouped(rows, lambda row: groups[row["duty_code"]])
    numbered = [(group.no, group.title) for group in rules.groups]
    return [_group(no, title, by_group.get(no, ())) for no, title in (*numbered, (None, None))]


def grouped(rows: Iterable[Row], by: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    """Gather rows by what they have in common, in the order in which it first comes."""
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault(by(row), []).append(row)
    return found


def _group(no: int | None, title: str | None, rows: Rows) -> GroupFigures:
    return GroupFigures(no=no, title=title, duties=len({row["duty_code"] for row in rows}), **_split(_counted(rows)))


def _body(body: Row, bodies: Rows, owed: Mapping[Any, Counted]) -> BodyFigures | None:
    members = [one for one in bodies if one["group_id"] == body["id"] and one["id"] in owed]
    counted = [owed[one["id"]] for one in (body, *members) if one["id"] in owed]
    if not counted:
        return None
    shown = [MemberFigures(code=one["code"], name=one["name"], **_split(owed[one["id"]])) for one in members]
    return BodyFigures(no=body["no"], code=body["code"], name=body["name"], members=shown, **_split(_added(counted)))


def _counted(rows: Iterable[Row]) -> Counted:
    apart: dict[Force, Totals] = {force: Counter() for force in Force}
    for row in rows:
        apart[Force(row["force"])][Status(row["status"])] += 1
    return apart[Force.DIRECTED], apart[Force.REQUESTED]


def _added(parts: Iterable[Counted]) -> Counted:
    every = list(parts)
    return sum((one for one, _ in every), Counter()), sum((one for _, one in every), Counter())


def _split(counted: Counted) -> dict[str, Any]:
    directed, requested = counted
    return {
        **_figures(directed + requested),
        "directed": Figures(**_figures(directed)),
        "requested": Figures(**_figures(requested)),
    }


def _figures(totals: Totals) -> dict[str, Any]:
    return {
        "totals": TotalsOut.of(totals),
        "completion_rate": completion_rate(totals),
        "due_completion_rate": due_completion_rate(totals),
        "on_time_rate": on_time_rate(totals),
    }
