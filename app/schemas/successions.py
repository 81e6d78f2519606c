"""Successions on the wire: proposed, then confirmed or rejected."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.models.succession import Decision, SuccessionKind
from app.schemas.annulments import AnnulledRef
from app.schemas.base import (
    Code,
    Day,
    DeadlineDay,
    DocumentNumber,
    Instant,
    Name,
    Narrative,
    NotPersonal,
    Reopening,
    RequestModel,
    ResponseModel,
    Title,
    Wrong,
)
from app.schemas.plans import BodyName

BodyCode = Annotated[Code, Field(max_length=60)]


Duties = Annotated[tuple[Code, ...], Field(min_length=1, max_length=500)]


class SuccessorIn(RequestModel):
    """A body that takes over: one of the plan by its code, or a new one, which needs a name as well.

    `duties` are those that it takes over, if not all that are passed on.
    """

    code: BodyCode
    name: Name | None = None
    duties: Duties | None = None


class SuccessorsIn(RequestModel):
    """Who takes over: one body, or several, or nobody (`ends`).

    The first that is named for a duty takes over what is open of it; in every cycle that is opened later each owes it.
    """

    successor: Annotated[SuccessorIn | None, Field(description="The same as one of `successors`.")] = None
    successors: Annotated[tuple[SuccessorIn, ...] | None, Field(min_length=1, max_length=200)] = None
    ends: Annotated[bool, Field(description="Nobody takes over: what is open and due from the day on ends.")] = False

    @property
    def named(self) -> tuple[SuccessorIn, ...]:
        """Return the successors in the order in which they are named."""
        return (self.successor,) if self.successor else self.successors or ()

    @model_validator(mode="after")
    def _said_once(self) -> Self:
        if sum(map(bool, (self.successor, self.successors, self.ends))) > 1:
            raise Wrong("must name `successor`, or `successors`, or say that it `ends`")
        return self


class ActIn(RequestModel):
    """The legal act by which a body is succeeded."""

    title: Title
    number: DocumentNumber | None = None
    issued_on: Day | None = None


class SuccessionIn(SuccessorsIn):
    """Proposes that a body is succeeded from a day on: for all its duties, or for those named.

    Who takes over can stay undecided until the decision.
    """

    predecessor: BodyCode
    kind: SuccessionKind
    duties: Duties | None = None
    effective_on: DeadlineDay
    act: ActIn
    note: Annotated[Narrative, Field(max_length=1000)] | None = None


class SuccessionDecisionIn(SuccessorsIn):
    """Confirms or rejects; says who takes over when the proposal left it undecided."""

    outcome: Decision
    reason: Narrative
    reopened_by: Reopening = None


class SuccessionAnnulmentIn(NotPersonal):
    """Takes back a confirmed succession that should never have been recorded; or an annulment of it, named by `act`."""

    act: UUID | None = None
    reason: Narrative
    reopened_by: Reopening = None


class ActOut(ResponseModel):
    """The legal act by which a body is succeeded."""

    title: str
    number: str | None
    issued_on: date | None


class SuccessionDecisionOut(ResponseModel):
    """What was decided, and how many obligations have passed over, or ended, so far."""

    outcome: Decision
    reason: str
    obligations: int
    ended: int
    client: UUID
    received_at: Instant
    recorded_at: Instant


class SuccessorOut(BodyName):
    """A body that takes over; `duties` is null when it takes over all that are passed on."""

    duties: list[str] | None


class SuccessionOut(ResponseModel):
    """One succession; `duties` is null when it is for all, `client` when it came with the seed.

    The successors are those that were confirmed, else those that are proposed, and none while that is undecided or when
    the body `ends`; `successor` is the first of them.
    """

    id: UUID
    plan: str
    state: Literal["proposed", "confirmed", "rejected", "annulled"]
    predecessor: BodyName
    successor: BodyName | None
    successors: list[SuccessorOut]
    ends: bool
    kind: SuccessionKind
    duties: list[str] | None
    effective_on: date
    act: ActOut
    note: str | None
    client: UUID | None
    recorded_at: Instant
    decision: SuccessionDecisionOut | None
    annulled: AnnulledRef | None


class SuccessionList(ResponseModel):
    """Successions by the day from which they hold."""

    items: list[SuccessionOut]


class TransferOut(ResponseModel):
    """The obligation passed to a new owner, who owes it from `received_at` on; or it `ends`, and nobody does."""

    id: UUID
    obligation: UUID
    predecessor: BodyName
    owner: BodyName
    ends: bool
    succession: UUID
    act_of_succession: ActOut
    client: UUID
    received_at: Instant
    recorded_at: Instant
