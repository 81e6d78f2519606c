"""The status document for integrators."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.database.statements import Row
from app.domain.calendar import day_of
from app.domain.completion import Force, Judgement, Status
from app.domain.totals import Figures, completion_rate, due_completion_rate, on_time_rate, roll_up, total
from app.schemas.base import Instant, JudgedOut, ResponseModel, TotalsOut
from app.schemas.seed import CycleRules


class MemberStatus(ResponseModel):
    """A member of a group; a rate is null when its denominator is 0."""

    code: str
    name: str
    force: Force
    status: Status
    totals: TotalsOut
    judged: JudgedOut
    completion_rate: float | None
    due_completion_rate: float | None
    on_time_rate: float | None


class BodyStatus(ResponseModel):
    """A numbered body, or one that came after the plan; a group's figures are the sum over its members."""

    no: int | None
    code: str
    name: str
    force: Force
    status: Status
    totals: TotalsOut
    judged: JudgedOut
    completion_rate: float | None
    due_completion_rate: float | None
    on_time_rate: float | None
    members: list[MemberStatus]


class CycleStatus(ResponseModel):
    """One cycle over all its bodies, or over those that were asked for.

    Of a closed one, `changed_since_closing` counts the obligations that stand otherwise than they were sealed, and
    `restated` those that would be sealed otherwise as of the closing, by what is known of it since.
    """

    cycle: str
    due_before: Instant
    status: Status
    totals: TotalsOut
    judged: JudgedOut
    completion_rate: float | None
    due_completion_rate: float | None
    on_time_rate: float | None
    closed_at: Instant | None
    changed_since_closing: int | None
    restated: int | None
    bodies: list[BodyStatus]


class StatusOut(ResponseModel):
    """Where a plan stands.

    Without `as_of` the document is dated at the last instant at which anything in it changed, be it an act or a
    deadline that passed: it says the same until the next one, and an unchanged document is the same bytes.
    `known_at` is null when all that is recorded counts.  `missing_cycles` names those that should be open by then, by
    `known_at` and by now, and are not.  With `sealed` it gives the figures as they were sealed.
    """

    plan: str
    as_of: Instant
    known_at: Instant | None
    totals: TotalsOut
    cycles: list[CycleStatus]
    missing_cycles: list[str]


def cycle_statuses(cycles: Iterable[Row], bodies: Sequence[Row], counted: Iterable[Row]) -> list[CycleStatus]:
    """Add counts of obligations by cycle, owner and status up, to members, bodies and cycles.

    Bodies that owe nothing in a cycle, or nothing that the caller may see, are left out of it.
    """
    owed: dict[Any, dict[Any, Figures]] = defaultdict(lambda: defaultdict(Figures))
    for row in counted:
        figures = owed[row["cycle_id"]][row["owner_id"]]
        figures.add(Status(row["status"]), Judgement(row["judged"]), row["count"])
    return [_cycle(cycle, bodies, owed[cycle["id"]]) for cycle in cycles]


def missing_cycles(plan: Row, at: datetime) -> dict[str, date]:
    """Name the cycles that should be open by an instant and are not, each with the first day of its period."""
    should = CycleRules.model_validate(plan["cycle_rules"]).starts(day_of(at, ZoneInfo(plan["time_zone"])))
    return {code: day for code, day in sorted(should.items()) if code not in plan["codes"]}


def _cycle(cycle: Row, bodies: Sequence[Row], owed: Mapping[Any, Figures]) -> CycleStatus:
    standing_alone = [body for body in bodies if body["group_id"] is None]
    shown = [status for body in standing_alone if (status := _body(body, bodies, owed))]
    figures = _figures(total(owed.values()))
    closing = {name: cycle.get(name) for name in ("closed_at", "changed_since_closing", "restated")}
    return CycleStatus(cycle=cycle["code"], due_before=cycle["due_before"], bodies=shown, **closing, **figures)


def _body(body: Row, bodies: Iterable[Row], owed: Mapping[Any, Figures]) -> BodyStatus | None:
    members = [member for member in bodies if member["group_id"] == body["id"] and member["id"] in owed]
    figures = total(owed[one["id"]] for one in (body, *members) if one["id"] in owed)
    if not figures.totals:
        return None
    shown = [MemberStatus(**_name(member), **_figures(owed[member["id"]])) for member in members]
    return BodyStatus(no=body["no"], members=shown, **_name(body), **_figures(figures))


def _name(body: Row) -> dict[str, Any]:
    return {name: body[name] for name in ("code", "name", "force")}


def _figures(figures: Figures) -> dict[str, Any]:
    totals = figures.totals
    return {
        "status": roll_up(totals),
        "totals": TotalsOut.of(totals),
        "judged": JudgedOut.of(figures.judged),
        "completion_rate": completion_rate(totals),
        "due_completion_rate": due_completion_rate(totals),
        "on_time_rate": on_time_rate(totals),
    }
