"""Calendars on the wire: their addresses."""

from app.schemas.base import Instant, ResponseModel


class CalendarState(ResponseModel):
    """Since when a body's calendar has an address, and until when it had it."""

    plan: str
    body: str
    created_at: Instant
    revoked_at: Instant | None


class CalendarAddress(ResponseModel):
    """Where a body's calendar can be read; whoever knows the address can read it, until it is revoked."""

    plan: str
    body: str
    address: str
    created_at: Instant
