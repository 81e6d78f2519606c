"""Successions on the wire: proposed, then confirmed or rejected."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.models.succession import Decision, SuccessionKind
from app.schemas.base import (
    Code,
    Day,
    DeadlineDay,
    DocumentNumber,
    Instant,
    Name,
    Narrative,
    RequestModel,
    ResponseModel,
    Title,
)
from app.schemas.plans import BodyName

BodyCode = Annotated[Code, Field(max_length=60)]


class SuccessorIn(RequestModel):
    """The body that takes over: one of the plan by its code, or a new one, which needs a name as well."""

    code: BodyCode
    name: Name | None = None


class ActIn(RequestModel):
    """The legal act by which a body is succeeded."""

    title: Title
    number: DocumentNumber | None = None
    issued_on: Day | None = None


class SuccessionIn(RequestModel):
    """Proposes that a body is succeeded from a day on: for all its duties, or for those named.

    The successor can stay undecided until the decision.
    """

    predecessor: BodyCode
    successor: SuccessorIn | None = None
    kind: SuccessionKind
    duties: Annotated[tuple[Code, ...] | None, Field(min_length=1, max_length=500)] = None
    effective_on: DeadlineDay
    act: ActIn
    note: Annotated[Narrative, Field(max_length=1000)] | None = None


class SuccessionDecisionIn(RequestModel):
    """Confirms or rejects; names the successor when the proposal left it undecided."""

    outcome: Decision
    reason: Narrative
    successor: SuccessorIn | None = None


class ActOut(ResponseModel):
    """The legal act by which a body is succeeded."""

    title: str
    number: str | None
    issued_on: date | None


class SuccessionDecisionOut(ResponseModel):
    """What was decided, and how many obligations have passed over so far."""

    outcome: Decision
    reason: str
    obligations: int
    client: UUID
    received_at: Instant
    recorded_at: Instant


class SuccessionOut(ResponseModel):
    """One succession; `duties` is null when it is for all, `client` when it came with the seed.

    The successor is the one that was confirmed, else the one that is proposed, and null while it is undecided.
    """

    id: UUID
    plan: str
    state: Literal["proposed", "confirmed", "rejected"]
    predecessor: BodyName
    successor: BodyName | None
    kind: SuccessionKind
    duties: list[str] | None
    effective_on: date
    act: ActOut
    note: str | None
    client: UUID | None
    recorded_at: Instant
    decision: SuccessionDecisionOut | None


class SuccessionList(ResponseModel):
    """Successions by the day from which they hold."""

    items: list[SuccessionOut]


class TransferOut(ResponseModel):
    """The obligation passed to a new owner, who owes it from `received_at` on."""

    id: UUID
    obligation: UUID
    predecessor: BodyName
    owner: BodyName
    succession: UUID
    act_of_succession: ActOut
    client: UUID
    received_at: Instant
    recorded_at: Instant
