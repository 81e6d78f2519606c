"""Lines of exports that are no wire shape of their own."""

from collections.abc import Iterable, Iterator

from app.domain.completion import Force, Status
from app.schemas.base import Instant, ResponseModel, TotalsOut
from app.schemas.history import HistoryAct
from app.schemas.status import BodyStatus, CycleStatus, MemberStatus


class HistoryLine(ResponseModel):
    """One act, and the codes that name its obligation."""

    plan: str
    cycle: str
    duty: str
    owner: str
    act: HistoryAct


class StatusLine(ResponseModel):
    """A numbered body or a member in one cycle; a member has no number and names its group."""

    plan: str
    cycle: str
    due_before: Instant
    no: int | None
    code: str
    name: str
    group: str | None
    force: Force
    status: Status
    totals: TotalsOut
    completion_rate: float | None
    due_completion_rate: float | None


def status_lines(plan: str, cycles: Iterable[CycleStatus]) -> Iterator[StatusLine]:
    """Lay a status document flat: each body, then its members."""
    for cycle in cycles:
        for body in cycle.bodies:
            yield _line(plan, cycle, body, no=body.no, group=None)
            for member in body.members:
                yield _line(plan, cycle, member, no=None, group=body.code)


def _line(
    plan: str, cycle: CycleStatus, body: BodyStatus | MemberStatus, *, no: int | None, group: str | None
) -> StatusLine:
    names = ("code", "name", "force", "status", "totals", "completion_rate", "due_completion_rate")
    shown = {name: getattr(body, name) for name in names}
    return StatusLine(plan=plan, cycle=cycle.cycle, due_before=cycle.due_before, no=no, group=group, **shown)
