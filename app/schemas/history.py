"""The history of an obligation on the wire: every act, in order."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.domain.acts import ActKind
from app.domain.letters import LetterKind
from app.schemas.annulments import AnnulledRef
from app.schemas.base import Day, Instant, ResponseModel
from app.schemas.conditions import ConditionDecisionOut
from app.schemas.contributions import ContributionOut
from app.schemas.cycles import CycleDeadlineOut
from app.schemas.evidence import EvidenceOut, WithdrawalOut
from app.schemas.extensions import ExtensionOut, ExtensionRefusalOut, ExtensionRequestOut
from app.schemas.instructions import InstructionOut
from app.schemas.reviews import ReviewOut
from app.schemas.successions import TransferOut
from app.schemas.updates import UpdateOut


class Why(StrEnum):
    """Why an act counts no more: it was taken back, or it fell with what was."""

    ANNULLED = "annulled"
    ANNULLED_TOGETHER = "annulled_together"


class ActOut(ResponseModel):
    """What every act in a history says: whether it counts, as far as the moment knows, and if not, why.

    `reopened_by` is the number of the letter by which it reopened the figures of a closed cycle, `not_personal_reason`
    why a coordinator was sure that no name in its words is a child's.  `client_name` is for coordinators and auditors:
    what the client is called that acted.
    """

    annulled: AnnulledRef | None
    counts: bool
    why: Why | None
    reopened_by: str | None
    not_personal_reason: str | None
    client_name: str | None


class AnnulmentAct(ActOut):
    """An act was taken back."""

    act: Literal["annulment"]
    id: UUID
    obligation: UUID
    annuls: UUID
    kind: ActKind
    reason: str
    client: UUID
    received_at: Instant
    recorded_at: Instant


class UpdateAct(ActOut, UpdateOut):
    """The owner reported."""

    act: Literal["update"]


class EvidenceAct(ActOut, EvidenceOut):
    """Evidence was attached."""

    act: Literal["evidence"]


class WithdrawalAct(ActOut, WithdrawalOut):
    """Evidence was withdrawn."""

    act: Literal["withdrawal"]


class ErasureAct(ActOut):
    """The words and the bytes of an evidence were erased by law."""

    act: Literal["erasure"]
    id: UUID
    obligation: UUID
    evidence: UUID
    reason: str
    legal_basis: str
    client: UUID
    received_at: Instant
    recorded_at: Instant


class ReviewAct(ActOut, ReviewOut):
    """The coordinator accepted or returned the claim."""

    act: Literal["review"]


class ExtensionAct(ActOut, ExtensionOut):
    """A letter moved the deadline."""

    act: Literal["extension"]


class ExtensionRequestAct(ActOut, ExtensionRequestOut):
    """The owner asked for a later deadline."""

    act: Literal["extension_request"]


class ExtensionRefusalAct(ActOut, ExtensionRefusalOut):
    """The coordinator refused a later deadline."""

    act: Literal["extension_refusal"]


class CycleDeadlineAct(ActOut, CycleDeadlineOut):
    """A letter moved the deadline of the whole cycle, or confirmed it."""

    act: Literal["cycle_deadline"]
    obligation: UUID


class TransferAct(ActOut, TransferOut):
    """The obligation passed to a successor of its owner, or ended with it."""

    act: Literal["transfer"]


class ContributionAct(ActOut, ContributionOut):
    """A partner contributed; its evidence stands beside it."""

    act: Literal["contribution"]


class ConditionDecisionAct(ActOut, ConditionDecisionOut):
    """The coordinator decided from when the condition is met, or is not."""

    act: Literal["condition_decision"]


class InstructionAct(ActOut, InstructionOut):
    """A coordinator entered the words of a leader."""

    act: Literal["instruction"]


class ReminderLetterAct(ActOut):
    """A letter urged the owner, about this obligation among others; it decided nothing."""

    act: Literal["reminder_letter"]
    id: UUID
    obligation: UUID
    kind: LetterKind
    body: str
    sha256: str
    number: str | None
    issued_on: Day | None
    client: UUID
    received_at: Instant
    recorded_at: Instant


HistoryAct = Annotated[
    UpdateAct
    | EvidenceAct
    | WithdrawalAct
    | ErasureAct
    | ReviewAct
    | ExtensionRequestAct
    | ExtensionAct
    | ExtensionRefusalAct
    | ConditionDecisionAct
    | InstructionAct
    | ContributionAct
    | CycleDeadlineAct
    | TransferAct
    | AnnulmentAct
    | ReminderLetterAct,
    Field(discriminator="act"),
]


class HistoryOut(ResponseModel):
    """Every act on one obligation, by (received_at, recorded_at, id)."""

    obligation: UUID
    items: list[HistoryAct]


class ContributionList(ResponseModel):
    """What partners contributed to one obligation, by (received_at, recorded_at, id)."""

    obligation: UUID
    items: list[Annotated[ContributionAct | EvidenceAct, Field(discriminator="act")]]
