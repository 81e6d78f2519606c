"""Annulling a succession: what it passed over was never passed, and what it ended is owed.

That can be taken back itself: then it has passed over what it did.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import events
from app.commands.closings import keep_letter_on
from app.commands.holidays import plan_of
from app.commands.obligations import touch
from app.commands.taking_back import Taking, take_all_back, taking
from app.database.locks import lock
from app.database.statements import Row, fetch_all, fetch_first, fetch_one, fetch_only
from app.domain.access import Caller
from app.domain.acts import Act, ActKind
from app.domain.errors import AlreadyAnnulled, AlreadySucceeded, SuccessionActedOn, SuccessionNotConfirmed
from app.models.succession import Decision
from app.queries.succession_acts import acted_under, acts_on_succession
from app.queries.successions import conflicting, successions_of
from app.schemas.successions import SuccessionAnnulmentIn, SuccessionOut
from app.schemas.views import succession_out
from app.standing.moment import Moment
from app.standing.refresh import refresh_snapshot


async def annul(
    connection: AsyncConnection,
    caller: Caller,
    slug: str,
    succession_id: UUID,
    sent: SuccessionAnnulmentIn,
    *,
    now: datetime,
) -> SuccessionOut:
    """Take back a confirmed succession, or an annulment of it, while nobody has acted under that.

    Afterwards a succession back is recorded, or the same one proposed anew.

    Raises:
        NotFound: there is no such plan, or no such succession.
        SuccessionNotConfirmed: it is only proposed, or was rejected.
        ActUnknown: what is named is no annulment of it.
        AlreadyAnnulled: what is to be taken back does not count.
        SuccessionActedOn: somebody has acted on what passed by it, or a cycle has been opened since.
        AlreadySucceeded: it would count again beside another one of the same body for some of the same duties.
        LetterNeeded: something passed or ended by it in a cycle that is closed, and no letter reopens it.
    """
    plan_id = await plan_of(connection, slug)
    await lock(connection, plan_id.bytes)
    asked: dict[str, Any] = {"slug": slug, "moment": Moment(now), "succession_id": succession_id}
    found = await fetch_one(connection, successions_of, **asked)
    took = await _taking(connection, found, sent, now)
    ids = [one.obligation_id for one in took.changed if one.obligation_id]
    # They are held before it is looked whether anybody has acted on them: whoever waits then finds them passed back.
    await touch(connection, ids, now=now)
    await _refuse_if_rested_on(connection, found, took)
    (done,) = await take_all_back(connection, caller, [took], now=now)
    await keep_letter_on(connection, caller, plan_id, ids, took.id, sent.reopened_by, now=now)
    await events.tell(connection, [events.changed_by(done.row, one) for one in ids])
    await refresh_snapshot(connection, ids, now)
    return succession_out(await fetch_only(connection, successions_of, **asked))


async def _taking(connection: AsyncConnection, found: Row, sent: SuccessionAnnulmentIn, now: datetime) -> Taking:
    if found["outcome"] != Decision.CONFIRMED:
        raise SuccessionNotConfirmed
    if sent.act is None and not found["counts"]:
        raise AlreadyAnnulled
    ids = {"plan_id": found["plan_id"], "succession_id": found["id"]}
    acts = [
        Act(**{**row, "kind": ActKind(row["kind"])}) for row in await fetch_all(connection, acts_on_succession, **ids)
    ]
    named = sent.act or found["decision_id"]
    said = sent.model_dump(include={"reason", "not_personal_reason"})
    return taking(acts, named, plan_id=found["plan_id"], now=now, **said)


async def _refuse_if_rested_on(connection: AsyncConnection, found: Row, took: Taking) -> None:
    ids = {"plan_id": found["plan_id"], "succession_id": found["id"]}
    comes_back = any(one.counts for one in took.changed if one.kind is ActKind.SUCCESSION)
    of = {"predecessor_id": found["predecessor_id"], "codes": found["duties"]}
    if comes_back and await fetch_first(connection, conflicting, **ids, **of):
        raise AlreadySucceeded
    if await fetch_all(connection, acted_under, **ids, since=took.act.recorded_at):
        raise SuccessionActedOn
