"""Contributions of partners, apart from what the owner says."""

from typing import Annotated

from fastapi import Request, Response

from app.commands import contributions
from app.domain import errors
from app.domain.access import Caller, Permission
from app.queries import history, obligations
from app.routers.obligations import ACTS, READS, ObligationId
from app.schemas.contributions import Contributed, ContributionIn
from app.schemas.history import ContributionList
from app.web.auth.access import may
from app.web.json_body import ExactRoute
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.read import Asked, Reading, answer
from app.web.write import Writing

router = Router(prefix="/v1/obligations", tags=["contributions"], route_class=ExactRoute)


@router.post(
    "/{id}/contributions",
    operation_id="contribute",
    summary="Contribute as a partner",
    status_code=201,
    response_model=Contributed,
    responses=documented(*ACTS, errors.PartnersOnly),
)
async def contribute(
    obligation_id: ObligationId,
    caller: Annotated[Caller, may(Permission.CONTRIBUTE)],
    write: Writing,
    sent: ContributionIn,
) -> Response:
    """Post a note and evidence on an obligation that the caller coordinates; what its owner claims stays as it is."""

    return await write.run(
        contributions.contribute, caller, obligation_id, sent, now=write.now, expected=write.expected
    )


@router.get(
    "/{id}/contributions",
    operation_id="listContributions",
    summary="List what partners contributed",
    response_model=ContributionList,
    responses=READS,
)
async def list_contributions(
    request: Request,
    obligation_id: ObligationId,
    caller: Annotated[Caller, may(Permission.READ_HISTORY)],
    reading: Reading,
    asked: Asked,
) -> Response:
    """List the notes and the evidence of partners that the caller may read, in order."""
    row = await obligations.find_one(reading, caller, obligation_id, asked)
    acts = await history.acts_on(reading, history.contributions, caller, row, asked)
    body = ContributionList.model_validate({"obligation": row["id"], "items": acts})
    return answer(request, body, version=row["version"])
