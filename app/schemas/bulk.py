"""Many updates in one request, on the wire."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, SkipValidation, model_validator

from app.schemas.base import Code, Reference, RequestModel, ResponseModel, Wrong
from app.schemas.columns import NAMES
from app.schemas.obligations import ObligationOut
from app.schemas.problem import Problem
from app.schemas.updates import UpdateIn, UpdateOut

MAX_ITEMS = 500


class ItemIn(UpdateIn):
    """One report on the obligation that it names: by `obligation`, or by `plan`, `cycle`, `duty` and `owner`.

    `client_ref` is the client's own name for the report: sent again, it has no second effect, however late.
    """

    obligation: UUID | None = None
    plan: Code | None = None
    cycle: Code | None = None
    duty: Code | None = None
    owner: Code | None = None
    client_ref: Reference | None = None

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        given = [getattr(self, name) is not None for name in NAMES]
        if any(given) if self.obligation else not all(given):
            raise Wrong("must name its obligation by obligation, or by plan, cycle, duty and owner")
        return self

    @property
    def names(self) -> tuple[str, str, str, str] | None:
        """The codes that name the obligation; none when its id does."""
        plan, cycle, duty, owner = (getattr(self, name) for name in NAMES)
        return (plan, cycle, duty, owner) if plan else None


class BulkIn(RequestModel):
    """Up to 500 reports; each is read, and refused, by itself."""

    items: Annotated[list[SkipValidation[ItemIn]], Field(min_length=1, max_length=MAX_ITEMS)]


class ItemResult(ResponseModel):
    """What became of one item: an update (201) and where its obligation stands after the whole request, or a problem.

    `replayed` says that the update had been recorded before, under the same `client_ref`.  There is no obligation when
    it is owed no more.
    """

    index: int
    client_ref: str | None
    status: int
    replayed: bool
    update: UpdateOut | None
    obligation: ObligationOut | None
    problem: Problem | None


class BulkOut(ResponseModel):
    """One result for each item, in order."""

    results: list[ItemResult]
