"""What every act leaves: one row of history, never changed afterwards.

An act goes through three steps, whether it comes alone or with others: its obligation is held, something `accept`s it
and finds nothing against it, and it is recorded.  No step asks the database more often for a set than for one.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import assurances
from app.commands.assurances import Assured
from app.commands.closings import keep_letters, refuse_sealed, statuses_of
from app.commands.events import write
from app.commands.obligations import Locked, passed_on, standing_of, standings_of
from app.commands.transfers import pass_on
from app.database.engine import undone
from app.database.statements import Row
from app.domain.access import Caller
from app.domain.errors import ChangedSinceSeen, NotFound
from app.models import ExtensionRequest
from app.models.base import HistoryRow, new_id
from app.schemas.obligations import ObligationOut
from app.standing.refresh import refresh_snapshot

Made = TypeVar("Made", bound="Accepted")
Write = Callable[[AsyncConnection, Caller, Sequence[Made]], Awaitable[Any]]
ON_PAPER = {ExtensionRequest}
"""What is written here and came on paper when a coordinator enters it."""


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """An act that nothing speaks against: on which obligation, when it counts as received, what its row says beside.

    A `quiet` one needs no letter as long as it changes no status.  `not_personal_reason` is why a coordinator is sure
    that no name in its words is a child's.
    """

    held: Locked
    received_at: datetime
    fields: Mapping[str, Any]
    reopened_by: str | None = None
    not_personal_reason: str | None = None
    quiet: bool = False
    id: UUID = field(default_factory=new_id)


async def record_all(
    connection: AsyncConnection, caller: Caller, model: type[HistoryRow], accepted: Sequence[Accepted]
) -> list[Row]:
    """Write acts of one kind; return their rows in order, with `obligation` and `client` as the wire says."""
    rows = [_row(caller, one) for one in accepted]
    recorded = await write(connection, model, rows)
    await keep_letters(connection, caller, [(one.held, one.id, one.reopened_by) for one in accepted])
    await assurances.keep(connection, caller, map(assured, accepted), now=accepted[0].held.seen_at)
    ids = (named(row["obligation_id"], row["client_id"]) for row in rows)
    return [{**row, "recorded_at": recorded[row["id"]], **both} for row, both in zip(rows, ids, strict=True)]


def assured(one: Accepted) -> Assured:
    """Name what an act is on, and why a coordinator is sure of the names in its words."""
    on = {"obligation_id": one.held.id, "evidence_id": one.fields.get("evidence_id")}
    return Assured(act_id=one.id, plan_id=one.held.plan_id, reason=one.not_personal_reason, **on)


def refuse_unseen(seen: int | None, version: int | None) -> None:
    """Refuse to decide on what was not read: `version` is the one that an obligation has before the act.

    Raises:
        NotFound: a version was read of what nobody can read by now, for it is not owed any more.
        ChangedSinceSeen: something came since the version that was read.
    """
    if seen is None:
        return
    if version is None:
        raise NotFound
    if seen != version:
        raise ChangedSinceSeen(version)


async def loud_among(
    connection: AsyncConnection, caller: Caller, accepted: Sequence[Made], write: Write[Made]
) -> set[UUID]:
    """Try the quiet ones of some acts, and return those by which a status would change: of the obligation or its line.

    They are tried where a cycle that they touch is closed: only there do they need a letter.
    """
    quiet = [one for one in accepted if one.quiet and one.held.closed_at]
    if not quiet:
        return set()
    held = [one.held for one in quiet]
    before = await statuses_of(connection, caller, held)
    async with undone(connection):
        await write(connection, caller, quiet)
        after = await statuses_of(connection, caller, held)
    return {one.id for one in quiet if after[one.held.id] != before[one.held.id]}


def _row(caller: Caller, one: Accepted) -> dict[str, Any]:
    ids = {"id": one.id, "plan_id": one.held.plan_id, "obligation_id": one.held.id, "client_id": caller.client_id}
    return {**ids, "received_at": one.received_at, **one.fields}


async def record(
    connection: AsyncConnection,
    caller: Caller,
    held: Locked,
    model: type[HistoryRow],
    received: datetime,
    *,
    reopened_by: str | None = None,
    not_personal_reason: str | None = None,
    **fields: Any,
) -> Row:
    """Write one act on an obligation that is held; return the row, with `obligation` and `client` as the wire says.

    Raises:
        LetterNeeded: its cycle is closed, and no letter reopens it.
        AssuranceNotYours: see `assurances.keep`.
    """
    on_paper = received if model in ON_PAPER else None
    refuse_sealed(caller, held.closed_at, reopened_by, received_at=on_paper)
    accepted = Accepted(held=held, received_at=received, fields=fields, reopened_by=reopened_by)
    accepted = replace(accepted, not_personal_reason=not_personal_reason)
    (row,) = await record_all(connection, caller, model, [accepted])
    return row


async def finish_act(connection: AsyncConnection, caller: Caller, held: Locked, now: datetime) -> ObligationOut:
    """Return where an obligation stands after an act that may have opened it or moved its deadline.

    If its owner has been succeeded meanwhile, it passes to the successor now, or ends; whoever acted is shown where it
    stands afterwards, though it is its own no more.
    """
    passed = await pass_on(connection, [held], now=now)
    await refresh_snapshot(connection, [held.id], now)
    if held.id in passed:
        return (await passed_on(connection, caller, [held.id], now))[held.id]
    return await standing_of(connection, caller, held.id, now)


async def finish_acts(
    connection: AsyncConnection,
    caller: Caller,
    held: Collection[Locked],
    now: datetime,
    *,
    also: Collection[UUID] = (),
) -> dict[UUID, ObligationOut]:
    """Do the same for a set of obligations, and show some more of them; one that is not owed any more is left out."""
    ids = {one.id for one in held}
    passed: set[UUID] = set()
    if held:
        await refresh_snapshot(connection, ids, now)
        passed = ids & await pass_on(connection, held, now=now)
    standing = await standings_of(connection, caller, ids.union(also), now)
    return standing | await passed_on(connection, caller, passed, now)


def named(obligation_id: UUID, client_id: UUID) -> dict[str, UUID]:
    """Spell the two references of an act as the wire does."""
    return {"obligation": obligation_id, "client": client_id}
