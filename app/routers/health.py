"""Whether the process lives, and whether it can serve."""

from typing import Literal

from fastapi import Request

from app.database.revision import at_head
from app.domain.errors import ServiceUnavailable
from app.schemas.base import ResponseModel
from app.web.parameters import Router
from app.web.read import ReadingAsNobody

router = Router(tags=["health"])


class Health(ResponseModel):
    """The service lives, or is ready."""

    status: Literal["ok"]


@router.get("/healthz", operation_id="getHealth", summary="Ask whether the process lives", response_model=Health)
async def get_health() -> Health:
    """Say that the process lives."""
    return Health(status="ok")


@router.get("/readyz", operation_id="getReadiness", summary="Ask whether the service is ready", response_model=Health)
async def get_readiness(request: Request, reading: ReadingAsNobody) -> Health:
    """Say that the database answers and has every migration of this version, and that we are not about to end."""
    if request.app.state.leaving or not await at_head(reading):
        raise ServiceUnavailable
    return Health(status="ok")
