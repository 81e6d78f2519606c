"""Errors on the wire (RFC 9457)."""

from app.schemas.base import ResponseModel


class FaultOut(ResponseModel):
    """One place that is wrong: an RFC 6901 pointer into the body, or the name of a parameter."""

    pointer: str
    detail: str


class Problem(ResponseModel):
    """`application/problem+json`: `type` is stable and a readable page; what was sent is never repeated."""

    type: str
    title: str
    status: int
    detail: str | None = None
    errors: list[FaultOut] | None = None
    request_id: str | None = None
    error: str | None = None
