"""The status document for integrators."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.database.statements import Row
from app.domain.completion import Force, Judgement, Status
from app.domain.totals import Figures, completion_rate, due_completion_rate, on_time_rate, roll_up, total
from app.schemas.base import Instant, JudgedOut, ResponseModel, TotalsOut


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
    """One cycle over all its bodies, or over those that were asked for."""

    cycle: str
    due_before: Instant
    status: Status
    totals: TotalsOut
    judged: JudgedOut
    completion_rate: float | None
    due_completion_rate: float | None
    on_time_rate: float | None
    bodies: list[BodyStatus]


class StatusOut(ResponseModel):
    """Where a plan stands.

    Without `as_of` the document is dated at the last instant at which anything in it changed, be it an act or a
    deadline that passed: it says the same until the next one, and an unchanged document is the same bytes.
    `known_at` is null when all that is recorded counts.
    """

    plan: str
    as_of: Instant
    known_at: Instant | None
    totals: TotalsOut
    cycles: list[CycleStatus]


def cycle_statuses(cycles: Iterable[Row], bodies: Sequence[Row], counted: Iterable[Row]) -> list[CycleStatus]:
    """Add counts of obligations by cycle, owner and status up, to members, bodies and cycles.

    Bodies that owe nothing in a cycle, or nothing that the caller may see, are left out of it.
    """
    owed: dict[Any, dict[Any, Figures]] = defaultdict(lambda: defaultdict(Figures))
    for row in counted:
        figures = owed[row["cycle_id"]][row["owner_id"]]
        figures.add(Status(row["status"]), Judgement(row["judged"]), row["count"])
    return [_cycle(cycle, bodies, owed[cycle["id"]]) for cycle in cycles]


def _cycle(cycle: Row, bodies: Sequence[Row], owed: Mapping[Any, Figures]) -> CycleStatus:
    standing_alone = [body for body in bodies if body["group_id"] is None]
    shown = [status for body in standing_alone if (status := _body(body, bodies, owed))]
    figures = _figures(total(owed.values()))
    return CycleStatus(cycle=cycle["code"], due_before=cycle["due_before"], bodies=shown, **figures)


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
