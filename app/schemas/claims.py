"""Claims on the wire with all that a reviewer needs: words, figures beside thresholds, evidence, the cycle before."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from app.domain.completion import ClaimState
from app.schemas.base import Instant, Number, ResponseModel
from app.schemas.evidence import EvidenceOut
from app.schemas.obligations import ClaimOut, ObligationOut


class Include(StrEnum):
    """What a list of obligations can show beside their standing."""

    CLAIM = "claim"


class FigureOut(ResponseModel):
    """A target of the duty beside what was reported for it: it is met when `value comparator threshold` holds.

    No case at all (`cases` is 0) meets it as well; that it was waived does not.
    """

    target: str
    metric: str
    comparator: str
    threshold: Number
    unit: str
    direction: str | None
    value: Number | None
    cases: int | None
    met: bool


class EarlierReport(ResponseModel):
    """What an owner last reported, with its words and figures."""

    update: UUID
    state: ClaimState
    percent: int | None
    summary: str
    late_reason: str | None
    measurements: list[FigureOut]
    received_at: Instant


class ClaimBefore(ResponseModel):
    """What the same owner reported for the same duty in the cycle before; nothing when it reported nothing there."""

    obligation: UUID
    cycle: str
    report: EarlierReport | None


class WholeClaim(ClaimOut):
    """What the owner last reported that no return has voided, with all that a reviewer needs.

    `evidence` is what stands on the obligation, whosever it is, as far as the caller may read it.  There is no `before`
    when the duty was not asked of this owner in an earlier cycle.
    """

    update: UUID
    summary: str
    occurred_on: date | None
    late_reason: str | None
    document_number: str | None
    measurements: list[FigureOut]
    evidence: list[EvidenceOut]
    before: ClaimBefore | None


class ReviewableObligation(ObligationOut):
    """An obligation, with a claim as a reviewer needs it; one whose words the caller may not read is told in short."""

    claim: WholeClaim | ClaimOut | None


class ReviewableList(ResponseModel):
    """A page of obligations with their claims, all as of the same instant."""

    as_of: Instant
    items: list[ReviewableObligation]
    next_cursor: str | None
