"""Extensions: the owner asks for a later deadline; the coordinator moves it, asked or not, or refuses."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.acts import finish_act, record
from app.commands.obligations import Locked, hold, standing_row
from app.commands.paper import check_paper_date
from app.domain.access import Caller, Role
from app.domain.calendar import start_of
from app.domain.completion import COMPLETED_STATUSES, Status
from app.domain.errors import (
    ExtensionLimitReached,
    ExtensionNotLater,
    Fault,
    NoExtensionRequested,
    ObligationAlreadyComplete,
)
from app.models import Extension, ExtensionRefusal, ExtensionRequest
from app.models.base import table
from app.queries.extensions import pending_on
from app.schemas.extensions import (
    Extended,
    ExtensionIn,
    ExtensionOut,
    ExtensionRefusalIn,
    ExtensionRefusalOut,
    ExtensionRefused,
    ExtensionRequested,
    ExtensionRequestIn,
)
from app.standing.moment import Moment

CLOSED = COMPLETED_STATUSES | {Status.NOT_APPLICABLE}
"""Where a later deadline would only turn late into on time."""


async def request(
    connection: AsyncConnection,
    caller: Caller,
    obligation_id: UUID,
    sent: ExtensionRequestIn,
    *,
    now: datetime,
    expected: int | None = None,
) -> ExtensionRequested:
    """Record what the owner asks for; the deadline stays until a coordinator moves it.

    Raises:
        NotFound, StaleVersion: see `obligations.hold`.
        PaperReportNotYours, PaperReportIncomplete, ReceivedOnImpossible: see `paper.check_paper_date`.
        ObligationAlreadyComplete, ExtensionNotLater, ExtensionLimitReached: no such extension can be given.
    """
    held = await hold(connection, caller, obligation_id, expected=expected, now=now)
    number = None if caller.role is Role.REPORTER else sent.document_number
    received = check_paper_date(
        caller, sent.received_on, number, issued_on=held.issued_on, zone=held.zone, now=held.seen_at
    )
    due_before = await _moved(connection, caller, held, sent.due_before_on)
    fields = {"due_before": due_before, "reason": sent.reason, "document_number": sent.document_number}
    row = await record(connection, caller, held, ExtensionRequest, received, **fields)
    return ExtensionRequested(
        request=ExtensionOut.model_validate(row), obligation=await finish_act(connection, caller, held, held.seen_at)
    )


async def grant(
    connection: AsyncConnection,
    caller: Caller,
    obligation_id: UUID,
    sent: ExtensionIn,
    *,
    now: datetime,
    expected: int | None = None,
) -> Extended:
    """Move the deadline from now on, whether the owner asked for it or not; it answers a request that is pending.

    Raises:
        NotFound, StaleVersion: see `obligations.hold`.
        ObligationAlreadyComplete: nothing is left to be done in a longer time.
        ExtensionNotLater: the day is not after the deadline in force, or has come already.
        ExtensionLimitReached: the plan allows no further one.
    """
    held = await hold(connection, caller, obligation_id, expected=expected, now=now)
    due_before = await _moved(connection, caller, held, sent.due_before_on)
    fields = {"due_before": due_before, "reason": sent.reason, "document_number": sent.document_number}
    row = await record(connection, caller, held, Extension, held.seen_at, **fields)
    standing = await finish_act(connection, caller, held, held.seen_at)
    return Extended(extension=ExtensionOut.model_validate(row), obligation=standing)


async def refuse(
    connection: AsyncConnection,
    caller: Caller,
    obligation_id: UUID,
    sent: ExtensionRefusalIn,
    *,
    now: datetime,
    expected: int | None = None,
) -> ExtensionRefused:
    """Refuse the request that is pending; the deadline stays.

    Raises:
        NotFound, StaleVersion: see `obligations.hold`.
        NoExtensionRequested: none is pending.
    """
    held = await hold(connection, caller, obligation_id, expected=expected, now=now)
    if (await connection.execute(pending_on(held.id, Moment(held.seen_at)))).first() is None:
        raise NoExtensionRequested
    row = await record(connection, caller, held, ExtensionRefusal, held.seen_at, **sent.model_dump())
    standing = await finish_act(connection, caller, held, held.seen_at)
    return ExtensionRefused(refusal=ExtensionRefusalOut.model_validate(row), obligation=standing)


async def _moved(connection: AsyncConnection, caller: Caller, held: Locked, day: date) -> datetime:
    """Return the new deadline, if it can be moved there."""
    standing = await standing_row(connection, caller, held.id, held.seen_at)
    if standing["status"] in CLOSED:
        raise ObligationAlreadyComplete
    in_force: datetime = standing["due_before"]
    due_before = start_of(day, held.zone)
    if due_before <= max(in_force, held.seen_at):
        raise ExtensionNotLater(None, Fault("/due_before_on", "must be after the deadline in force, and after today"))
    given = select(func.count()).where(
        table(Extension).c.plan_id == held.plan_id,
        table(Extension).c.obligation_id == held.id,
        Moment(held.seen_at).counts(table(Extension)),
    )
    if (await connection.execute(given)).scalar_one() >= held.max_extensions:
        raise ExtensionLimitReached
    return due_before
