"""Annulling a succession: what it passed over was never passed, and what it ended is owed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Update, Uuid, any_, bindparam, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import events
from app.commands.closings import keep_letter_on
from app.commands.holidays import plan_of
from app.commands.obligations import touched_at
from app.database.locks import lock
from app.database.statements import Row, fetch_all, fetch_one, fetch_only, write_rows
from app.domain.access import Caller
from app.domain.acts import ActKind
from app.domain.errors import AlreadyAnnulled, SuccessionActedOn, SuccessionNotConfirmed
from app.models import AnnulledAct, Annulment, Obligation
from app.models.base import new_id, table
from app.models.succession import Decision
from app.queries.successions import acted_under, successions_of, transferred
from app.schemas.successions import SuccessionAnnulmentIn, SuccessionOut
from app.schemas.views import succession_out
from app.standing.moment import Moment
from app.standing.refresh import refresh_snapshot

obligations = table(Obligation)


async def annul(
    connection: AsyncConnection,
    caller: Caller,
    slug: str,
    succession_id: UUID,
    sent: SuccessionAnnulmentIn,
    *,
    now: datetime,
) -> SuccessionOut:
    """Take back a confirmed succession, while nobody has acted under it: afterwards, a succession back is recorded.

    Raises:
        NotFound: there is no such plan, or no such succession.
        SuccessionNotConfirmed: it is only proposed, or was rejected.
        AlreadyAnnulled: it was taken back before.
        SuccessionActedOn: somebody has acted on what passed by it, or a cycle has been opened since.
        LetterNeeded: something passed or ended by it in a cycle that is closed, and no letter reopens it.
    """
    plan_id = await plan_of(connection, slug)
    await lock(connection, plan_id.bytes)
    found = await _confirmed(connection, slug, succession_id, now)
    passed = await fetch_all(connection, transferred, succession_id=succession_id)
    ids = [row["obligation_id"] for row in passed]
    # They are held before it is looked whether anybody has acted on them: whoever waits then finds them passed back.
    await fetch_all(connection, _counted_up, ids=ids, now=now)
    asked = {"plan_id": plan_id, "succession_id": succession_id, "decided_at": found["decided_at"]}
    if await fetch_all(connection, acted_under, **asked):
        raise SuccessionActedOn
    annulment = await _write(connection, caller, found, sent, passed, now)
    await keep_letter_on(connection, caller, plan_id, ids, annulment["id"], sent.reopened_by, now=now)
    await events.tell(connection, [events.changed_by(annulment, one) for one in ids])
    await refresh_snapshot(connection, ids, now)
    asked = {"slug": slug, "moment": Moment(now), "succession_id": succession_id}
    return succession_out(await fetch_only(connection, successions_of, **asked))


async def _confirmed(connection: AsyncConnection, slug: str, succession_id: UUID, now: datetime) -> Row:
    found = await fetch_one(connection, successions_of, slug=slug, moment=Moment(now), succession_id=succession_id)
    if found["outcome"] != Decision.CONFIRMED:
        raise SuccessionNotConfirmed
    if not found["counts"]:
        raise AlreadyAnnulled
    return found


async def _write(
    connection: AsyncConnection,
    caller: Caller,
    succession: Row,
    sent: SuccessionAnnulmentIn,
    passed: list[Row],
    now: datetime,
) -> Row:
    """Write the annulment, and that the decision and what passed by it count no more, at one instant."""
    ids: dict[str, Any] = {"plan_id": succession["plan_id"], "obligation_id": None, "cycle_id": None}
    act = {"act_id": succession["decision_id"], "kind": ActKind.SUCCESSION}
    made: dict[str, Any] = {"id": new_id(), "reason": sent.reason, "client_id": caller.client_id, "received_at": now}
    recorded = await events.write(connection, Annulment, [ids | act | made])
    word = ids | {"annulment_id": made["id"], "counts": False}
    fallen = [{"act_id": row["id"], "kind": ActKind.TRANSFER, "obligation_id": row["obligation_id"]} for row in passed]
    await write_rows(connection, table(AnnulledAct), [word | one | {"id": new_id()} for one in (act, *fallen)])
    return ids | act | made | {"recorded_at": recorded[made["id"]]}


def _counted_up(ids: list[UUID], now: datetime) -> Update:
    these = update(obligations).where(obligations.c.id == any_(bindparam("ids", ids, ARRAY(Uuid()))))
    return these.values(version=obligations.c.version + 1, updated_at=touched_at(now))
