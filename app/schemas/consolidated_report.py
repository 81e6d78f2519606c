"""The consolidated report: what the standing body tells its superiors of one cycle, as data.

A paper is made of it and of nothing else (`app/reports/`), so that both say the same.  What people wrote comes as a
`Quote`: as they wrote it, or not at all when it looks like personal data.
"""

from uuid import UUID

from app.domain.acts import ActKind
from app.domain.completion import Force, Status
from app.schemas.base import Day, Instant, Number, ResponseModel
from app.schemas.letterheads import LetterheadOut
from app.schemas.status import BodyLine, DutyLine, FiguresOut, MemberRef


class Quote(ResponseModel):
    """What somebody wrote, word for word; null where it was left out, since it may hold personal data."""

    words: str | None


class ReportedPlan(ResponseModel):
    """The plan that a report is about."""

    slug: str
    number: str
    title_vi: str
    issuer: str
    issued_on: Day


class ReportedCycle(ResponseModel):
    """The cycle that a report is about; `title_vi` is that of a cycle of its own kind."""

    code: str
    annual: bool
    title_vi: str | None
    starts_on: Day
    ends_on: Day
    due_before: Instant
    closed_at: Instant | None


class SplitFigures(FiguresOut):
    """What the status document counts of some obligations, and apart: what the plan orders, and what it asks for."""

    directed: FiguresOut
    requested: FiguresOut


class MemberFigures(SplitFigures, MemberRef):
    """The figures of one body by itself: a member of a group, or whoever answers for its obligations."""


class BodyFigures(SplitFigures, BodyLine):
    """The figures of a numbered body, or of one that came after the plan; a group's are the sum over its members."""

    members: list[MemberFigures]


class DutyFigures(SplitFigures, DutyLine):
    """The figures of a duty over all who owe it."""

    group: int | None


class GroupFigures(SplitFigures):
    """The figures of one of the plan's groups of tasks; without a number, of the duties that belong to none."""

    no: int | None
    title: str | None
    duties: int


class Owed(ResponseModel):
    """One obligation by what names it; `inherited_from` is the body for which it was opened."""

    id: UUID
    duty: str
    title_vi: str
    owner: str
    owner_name: str
    inherited_from: str | None
    force: Force
    status: Status


class OpenObligation(Owed):
    """An obligation that is not complete; `days` counts from its last day on time, 0 until then."""

    due_before: Instant
    last_day_on_time: Day
    days: int
    percent: int | None
    silent: bool


class QuoteOn(Owed):
    """What an owner wrote of one obligation."""

    quote: Quote


class Measured(ResponseModel):
    """A figure as it was reported: a value, or that no case arose (`cases` is 0)."""

    value: Number | None
    cases: int | None


class TargetFigure(Owed):
    """One target of one owner: what the plan asks, what is claimed in this cycle, and what was in the cycle before.

    `met` is null while nothing is claimed; a figure that was accepted though it does not meet the target is `waived`.
    """

    target: str
    metric: str
    comparator: str
    value: Number
    unit: str
    aim: list[Number] | None
    measured: Measured | None
    before: Measured | None
    met: bool | None
    waived: bool


class CitedDocument(ResponseModel):
    """A document that is named as evidence, public or internal, with the duty that it proves and who named it."""

    duty: str
    cycle: str
    body: str
    body_name: str
    number: str
    issued_on: Day
    issuer: Quote | None
    title: Quote


class LetterOnDeadline(ResponseModel):
    """A letter that moved a deadline: of one obligation, or of the whole cycle when it names none."""

    owed: Owed | None
    due_before: Instant
    document_number: str | None
    decided_on: Day
    reason: Quote


class Waiver(Owed):
    """What an acceptance let pass although it was missing, by whom and why."""

    waives: list[str]
    by: str
    accepted_at: Instant
    reason: Quote


class AnnulledInCycle(ResponseModel):
    """An act that was taken back, by whom, when and why; without an obligation it was one on the cycle."""

    owed: Owed | None
    kind: ActKind
    by: str
    recorded_at: Instant
    reason: Quote


class SilentBody(ResponseModel):
    """A body of which no update counts in the whole cycle, and how much it owes there."""

    code: str
    name: str
    owed: int


class ConsolidatedReport(SplitFigures):
    """The consolidated report of one cycle, as of an instant and as it had been recorded by `known_at`.

    With `sealed` both are those of the closing, and the figures are the sealed ones.  `digest` is the SHA-256 of the
    canonical JSON (RFC 8785) of all the rest: the same state gives the same digest everywhere.
    """

    plan: ReportedPlan
    cycle: ReportedCycle
    as_of: Instant
    known_at: Instant
    sealed: bool
    before: str | None
    """The cycle that figures are compared with."""
    letterhead: LetterheadOut
    groups: list[GroupFigures]
    bodies: list[BodyFigures]
    owners: list[MemberFigures]
    duties: list[DutyFigures]
    guidance: SplitFigures
    guidance_documents: list[CitedDocument]
    funding: SplitFigures
    funding_quotes: list[QuoteOn]
    targets: list[TargetFigure]
    late_reasons: list[QuoteOn]
    open: list[OpenObligation]
    proposals: list[QuoteOn]
    letters: list[LetterOnDeadline]
    silent_bodies: list[SilentBody]
    documents: list[CitedDocument]
    waivers: list[Waiver]
    annulments: list[AnnulledInCycle]
    digest: str
