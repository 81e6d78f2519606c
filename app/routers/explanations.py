"""Explanations: why an obligation stands where it stands."""

from typing import Annotated

from fastapi import Request, Response

from app.database.statements import fetch_one
from app.domain.access import Caller, Permission
from app.queries import obligations
from app.queries.explanations import more_facts
from app.routers.obligations import READS, ObligationId
from app.schemas.explanations import ExplanationOut, explanation_out
from app.web.auth.access import may
from app.web.json_body import ExactRoute
from app.web.parameters import Router
from app.web.read import Asked, Reading, answer

router = Router(prefix="/v1/obligations", tags=["obligations"], route_class=ExactRoute)


@router.get(
    "/{id}/explanation",
    operation_id="explainObligation",
    summary="Explain where an obligation stands",
    response_model=ExplanationOut,
    responses=READS,
)
async def explain_obligation(
    request: Request,
    obligation_id: ObligationId,
    caller: Annotated[Caller, may(Permission.READ_STANDING)],
    reading: Reading,
    asked: Asked,
) -> Response:
    """Name the facts, the signals, the rule that matched, the clock, the calendar and the legal basis at an instant."""
    row = await obligations.find_one(reading, caller, obligation_id, asked)
    more = await fetch_one(reading, more_facts, obligation_id=obligation_id, moment=asked)
    return answer(request, explanation_out(row, more, asked.as_of, asked.known_at), version=row["version"])
