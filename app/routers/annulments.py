"""Annulments: what was recorded by mistake is taken back."""

from typing import Annotated

from fastapi import Response

from app.commands import annulments
from app.domain import errors
from app.domain.access import Caller, Permission
from app.routers.obligations import ACTS, ObligationId
from app.schemas.annulments import Annulled, AnnulmentIn
from app.web.auth.access import may
from app.web.json_body import ExactRoute
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.write import Writing

router = Router(prefix="/v1/obligations", tags=["annulments"], route_class=ExactRoute)
REFUSALS = (
    *(errors.ActUnknown, errors.AlreadyAnnulled, errors.ActNotYours, errors.ActReviewed, errors.DeadlinePassed),
    *(errors.CycleClosed, errors.ExtensionLimitReached, errors.AlreadyWithdrawn),
)


@router.post(
    "/{id}/annulments",
    operation_id="annulAct",
    summary="Take back what was recorded by mistake",
    status_code=201,
    response_model=Annulled,
    responses=documented(*ACTS, *REFUSALS),
)
async def annul_act(
    obligation_id: ObligationId, caller: Annotated[Caller, may(Permission.ANNUL)], write: Writing, sent: AnnulmentIn
) -> Response:
    """Take back an act on an obligation, as a coordinator, or as its owner what it posted itself before the deadline.

    The act stays in the history and counts nowhere; taking the annulment back lets it count again.
    """
    return await write.run(annulments.annul, caller, obligation_id, sent, now=write.now, expected=write.expected)
