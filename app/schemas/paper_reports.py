"""Paper reports on the wire: one paper on which a body reports on many duties."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.domain.access import Classification
from app.domain.completion import Status
from app.schemas.annulments import AnnulledRef, AnnulmentOut
from app.schemas.base import (
    Code,
    Day,
    DocumentNumber,
    Instant,
    Name,
    Narrative,
    NotPersonal,
    Reopening,
    RequestModel,
    ResponseModel,
    Wrong,
)
from app.schemas.evidence import ContentOut
from app.schemas.obligations import ObligationOut
from app.schemas.plans import BodyName
from app.schemas.updates import ProgressIn, UpdateOut

MAX_LINES = 500


class PaperItemIn(ProgressIn):
    """What a paper says of one obligation: the one that it names, or that of a cycle, a duty and an owner.

    The owner is the body whose paper it is, unless another one is named.
    """

    obligation: UUID | None = None
    cycle: Code | None = None
    duty: Code | None = None
    owner: Code | None = None

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        needed, given = (self.cycle, self.duty), (self.cycle, self.duty, self.owner)
        if any(given) if self.obligation else not all(needed):
            raise Wrong("must name its obligation by obligation, or by cycle and duty")
        return self


class PaperReportIn(RequestModel):
    """One paper of a body: its number, its days, and what it says of each obligation.

    It counts as received at the end of the day on which it came in.  Where a cycle was closed after that, `reopened_by`
    names the letter that reopens it.
    """

    plan: Code
    body: Code
    number: DocumentNumber
    issued_on: Day
    issuer: Name | None = None
    received_on: Day
    classification: Classification
    reopened_by: Reopening = None
    items: Annotated[list[PaperItemIn], Field(min_length=1, max_length=MAX_LINES)]


class PaperReportOut(ResponseModel):
    """A paper as it is registered; `content` is null until its scan is there."""

    id: UUID
    plan: str
    body: BodyName
    number: str
    issued_on: Day
    received_on: Day
    classification: Classification
    content: ContentOut | None
    annulled: AnnulledRef | None
    client: UUID
    received_at: Instant
    recorded_at: Instant


class EnteredLine(ResponseModel):
    """What was recorded of one obligation: its update, where it stood before, and where it stands now.

    There is no obligation when it is owed no more.
    """

    update: UpdateOut | None
    status_before: Status | None
    obligation: ObligationOut | None


class PaperWarning(ResponseModel):
    """What is to be known of a paper that was taken: it was entered after the day by which it should have been."""

    kind: Literal["entered-late"]
    detail: str
    until_on: Day


class PaperReportEntered(ResponseModel):
    """The paper, and what was recorded of each obligation, in order; what was only tried is shown without an id."""

    paper_report: PaperReportOut | None
    items: list[EnteredLine]
    warnings: list[PaperWarning]


class PaperLine(ResponseModel):
    """What a paper says of one obligation, whether that counts, and where the obligation stands now."""

    update: UpdateOut
    counts: bool
    obligation: ObligationOut | None


class PaperReportWhole(ResponseModel):
    """A paper, and all that it says."""

    paper_report: PaperReportOut
    items: list[PaperLine]


class PaperAnnulmentIn(NotPersonal):
    """Takes back a whole paper or, with `items`, the updates of some of its lines; or, by `act`, an annulment of it."""

    reason: Narrative
    items: Annotated[list[UUID], Field(min_length=1, max_length=MAX_LINES)] | None = None
    act: UUID | None = None
    reopened_by: Reopening = None

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        if self.items is not None and self.act is not None:
            raise Wrong("must name items, or an act, or neither")
        if self.items is not None and len(set(self.items)) < len(self.items):
            raise Wrong("items must name each line once")
        return self


class PaperAnnulled(PaperReportWhole):
    """The annulment of the whole paper, or one for each line, how it stands now, and which others stand otherwise."""

    annulments: list[AnnulmentOut]
    also: list[UUID]
