"""Instructions: a coordinator enters what a leader said on an obligation."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.acts import finish_act, record
from app.commands.obligations import Locked, hold
from app.domain.access import Caller
from app.domain.calendar import day_of
from app.domain.errors import Fault, InstructionDateImpossible
from app.models import Instruction
from app.schemas.instructions import Instructed, InstructionIn, InstructionOut


async def instruct(
    connection: AsyncConnection,
    caller: Caller,
    obligation_id: UUID,
    sent: InstructionIn,
    *,
    now: datetime,
    expected: int | None = None,
) -> Instructed:
    """Record the words of a leader; where the obligation stands they do not touch.

    Raises:
        NotFound, StaleVersion: see `obligations.hold`.
        InstructionDateImpossible: see `_given_on`.
        LetterNeeded: its cycle is closed, and no letter reopens it.
    """
    held = await hold(connection, caller, obligation_id, expected=expected, now=now)
    given_on = _given_on(held, sent, now)
    fields = sent.model_dump(exclude={"given_on"}) | {"given_on": given_on}
    row = await record(connection, caller, held, Instruction, now, **fields)
    standing = await finish_act(connection, caller, held, now)
    return Instructed(instruction=InstructionOut.model_validate(row), obligation=standing)


def _given_on(held: Locked, sent: InstructionIn, now: datetime) -> date:
    """Return the day on which it was given: today, if nothing else is said.

    Raises:
        InstructionDateImpossible: that is before the plan's issue or to come, or it is wanted by an earlier day.
    """
    today = day_of(now, held.zone)
    given_on = sent.given_on or today
    if not held.issued_on <= given_on <= today:
        raise InstructionDateImpossible(None, Fault("/given_on", "must lie between the plan's issue and today"))
    if sent.by_on and sent.by_on < given_on:
        raise InstructionDateImpossible(None, Fault("/by_on", "must not come before the day on which it was given"))
    return given_on
