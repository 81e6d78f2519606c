"""Annulments: what was recorded by mistake is taken back."""

from typing import Annotated, Any

from fastapi import Response

from app.commands import annulments
from app.commands.annulments import Undone
from app.domain import errors
from app.domain.access import Caller, Permission
from app.routers.obligations import ACTS, ObligationId
from app.schemas.annulments import Annulled, AnnulmentIn
from app.schemas.bulk import AnnulmentItemIn, AnnulmentResult, AnnulmentsIn, AnnulmentsOut
from app.web.auth.access import may
from app.web.bulk_acts import InBulk
from app.web.bulk_items import read_each
from app.web.json_body import ExactRoute
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.write import Writing

router = Router(prefix="/v1", tags=["annulments"], route_class=ExactRoute)
REFUSALS = (
    *(errors.ActUnknown, errors.AlreadyAnnulled, errors.ActNotYours, errors.ActReviewed, errors.DeadlinePassed),
    *(errors.CycleClosed, errors.ExtensionLimitReached, errors.AlreadyWithdrawn),
)


@router.post(
    "/obligations/{id}/annulments",
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


@router.post(
    "/annulments",
    operation_id="annulActs",
    summary="Take back much that was recorded by mistake",
    status_code=207,
    response_model=AnnulmentsOut,
    responses=documented(errors.AmbiguousObligation, errors.ItemsRefused),
)
async def annul_acts(
    caller: Annotated[Caller, may(Permission.ANNUL_MANY)], bulk: InBulk, sent: AnnulmentsIn
) -> Response:
    """Take back up to 500 acts on obligations; each item has a result of its own, and a bad one hurts no other.

    Several items can be on one obligation: each counts on those before it.
    """
    items = read_each(AnnulmentItemIn, sent.items)
    return await bulk.run(caller, annulments.STEPS, items, AnnulmentsOut, _result)


def _result(said: dict[str, Any], done: Undone | None) -> AnnulmentResult:
    return AnnulmentResult(**said, annulment=done and done.annulment, also=done.also if done else [])
