"""Extensions: the owner asks for a later deadline; a letter moves it, asked for or not, or it is refused."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import letters
from app.commands.acts import finish_act, record
from app.commands.obligations import Locked, hold, standing_row
from app.commands.paper import check_paper_date
from app.database.builders import equal
from app.database.statements import Row, Statement, fetch_first, fetch_only
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
    ExtensionRequestOut,
)
from app.standing.moment import Moment

extensions = table(Extension)
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
    standing = await standing_row(connection, caller, held.id, held.seen_at)
    _refuse_complete(standing)
    due_before = await _later(connection, held, standing, sent.due_before_on)
    if due_before <= held.seen_at:
        raise ExtensionNotLater(None, Fault("/due_before_on", "must be after today"))
    said = sent.model_dump(include={"reason", "document_number", "reopened_by"})
    row = await record(connection, caller, held, ExtensionRequest, received, due_before=due_before, **said)
    return ExtensionRequested(
        request=ExtensionRequestOut.model_validate(row),
        obligation=await finish_act(connection, caller, held, held.seen_at),
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
    """Record a letter that moves the deadline, whether the owner asked or not; it answers a request that is pending.

    It moves the deadline that was in force when it was decided, as is known now.  So what is late today, or was done
    late, is in time when the letter that says so had been decided in time.

    Raises:
        NotFound, StaleVersion: see `obligations.hold`.
        LetterDateImpossible, LetterNumberNeeded, LetterDecidedTooLate, DeadlineNotAfter: see `letters`.
        ObligationAlreadyComplete: nothing was left to be done in a longer time.
        ExtensionNotLater: the day is not after the deadline that it moves.
        ExtensionLimitReached: the plan allows no further one.
    """
    held = await hold(connection, caller, obligation_id, expected=expected, now=now)
    letter = letters.dated(
        sent.decided_on, sent.document_number, issued_on=held.issued_on, zone=held.zone, now=held.seen_at
    )
    standing = await standing_row(connection, caller, held.id, letter.received_at)
    _refuse_complete(standing)
    letter.refuse_late(standing["due_before"])
    letter.refuse_passed(sent.due_before_on, earlier=False)
    due_before = await _later(connection, held, standing, sent.due_before_on)
    said = sent.model_dump(include={"reason", "document_number", "reopened_by"})
    fields = {"due_before": due_before, "decided_on": letter.decided_on, **said}
    row = await record(connection, caller, held, Extension, letter.received_at, **fields)
    return Extended(
        extension=ExtensionOut.model_validate(row),
        obligation=await finish_act(connection, caller, held, held.seen_at),
    )


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
    if await fetch_first(connection, pending_on, obligation_id=held.id, moment=Moment(held.seen_at)) is None:
        raise NoExtensionRequested
    row = await record(connection, caller, held, ExtensionRefusal, held.seen_at, **sent.model_dump())
    standing = await finish_act(connection, caller, held, held.seen_at)
    return ExtensionRefused(refusal=ExtensionRefusalOut.model_validate(row), obligation=standing)


def _refuse_complete(standing: Row) -> None:
    if standing["status"] in CLOSED:
        raise ObligationAlreadyComplete


async def _later(connection: AsyncConnection, held: Locked, standing: Row, day: date) -> datetime:
    """Return the new deadline, if what stood so can be moved there."""
    due_before = start_of(day, held.zone)
    if due_before <= standing["due_before"]:
        raise ExtensionNotLater(None, Fault("/due_before_on", "must be after the deadline that it moves"))
    given = await fetch_only(
        connection, _given, plan_id=held.plan_id, obligation_id=held.id, moment=Moment(held.seen_at)
    )
    if given["number"] >= held.max_extensions:
        raise ExtensionLimitReached
    return due_before


def _given(plan_id: UUID, obligation_id: UUID, moment: Moment) -> Statement:
    """Count the extensions of an obligation that count."""
    mine = equal(extensions, plan_id=plan_id, obligation_id=obligation_id)
    return select(func.count().label("number")).select_from(extensions).where(mine, moment.sees(extensions))
