"""The only place that asks what time it is."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the instant, in UTC."""
    return datetime.now(UTC)


def now_of(request: Request) -> datetime:
    """Return the instant of the request: one for everything that it does."""
    if not hasattr(request.state, "now"):
        request.state.now = request.app.state.clock()
    now: datetime = request.state.now
    return now


async def now(request: Request) -> datetime:
    """Return the instant of the request; in the loop, where FastAPI would give a plain function a thread."""
    return now_of(request)


Now = Annotated[datetime, Depends(now)]
