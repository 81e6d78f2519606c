"""Lines of exports that are no wire shape of their own."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.schemas.base import Instant, ResponseModel
from app.schemas.history import HistoryAct
from app.schemas.status import BodyStatus, CycleByDuty, CycleStatus, DutyLine, FiguresOut, MemberRef


class HistoryLine(ResponseModel):
    """One act, and the codes that name its obligation."""

    plan: str
    cycle: str
    duty: str
    owner: str
    owner_name: str
    act: HistoryAct


class StatusLine(FiguresOut, MemberRef):
    """A numbered body or a member in one cycle; a member has no number and names its group."""

    plan: str
    cycle: str
    due_before: Instant
    no: int | None
    group: str | None


class DutyStatusLine(FiguresOut, DutyLine):
    """A duty in one cycle, over all its owners."""

    plan: str
    cycle: str
    due_before: Instant


def status_lines(plan: str, cycles: Iterable[CycleStatus | CycleByDuty]) -> Iterator[StatusLine | DutyStatusLine]:
    """Lay a status document flat: each body, then its members; or each duty."""
    for cycle in cycles:
        named = {"plan": plan, "cycle": cycle.cycle, "due_before": cycle.due_before}
        if isinstance(cycle, CycleByDuty):
            yield from (DutyStatusLine(**named, **dict(duty)) for duty in cycle.duties)
        else:
            yield from (line for body in cycle.bodies for line in _lines(named, body))


def _lines(named: Mapping[str, Any], body: BodyStatus) -> Iterator[StatusLine]:
    yield StatusLine(**named, group=None, **{name: value for name, value in body if name != "members"})
    for member in body.members:
        yield StatusLine(**named, no=None, group=body.code, **dict(member))
