"""Contributions of partners on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.schemas.base import Instant, Narrative, RequestModel, ResponseModel
from app.schemas.evidence import AttachedIn, EvidenceOut
from app.schemas.obligations import ObligationOut


class ContributionIn(RequestModel):
    """A partner's note on an obligation that it coordinates."""

    note: Narrative
    evidence: Annotated[tuple[AttachedIn, ...], Field(max_length=20)] = ()


class ContributionOut(ResponseModel):
    """One note, exactly as received; in a list its evidence stands beside it."""

    id: UUID
    obligation: UUID
    body: str
    note: str
    evidence: list[EvidenceOut]
    client: UUID
    received_at: Instant
    recorded_at: Instant


class Contributed(ResponseModel):
    """The contribution that was recorded, and where its obligation stands now: the claim is what it was."""

    contribution: ContributionOut
    obligation: ObligationOut
