"""Long transfers: files that come or go at the pace of whoever sends or reads them, a few at once for each client."""

from typing import Annotated

from fastapi import Depends, Request

from app.domain.errors import TooManyRequests
from app.web.auth.access import caller_of
from app.web.middleware.admission import Slot
from app.web.problems.handlers import refuses


@refuses(TooManyRequests)
async def transfer(request: Request) -> Slot:
    """Count a transfer for the caller, until the request ends; its place at work is given back once bytes come or go.

    Raises:
        TooManyRequests: the caller has as many under way as it may.
    """
    slot: Slot = request.scope["place"]
    slot.count_transfer((await caller_of(request)).client_id)
    return slot


Transferring = Annotated[Slot, Depends(transfer)]
