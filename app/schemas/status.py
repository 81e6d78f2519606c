"""The status document for integrators."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.database.statements import Row
from app.domain.calendar import day_of
from app.domain.completion import Force, Judgement, Status
from app.domain.totals import By, Figures, completion_rate, due_completion_rate, on_time_rate, roll_up, total
from app.models.succession import SuccessionKind
from app.schemas.base import Instant, JudgedOut, ResponseModel, TotalsOut
from app.schemas.seed import CycleRules
from app.schemas.successions import SuccessorOut


class FiguresOut(ResponseModel):
    """What is counted of some obligations; a rate is null when its denominator is 0.

    `silent` says that not one of them has a report that counts.
    """

    status: Status
    totals: TotalsOut
    judged: JudgedOut
    silent: bool
    completion_rate: float | None
    due_completion_rate: float | None
    on_time_rate: float | None


class MemberRef(ResponseModel):
    """How a body is called that is a member of a group."""

    code: str
    name: str
    force: Force


class BodyLine(ResponseModel):
    """How a body is called that has a number, or came after the plan."""

    no: int | None
    code: str
    name: str
    force: Force


class DutyLine(ResponseModel):
    """How a duty is called."""

    code: str
    title_vi: str
    title_en: str


class MemberStatus(FiguresOut, MemberRef):
    """A member of a group."""


class BodyStatus(FiguresOut, BodyLine):
    """A numbered body, or one that came after the plan; a group's figures are the sum over its members."""

    members: list[MemberStatus]


class DutyStatus(FiguresOut, DutyLine):
    """A duty, over all its owners."""


class CycleRef(ResponseModel):
    """Which cycle it is, by when it is due, and what has become of its figures since they were closed.

    Of a closed one, `changed_since_closing` counts the obligations that stand otherwise than they were sealed, and
    `restated` those that would be sealed otherwise as of the closing, by what is known of it since.  Both are null of
    an open one, and with `sealed=true`, whose figures are what was sealed and never change.
    """

    cycle: str
    due_before: Instant
    closed_at: Instant | None
    changed_since_closing: int | None
    restated: int | None


class CycleStatus(FiguresOut, CycleRef):
    """One cycle over all its bodies, or over those that were asked for."""

    bodies: list[BodyStatus]


class CycleByDuty(FiguresOut, CycleRef):
    """One cycle over all its duties, or over those of which a body that was asked for owes something."""

    duties: list[DutyStatus]


class SuccessionRef(ResponseModel):
    """By which succession a body has handed on what it owed: since when, to whom, or to nobody (`ends`).

    `duties` are those that were handed on; null is all.
    """

    id: UUID
    kind: SuccessionKind
    effective_on: date
    ends: bool
    duties: list[str] | None
    successors: list[SuccessorOut]


class StatusOut(ResponseModel):
    """Where a plan stands.

    Without `as_of` the document is dated at the last instant at which anything in it changed, be it an act or a
    deadline that passed: it says the same until the next one, and an unchanged document is the same bytes.
    `known_at` is null when all that is recorded counts.  `totals` add up the cycles that are shown.  `missing_cycles`
    names those that should be open by then, by `known_at` and by now, and are not.  With `sealed` it gives the figures
    as they were sealed.  Of a body that was asked for, `successions` say where went what it no longer owes.
    """

    plan: str
    as_of: Instant
    known_at: Instant | None
    successions: list[SuccessionRef]
    totals: TotalsOut
    cycles: list[CycleStatus | CycleByDuty]
    missing_cycles: list[str]


@dataclass(frozen=True)
class Summed:
    """A status, cycle by cycle, and its parts added up over the cycles."""

    cycles: Sequence[CycleStatus | CycleByDuty]
    parts: Sequence[BodyStatus | DutyStatus]


def cycle_statuses(
    cycles: Iterable[Row], parts: Sequence[Row], counted: Iterable[Row], by: By = By.BODY
) -> list[CycleStatus | CycleByDuty]:
    """Add counts of obligations by cycle, part and status up, to members, bodies or duties, and cycles.

    Bodies and duties of which nothing is owed in a cycle, or nothing that the caller may see, are left out of it.
    """
    owed: dict[Any, dict[Any, Figures]] = defaultdict(lambda: defaultdict(Figures))
    for row in counted:
        figures = owed[row["cycle_id"]][row["part_id"]]
        figures.add(Status(row["status"]), Judgement(row["judged"]), row["count"])
    show = _cycle if by is By.BODY else _cycle_by_duty
    return [show(cycle, parts, owed[cycle["id"]]) for cycle in cycles]


def summed(
    cycles: Sequence[CycleStatus | CycleByDuty], parts: Sequence[Row], counted: Iterable[Row], by: By = By.BODY
) -> Summed:
    """Add counts up over all cycles, too."""
    owed: dict[Any, Figures] = defaultdict(Figures)
    for row in counted:
        owed[row["part_id"]].add(Status(row["status"]), Judgement(row["judged"]), row["count"])
    return Summed(cycles, _bodies(parts, owed) if by is By.BODY else _duties(parts, owed))


def missing_cycles(plan: Row, at: datetime) -> dict[str, date]:
    """Name the cycles that should be open by an instant and are not, each with the first day of its period."""
    should = CycleRules.model_validate(plan["cycle_rules"]).starts(day_of(at, ZoneInfo(plan["time_zone"])))
    return {code: day for code, day in sorted(should.items()) if code not in plan["codes"]}


def _cycle(cycle: Row, bodies: Sequence[Row], owed: Mapping[Any, Figures]) -> CycleStatus:
    return CycleStatus(bodies=_bodies(bodies, owed), **_whole(cycle, owed))


def _cycle_by_duty(cycle: Row, duties: Sequence[Row], owed: Mapping[Any, Figures]) -> CycleByDuty:
    return CycleByDuty(duties=_duties(duties, owed), **_whole(cycle, owed))


def _whole(cycle: Row, owed: Mapping[Any, Figures]) -> dict[str, Any]:
    closing = {name: cycle.get(name) for name in ("closed_at", "changed_since_closing", "restated")}
    named = {"cycle": cycle["code"], "due_before": cycle["due_before"]}
    return {**named, **closing, **figures_out(total(owed.values()))}


def _duties(duties: Iterable[Row], owed: Mapping[Any, Figures]) -> list[DutyStatus]:
    names = tuple(DutyLine.model_fields)
    return [DutyStatus(**_pick(duty, names), **figures_out(owed[duty["id"]])) for duty in duties if duty["id"] in owed]


def _bodies(bodies: Sequence[Row], owed: Mapping[Any, Figures]) -> list[BodyStatus]:
    standing_alone = [body for body in bodies if body["group_id"] is None]
    return [status for body in standing_alone if (status := _body(body, bodies, owed))]


def _body(body: Row, bodies: Iterable[Row], owed: Mapping[Any, Figures]) -> BodyStatus | None:
    members = [member for member in bodies if member["group_id"] == body["id"] and member["id"] in owed]
    figures = total(owed[one["id"]] for one in (body, *members) if one["id"] in owed)
    if not figures.totals:
        return None
    names = tuple(MemberRef.model_fields)
    shown = [MemberStatus(**_pick(member, names), **figures_out(owed[member["id"]])) for member in members]
    return BodyStatus(no=body["no"], members=shown, **_pick(body, names), **figures_out(figures))


def _pick(row: Row, names: Iterable[str]) -> dict[str, Any]:
    return {name: row[name] for name in names}


def figures_out(figures: Figures) -> dict[str, Any]:
    """Show figures as every document does that counts obligations."""
    totals = figures.totals
    return {
        "status": roll_up(totals),
        "totals": TotalsOut.of(totals),
        "judged": JudgedOut.of(figures.judged),
        "silent": figures.is_silent,
        "completion_rate": completion_rate(totals),
        "due_completion_rate": due_completion_rate(totals),
        "on_time_rate": on_time_rate(totals),
    }
