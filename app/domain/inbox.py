"""What comes in: the kinds of acts on obligations, and as what each is told."""

from collections.abc import Collection
from enum import StrEnum

from app.domain.events import EventType


class InboxKind(StrEnum):
    """What kind of act came in; the bytes of a file may come later than what they are."""

    UPDATE = "update"
    EVIDENCE = "evidence"
    EVIDENCE_CONTENT = "evidence_content"
    WITHDRAWAL = "withdrawal"
    CONTRIBUTION = "contribution"
    REVIEW = "review"
    EXTENSION_REQUEST = "extension_request"
    EXTENSION = "extension"
    EXTENSION_REFUSAL = "extension_refusal"
    CONDITION_DECISION = "condition_decision"
    INSTRUCTION = "instruction"
    ANNULMENT = "annulment"


TOLD_AS: dict[InboxKind, Collection[EventType]] = {
    InboxKind.UPDATE: (EventType.UPDATE_REPORTED,),
    InboxKind.EVIDENCE: (EventType.EVIDENCE_ATTACHED,),
    InboxKind.EVIDENCE_CONTENT: (EventType.EVIDENCE_RECEIVED,),
    InboxKind.WITHDRAWAL: (EventType.EVIDENCE_WITHDRAWN,),
    InboxKind.CONTRIBUTION: (EventType.CONTRIBUTION_MADE,),
    InboxKind.REVIEW: (EventType.REVIEW_ACCEPTED, EventType.REVIEW_RETURNED),
    InboxKind.EXTENSION_REQUEST: (EventType.EXTENSION_REQUESTED,),
    InboxKind.EXTENSION: (EventType.EXTENSION_GIVEN,),
    InboxKind.EXTENSION_REFUSAL: (EventType.EXTENSION_REFUSED,),
    InboxKind.CONDITION_DECISION: (EventType.CONDITION_DECIDED,),
    InboxKind.INSTRUCTION: (EventType.INSTRUCTION_GIVEN,),
    InboxKind.ANNULMENT: (EventType.ANNULMENT_MADE,),
}


OF_BODIES = (
    InboxKind.UPDATE,
    InboxKind.EVIDENCE,
    InboxKind.EVIDENCE_CONTENT,
    InboxKind.WITHDRAWAL,
    InboxKind.CONTRIBUTION,
    InboxKind.EXTENSION_REQUEST,
)
"""What owners and partners do; the rest, coordinators do."""


def told_as(kinds: Collection[InboxKind]) -> list[str]:
    """Name as what acts of some kinds are told; without any, of all."""
    return sorted(told.value for kind in kinds or TOLD_AS for told in TOLD_AS[kind])
