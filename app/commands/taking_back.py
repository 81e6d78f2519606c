"""Taking back: what every annulment does, whatever it is of.

It writes the annulment, and for each act that counts now and did not, or the other way round, a row that says so.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import assurances, events
from app.commands.assurances import Assured
from app.commands.obligations import Locked
from app.database.statements import Row, write_rows
from app.domain.access import Caller
from app.domain.acts import Act, ActKind
from app.domain.counting import counting
from app.domain.errors import ActUnknown, AlreadyAnnulled, AlreadyWithdrawn, ExtensionLimitReached, Fault
from app.models import AnnulledAct, Annulment
from app.models.base import new_id, table
from app.schemas.annulments import AnnulmentOut

Write = Callable[..., Awaitable[dict[UUID, datetime]]]
ON = ("obligation_id", "cycle_id", "paper_report_id", "evidence_id")
"""What an act can be on."""


@dataclass(frozen=True, kw_only=True)
class Taking:
    """An act that is to be taken back, and every act that falls or comes back with that, as it will be."""

    act: Act
    changed: Sequence[Act]
    plan_id: UUID
    reason: str
    now: datetime
    id: UUID
    not_personal_reason: str | None = None

    def after(self, acts: Collection[Act]) -> list[Act]:
        """Return the acts as they are once it is taken back, and the annulment among them."""
        changed = {one.id: one for one in self.changed}
        return [*(changed.get(one.id, one) for one in acts), self.annulment]

    @property
    def annulment(self) -> Act:
        """The annulment, as an act that can be taken back itself."""
        return _annulment_of(self.act, self.id, self.now)


@dataclass(frozen=True, kw_only=True)
class TakenBack:
    """An annulment as it was written, and the other acts that fell or came back by it."""

    row: Row
    changed: Sequence[Act]

    def shown(self) -> AnnulmentOut:
        """Show it as the wire does."""
        row, ids = self.row, [one.id for one in self.changed]
        named = {"act": row["act_id"], "by": row["client_id"], "changed": ids}
        return AnnulmentOut.model_validate({**row, **named})


def taking(
    acts: Collection[Act],
    act_id: UUID,
    *,
    plan_id: UUID,
    reason: str,
    now: datetime,
    not_personal_reason: str | None = None,
) -> Taking:
    """Find what is to be taken back, and what that changes.

    `acts` are all on the same thing as the act, every annulment among them.

    Raises:
        ActUnknown: the act is none of them.
        AlreadyAnnulled: it does not count.
    """
    act = next((one for one in acts if one.id == act_id), None)
    if act is None:
        raise ActUnknown(None, Fault("/act", "is no act here that can be taken back"))
    if not act.counts:
        raise AlreadyAnnulled(None, Fault("/act", "counts no more already"))
    at = max([now, *(one.recorded_at for one in acts)])
    id_ = new_id()
    changed = differing(acts, _annulment_of(act, id_, at))
    took = Taking(id=id_, act=act, changed=changed, plan_id=plan_id, reason=reason, now=at)
    return replace(took, not_personal_reason=not_personal_reason)


def differing(acts: Collection[Act], annulment: Act) -> list[Act]:
    """Return the acts that are otherwise once there is one more annulment, each as it will be."""
    after = counting([*acts, annulment])
    return [replace(one, counts=not one.counts) for one in acts if one.counts != (one.id in after)]


def _annulment_of(act: Act, id_: UUID, now: datetime) -> Act:
    of = {name: getattr(act, name) for name in ON}
    return Act(id=id_, kind=ActKind.ANNULMENT, names=act.id, recorded_at=now, **of)


def refuse_excess(acts: Collection[Act], changed: Collection[Act], held: Locked) -> None:
    """Refuse what would let more count than a limit allows.

    Raises:
        ExtensionLimitReached, AlreadyWithdrawn: it would.
    """
    back = {one.id for one in changed if one.counts}
    counts = [one for one in acts if one.counts or one.id in back]
    given = [one for one in counts if one.kind is ActKind.EXTENSION]
    if not back.isdisjoint(one.id for one in given) and len(given) > held.max_extensions:
        raise ExtensionLimitReached
    withdrawn = [one.falls_with for one in counts if one.kind is ActKind.WITHDRAWAL]
    if len(set(withdrawn)) < len(withdrawn):
        raise AlreadyWithdrawn


async def take_all_back(
    connection: AsyncConnection, caller: Caller, took: Sequence[Taking], *, now: datetime, write: Write = events.write
) -> list[TakenBack]:
    """Write annulments, and which acts each changes; return them in order."""
    rows = [_row(caller, one, now) for one in took]
    recorded = await write(connection, Annulment, rows)
    written = [{**row, "recorded_at": recorded[row["id"]]} for row in rows]
    words = [_word(act, row) for one, row in zip(took, written, strict=True) for act in one.changed]
    await write_rows(connection, table(AnnulledAct), words)
    await assurances.keep(connection, caller, map(_assured, took), now=now)
    others = ([act for act in one.changed if act.id != one.act.id] for one in took)
    return [TakenBack(row=row, changed=fell) for row, fell in zip(written, others, strict=True)]


def _row(caller: Caller, took: Taking, now: datetime) -> dict[str, Any]:
    ids = {"id": took.id, "plan_id": took.plan_id, "client_id": caller.client_id, "received_at": now}
    of = {name: getattr(took.act, name) for name in ON}
    return {**ids, **of, "act_id": took.act.id, "kind": took.act.kind, "reason": took.reason}


def _assured(took: Taking) -> Assured:
    on = {"obligation_id": took.act.obligation_id, "evidence_id": took.act.evidence_id}
    return Assured(act_id=took.id, plan_id=took.plan_id, reason=took.not_personal_reason, **on)


def _word(act: Act, annulment: Row) -> dict[str, Any]:
    return {
        "id": new_id(),
        "plan_id": annulment["plan_id"],
        "annulment_id": annulment["id"],
        "act_id": act.id,
        **{name: getattr(act, name) for name in ("kind", "counts", "obligation_id", "cycle_id", "evidence_id")},
        "received_at": annulment["received_at"],
    }
