"""Errors on the wire (RFC 9457)."""

from typing import Annotated

from pydantic import Field

from app.schemas.base import ResponseModel


class FaultOut(ResponseModel):
    """One place that is wrong: an RFC 6901 pointer into the body, or the name of a parameter."""

    pointer: str
    detail: str


class Problem(ResponseModel):
    """`application/problem+json`: `type` is stable and a readable page; what was sent is never repeated."""

    type: Annotated[str, Field(pattern=r"^/problems/[a-z-]+$")]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: str | None = None
    errors: list[FaultOut] | None = None
    request_id: str | None = None
    error: Annotated[str | None, Field(description="The code that RFC 6749, section 5.2, asks for.")] = None
