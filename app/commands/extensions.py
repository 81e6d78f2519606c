"""Extensions: the owner asks for a later deadline; a letter moves it, asked for or not, or it is refused."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import letters
from app.commands.acts import Accepted, finish_act, record, record_all
from app.commands.bulk_acts import Steps
from app.commands.closings import refuse_sealed
from app.commands.letters import Letter
from app.commands.obligations import Locked, hold, standing_row, standing_rows
from app.commands.paper import check_paper_date
from app.database.builders import among
from app.database.statements import Row, Statement, fetch_all, fetch_first
from app.domain.access import Caller, Role
from app.domain.calendar import start_of
from app.domain.completion import COMPLETED_STATUSES, Status
from app.domain.errors import (
    ExtensionLimitReached,
    ExtensionNotLater,
    Fault,
    NoExtensionRequested,
    NotFound,
    ObligationAlreadyComplete,
    ObligationEnded,
    Refusal,
)
from app.models import Extension, ExtensionRefusal, ExtensionRequest
from app.models.base import table
from app.queries.extensions import pending_on
from app.schemas.bulk import ExtensionItemIn
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
from app.standing.row import StandingRow

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
    given = await _given_on(connection, [held])
    due_before = _later(held, standing, sent.due_before_on, given.get(held.id, 0))
    if due_before <= held.seen_at:
        raise ExtensionNotLater(None, Fault("/due_before_on", "must be after today"))
    said = sent.model_dump(include={"reason", "document_number", "reopened_by", "not_personal_reason"})
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
    accepted = accept(caller, held, sent, await known_of(connection, caller, [(held, sent)]))
    (extension,) = await write(connection, caller, [accepted])
    return Extended(extension=extension, obligation=await finish_act(connection, caller, held, held.seen_at))


@dataclass(frozen=True)
class Known:
    """What is known of obligations whose deadlines are to be moved: where they stood by a day, and what was given."""

    standings: Mapping[datetime, Mapping[UUID, StandingRow]]
    given: Mapping[UUID, int]


async def known_of(connection: AsyncConnection, caller: Caller, asked: Collection[tuple[Locked, ExtensionIn]]) -> Known:
    """Find out what `accept` needs: one statement for all that was given, one for each instant of a letter."""
    by: dict[datetime, set[UUID]] = {}
    for held, sent in asked:
        with suppress(Refusal):
            by.setdefault(_letter(held, sent).received_at, set()).add(held.id)
    standings = {at: await standing_rows(connection, caller, ids, at) for at, ids in by.items()}
    return Known(standings, await _given_on(connection, [held for held, _ in asked]))


def accept(caller: Caller, held: Locked, sent: ExtensionIn, known: Known) -> Accepted:
    """Find nothing against a letter that moves the deadline of an obligation that is held.

    Raises:
        ObligationEnded: nobody owes it any more.
        NotFound: nobody owed it when the letter was decided.
        LetterNeeded: its cycle is closed, and no other letter reopens it.
        LetterDateImpossible and all others: see `grant`.
    """
    if held.ended:
        raise ObligationEnded
    letter = _letter(held, sent)
    standing = known.standings[letter.received_at].get(held.id)
    if standing is None:
        raise NotFound
    _refuse_complete(standing)
    letter.refuse_late(standing["due_before"])
    letter.refuse_passed(sent.due_before_on, earlier=False)
    due_before = _later(held, standing, sent.due_before_on, known.given.get(held.id, 0))
    refuse_sealed(caller, held.closed_at, sent.reopened_by)
    said = sent.model_dump(include={"reason", "document_number"})
    fields = {"due_before": due_before, "decided_on": letter.decided_on, **said}
    beside = sent.model_dump(include={"reopened_by", "not_personal_reason"})
    return Accepted(held=held, received_at=letter.received_at, fields=fields, **beside)


def _letter(held: Locked, sent: ExtensionIn) -> Letter:
    return letters.dated(
        sent.decided_on, sent.document_number, issued_on=held.issued_on, zone=held.zone, now=held.seen_at
    )


async def write(connection: AsyncConnection, caller: Caller, accepted: Sequence[Accepted]) -> list[ExtensionOut]:
    """Write extensions, and return them in order as they were written."""
    rows = await record_all(connection, caller, Extension, accepted)
    return [ExtensionOut.model_validate(row) for row in rows]


STEPS: Steps[ExtensionItemIn, Known, Accepted, ExtensionOut] = Steps(known_of, accept, write)
"""How many deadlines are moved at once."""


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
    row = await record(
        connection, caller, held, ExtensionRefusal, held.seen_at, **sent.model_dump(exclude={"not_personal"})
    )
    standing = await finish_act(connection, caller, held, held.seen_at)
    return ExtensionRefused(refusal=ExtensionRefusalOut.model_validate(row), obligation=standing)


def _refuse_complete(standing: Row) -> None:
    if standing["status"] in CLOSED:
        raise ObligationAlreadyComplete


def _later(held: Locked, standing: Row, day: date, given: int) -> datetime:
    """Return the new deadline, if what stood so can be moved there, and has not been moved as often as it may."""
    due_before = start_of(day, held.zone)
    if due_before <= standing["due_before"]:
        raise ExtensionNotLater(None, Fault("/due_before_on", "must be after the deadline that it moves"))
    if given >= held.max_extensions:
        raise ExtensionLimitReached
    return due_before


async def _given_on(connection: AsyncConnection, held: Sequence[Locked]) -> dict[UUID, int]:
    """Count the extensions that count of each of some obligations."""
    if not held:
        return {}
    moment = Moment(max(one.seen_at for one in held))
    rows = await fetch_all(connection, _given, ids=[one.id for one in held], moment=moment)
    return {row["obligation_id"]: row["number"] for row in rows}


def _given(ids: list[UUID], moment: Moment) -> Statement:
    of_each = select(extensions.c.obligation_id, func.count().label("number")).group_by(extensions.c.obligation_id)
    return of_each.where(among(extensions.c.obligation_id, "ids", ids), moment.sees(extensions))
