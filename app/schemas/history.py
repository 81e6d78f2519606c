"""The history of an obligation on the wire: every act, in order."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.schemas.base import Instant, ResponseModel
from app.schemas.conditions import ConditionDecisionOut
from app.schemas.contributions import ContributionOut
from app.schemas.cycles import CycleDeadlineOut
from app.schemas.evidence import EvidenceOut, WithdrawalOut
from app.schemas.extensions import ExtensionOut, ExtensionRefusalOut, ExtensionRequestOut
from app.schemas.reviews import ReviewOut
from app.schemas.successions import TransferOut
from app.schemas.updates import UpdateOut


class Kept(ResponseModel):
    """What the history says of every act: by which letter it reopened the figures of a closed cycle, if it did."""

    reopened_by: str | None


class UpdateAct(Kept, UpdateOut):
    """The owner reported."""

    act: Literal["update"]


class EvidenceAct(Kept, EvidenceOut):
    """Evidence was attached."""

    act: Literal["evidence"]


class WithdrawalAct(Kept, WithdrawalOut):
    """Evidence was withdrawn."""

    act: Literal["withdrawal"]


class ErasureAct(Kept):
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


class ReviewAct(Kept, ReviewOut):
    """The coordinator accepted or returned the claim."""

    act: Literal["review"]


class ExtensionAct(Kept, ExtensionOut):
    """A letter moved the deadline."""

    act: Literal["extension"]


class ExtensionRequestAct(Kept, ExtensionRequestOut):
    """The owner asked for a later deadline."""

    act: Literal["extension_request"]


class ExtensionRefusalAct(Kept, ExtensionRefusalOut):
    """The coordinator refused a later deadline."""

    act: Literal["extension_refusal"]


class CycleDeadlineAct(Kept, CycleDeadlineOut):
    """A letter moved the deadline of the whole cycle, or confirmed it."""

    act: Literal["cycle_deadline"]
    obligation: UUID


class TransferAct(Kept, TransferOut):
    """The obligation passed to a successor of its owner, or ended with it."""

    act: Literal["transfer"]


class ContributionAct(Kept, ContributionOut):
    """A partner contributed; its evidence stands beside it."""

    act: Literal["contribution"]


class ConditionDecisionAct(Kept, ConditionDecisionOut):
    """The coordinator decided from when the condition is met, or is not."""

    act: Literal["condition_decision"]


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
    | ContributionAct
    | CycleDeadlineAct
    | TransferAct,
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
