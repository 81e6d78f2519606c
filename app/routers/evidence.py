"""Evidence by its own address."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response

from app.domain import errors
from app.domain.access import Act, Caller
from app.queries import history
from app.schemas.evidence import EvidenceOut
from app.schemas.views import evidence_out
from app.web.access import may
from app.web.problems import documented
from app.web.reading import Asked, Reading, answer, only

router = APIRouter(prefix="/v1/evidence", tags=["evidence"])


@router.get(
    "/{id}",
    operation_id="getEvidence",
    summary="Get evidence",
    response_model=EvidenceOut,
    responses=documented(errors.NotFound),
)
async def get_evidence(
    request: Request,
    evidence_id: Annotated[UUID, Path(alias="id", description="The evidence's id.")],
    caller: Annotated[Caller, may(Act.READ_EVIDENCE)],
    reading: Reading,
    asked: Asked,
) -> Response:
    """Get one evidence, if its classification lets the caller read it."""
    row = await only(reading, history.one_evidence(evidence_id, asked, history.readable(caller, asked)))
    return answer(request, evidence_out(row))
