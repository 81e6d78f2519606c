"""Figures of a report: obligations counted by where they stand, apart by whether the plan orders or asks for them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from app.domain.completion import Force, Judgement, Status
from app.domain.totals import Figures, total
from app.schemas.consolidated_report import BodyFigures, DutyFigures, GroupFigures, MemberFigures, SplitFigures
from app.schemas.report_rules import ReportRules
from app.schemas.status import BodyLine, DutyLine, FiguresOut, MemberRef, figures_out

Row = Mapping[Any, Any]
Rows = Sequence[Row]
Counted = tuple[Figures, Figures]
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
    return [_member(one, _counted(owed[one["id"]])) for one in bodies if one["id"] in owed]


def duty_figures(rows: Rows, duties: Rows, rules: ReportRules) -> list[DutyFigures]:
    """Count by duty, in the plan's order."""
    owed = grouped(rows, lambda row: row["duty_id"])
    return [
        DutyFigures(**_named(one, DutyLine), group=rules.group_of(one["code"]), **_split(_counted(owed[one["id"]])))
        for one in duties
        if one["id"] in owed
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
    directed, requested = (total(kind) for kind in zip(*counted, strict=True))
    shown = [_member(one, owed[one["id"]]) for one in members]
    return BodyFigures(**_named(body, BodyLine), members=shown, **_split((directed, requested)))


def _member(one: Row, counted: Counted) -> MemberFigures:
    return MemberFigures(**_named(one, MemberRef), **_split(counted))


def _named(row: Row, line: type[BodyLine | DutyLine | MemberRef]) -> dict[str, Any]:
    return {name: row[name] for name in line.model_fields}


def _counted(rows: Iterable[Row]) -> Counted:
    apart = {force: Figures() for force in Force}
    for row in rows:
        apart[Force(row["force"])].add(Status(row["status"]), Judgement(row["judged"]), 1)
    return apart[Force.DIRECTED], apart[Force.REQUESTED]


def _split(counted: Counted) -> dict[str, Any]:
    directed, requested = (FiguresOut(**figures_out(one)) for one in counted)
    return {**figures_out(total(counted)), "directed": directed, "requested": requested}
