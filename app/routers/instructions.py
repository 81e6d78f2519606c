"""Instructions: the words of leaders."""

from typing import Annotated

from fastapi import Response

from app.commands import instructions
from app.domain import errors
from app.domain.access import Caller, Permission
from app.routers.obligations import ACTS, ObligationId
from app.schemas.instructions import Instructed, InstructionIn
from app.web.auth.access import may
from app.web.json_body import ExactRoute
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.write import Writing

router = Router(prefix="/v1/obligations", tags=["instructions"], route_class=ExactRoute)


@router.post(
    "/{id}/instructions",
    operation_id="giveInstruction",
    summary="Enter the words of a leader",
    status_code=201,
    response_model=Instructed,
    responses=documented(*ACTS, errors.InstructionDateImpossible),
)
async def give_instruction(
    obligation_id: ObligationId,
    caller: Annotated[Caller, may(Permission.INSTRUCT)],
    write: Writing,
    sent: InstructionIn,
) -> Response:
    """Enter what a leader said on an obligation, and by when it is wanted; its owner finds it in its inbox.

    No deadline moves and no status changes by it.
    """

    return await write.run(instructions.instruct, caller, obligation_id, sent, now=write.now, expected=write.expected)
