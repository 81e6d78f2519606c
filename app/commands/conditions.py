"""Conditions: the coordinator decides from when the condition of an obligation is met."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.acts import finish_act, record
from app.commands.obligations import hold
from app.domain.access import Caller
from app.domain.calendar import start_of
from app.domain.errors import ConditionNotWhole
from app.models import ConditionDecision
from app.models.duty import ConditionScope
from app.schemas.conditions import ConditionDecided, ConditionDecisionIn, ConditionDecisionOut


async def decide(
    connection: AsyncConnection,
    caller: Caller,
    obligation_id: UUID,
    sent: ConditionDecisionIn,
    *,
    now: datetime,
    expected: int | None = None,
) -> ConditionDecided:
    """Record from which day the condition is met, or is not, and say where the obligation stands now.

    From that day on, a claim that nothing arises counts no more; a later decision for the same day corrects this one.

    Raises:
        NotFound, StaleVersion: see `obligations.hold`.
        ConditionNotWhole: the duty has no condition that covers the whole of it.
    """
    held = await hold(connection, caller, obligation_id, expected=expected, now=now)
    if held.condition_scope is not ConditionScope.WHOLE:
        raise ConditionNotWhole
    since, fields = start_of(sent.from_on, held.zone), sent.model_dump(exclude={"from_on", "not_personal"})
    row = await record(connection, caller, held, ConditionDecision, since, **fields)
    return ConditionDecided(
        decision=ConditionDecisionOut.model_validate(row),
        obligation=await finish_act(connection, caller, held, now),
    )
