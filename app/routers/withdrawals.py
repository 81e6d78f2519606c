"""Withdrawals of evidence."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from app.commands import withdrawals
from app.domain import errors
from app.domain.access import Caller, Permission
from app.routers.obligations import ACTS
from app.schemas.evidence import WithdrawalIn, Withdrawn
from app.web.auth.access import may
from app.web.json_body import ExactRoute
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.write import Writing

router = Router(prefix="/v1/evidence", tags=["evidence"], route_class=ExactRoute)


@router.post(
    "/{id}/withdrawal",
    operation_id="withdrawEvidence",
    summary="Withdraw evidence",
    status_code=201,
    response_model=Withdrawn,
    responses=documented(*ACTS, errors.EvidenceNotYours, errors.AlreadyWithdrawn),
)
async def withdraw_evidence(
    evidence_id: Annotated[UUID, Path(alias="id", description="The evidence's id.")],
    caller: Annotated[Caller, may(Permission.ATTACH)],
    write: Writing,
    sent: WithdrawalIn,
) -> Response:
    """Take back an evidence that the caller's body posted, or, as a coordinator, one that was entered from paper."""

    return await write.run(withdrawals.withdraw, caller, evidence_id, sent, now=write.now, expected=write.expected)
