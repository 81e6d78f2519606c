"""Many acts in one request, on the wire: how an item names its obligation, and what is said of every item."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, SkipValidation, model_validator

from app.domain.completion import Status
from app.schemas.annulments import AnnulmentIn, AnnulmentOut
from app.schemas.base import Code, Reference, RequestModel, ResponseModel, Wrong
from app.schemas.columns import NAMES
from app.schemas.extensions import ExtensionIn, ExtensionOut
from app.schemas.obligations import ObligationOut
from app.schemas.problem import Problem
from app.schemas.reviews import ReviewIn, ReviewOut, Version
from app.schemas.updates import UpdateIn, UpdateOut

MAX_ITEMS = 500
_UP_TO_MANY = Field(min_length=1, max_length=MAX_ITEMS)


class Naming(RequestModel):
    """Names an obligation: by `obligation`, or by `plan`, `cycle`, `duty` and `owner`."""

    obligation: UUID | None = None
    plan: Code | None = None
    cycle: Code | None = None
    duty: Code | None = None
    owner: Code | None = None

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


class ItemIn(UpdateIn, Naming):
    """One report on the obligation that it names: by `obligation`, or by `plan`, `cycle`, `duty` and `owner`.

    `client_ref` is the client's own name for the report: sent again, it has no second effect, however late.
    """

    client_ref: Reference | None = None


class JudgingItemIn(Naming):
    """What a coordinator decides on the obligation that it names.

    `seen` is the version of the obligation that was read: when something came since, nothing is decided.
    """

    seen: Version = None


class ReviewItemIn(ReviewIn, JudgingItemIn):
    """One review of the claim of the obligation that it names; `seen` is the version that was read."""


class ExtensionItemIn(ExtensionIn, JudgingItemIn):
    """One letter that moves the deadline of the obligation that it names; `seen` is the version that was read."""


class AnnulmentItemIn(AnnulmentIn, JudgingItemIn):
    """One act to take back on the obligation that it names; `seen` is the version that was read."""


class BulkIn(RequestModel):
    """Up to 500 reports; each is read, and refused, by itself."""

    items: Annotated[list[SkipValidation[ItemIn]], _UP_TO_MANY]


class ReviewsIn(RequestModel):
    """Up to 500 reviews; each is read, and refused, by itself."""

    items: Annotated[list[SkipValidation[ReviewItemIn]], _UP_TO_MANY]


class ExtensionsIn(RequestModel):
    """Up to 500 letters; each is read, and refused, by itself."""

    items: Annotated[list[SkipValidation[ExtensionItemIn]], _UP_TO_MANY]


class AnnulmentsIn(RequestModel):
    """Up to 500 acts to take back; each is read, and refused, by itself."""

    items: Annotated[list[SkipValidation[AnnulmentItemIn]], _UP_TO_MANY]


class Result(ResponseModel):
    """What became of one item: `status` is the one that it would have had alone, and a refused one has a problem.

    `obligation` is where it stands after the whole request; there is none when it is owed no more.
    """

    index: int
    status: int
    obligation: ObligationOut | None
    problem: Problem | None


class ItemResult(Result):
    """What became of one item: an update (201) and where its obligation stands after the whole request, or a problem.

    `replayed` says that the update had been recorded before, under the same `client_ref`.  There is no obligation when
    it is owed no more.
    """

    client_ref: str | None
    replayed: bool
    update: UpdateOut | None


class BulkOut(ResponseModel):
    """One result for each item, in order."""

    results: list[ItemResult]


class JudgedResult(Result):
    """What became of one item: recorded (201), with `dry_run` what would be recorded (200), or a problem.

    `status_before` is where the obligation stood before the request, and `obligation` where it stands after it; nothing
    that was only tried has an id.
    """

    status_before: Status | None


class ReviewResult(JudgedResult):
    """What became of one review."""

    review: ReviewOut | None


class ExtensionResult(JudgedResult):
    """What became of one letter."""

    extension: ExtensionOut | None


class AnnulmentResult(JudgedResult):
    """What became of one annulment; `also` are the other obligations that stand otherwise because of it."""

    annulment: AnnulmentOut | None
    also: list[UUID]


class ReviewsOut(ResponseModel):
    """One result for each review, in order."""

    results: list[ReviewResult]


class ExtensionsOut(ResponseModel):
    """One result for each letter, in order."""

    results: list[ExtensionResult]


class AnnulmentsOut(ResponseModel):
    """One result for each annulment, in order."""

    results: list[AnnulmentResult]
