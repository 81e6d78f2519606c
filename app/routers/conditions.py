"""Conditions of duties: from when they are met."""

from typing import Annotated

from fastapi import Response

from app.commands import conditions
from app.domain import errors
from app.domain.access import Caller, Permission
from app.routers.obligations import ACTS, ObligationId
from app.schemas.conditions import ConditionDecided, ConditionDecisionIn
from app.web.auth.access import may
from app.web.json_body import ExactRoute
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.write import Writing

router = Router(prefix="/v1/obligations", tags=["conditions"], route_class=ExactRoute)


@router.post(
    "/{id}/condition-decisions",
    operation_id="decideCondition",
    summary="Decide whether a condition is met",
    status_code=201,
    response_model=ConditionDecided,
    responses=documented(*ACTS, errors.ConditionNotWhole),
)
async def decide_condition(
    obligation_id: ObligationId,
    caller: Annotated[Caller, may(Permission.DECIDE_CONDITIONS)],
    write: Writing,
    sent: ConditionDecisionIn,
) -> Response:
    """Declare the condition met from a day on, so that the duty is owed although its owner said that nothing arises."""

    return await write.run(conditions.decide, caller, obligation_id, sent, now=write.now, expected=write.expected)
