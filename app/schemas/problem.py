"""Errors on the wire (RFC 9457)."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from app.schemas.base import ResponseModel


class FaultOut(ResponseModel):
    """One place that is wrong: an RFC 6901 pointer into the body, or the name of a parameter."""

    pointer: str
    detail: str


class Problem(ResponseModel):
    """`application/problem+json`: `type` is stable and a readable page; what was sent is never repeated."""

    type: Annotated[str, Field(pattern=r"^(/.+)?/problems/[a-z-]+$")]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: str | None = None
    errors: list[FaultOut] | None = None
    request_id: str | None = None
    ids: Annotated[list[UUID] | None, Field(description="The obligations that answer to an ambiguous name.")] = None
    missing: Annotated[list[str] | None, Field(description="What an acceptance has to waive by name.")] = None
    paper_report: Annotated[UUID | None, Field(description="The paper report that has this number.")] = None
    version: Annotated[int | None, Field(description="The version that has to be read first.")] = None
    error: Annotated[str | None, Field(description="The code that RFC 6749, section 5.2, asks for.")] = None
    error_description: Annotated[str | None, Field(description="What that code means here.")] = None

    @model_serializer(mode="wrap")
    def _without_nulls(self, spell: SerializerFunctionWrapHandler):  # type: ignore[no-untyped-def]
        """Leave out what there is nothing to say of, also inside other answers.

        A return type would take the place of the shape in the OpenAPI document.
        """
        spelled: dict[str, Any] = spell(self)
        return {name: value for name, value in spelled.items() if value is not None}
