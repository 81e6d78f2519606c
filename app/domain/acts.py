"""The kinds of acts, in one word each, as histories and annulments name them."""

from enum import StrEnum


class ActKind(StrEnum):
    """What kind of act a row of a history is."""

    UPDATE = "update"
    EVIDENCE = "evidence"
    WITHDRAWAL = "withdrawal"
    CONTRIBUTION = "contribution"
    REVIEW = "review"
    EXTENSION = "extension"
    EXTENSION_REQUEST = "extension_request"
    EXTENSION_REFUSAL = "extension_refusal"
    CONDITION_DECISION = "condition_decision"
    TRANSFER = "transfer"
    PAPER_REPORT = "paper_report"
    CYCLE_DEADLINE = "cycle_deadline"
    CYCLE_CLOSING = "cycle_closing"
    CYCLE_OPENING = "cycle_opening"
    SUCCESSION = "succession"
    MEMBERSHIP = "membership"
    ANNULMENT = "annulment"
