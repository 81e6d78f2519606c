"""The table for leaders: where one cycle stands, on one page, as data."""

from app.schemas.base import Day, Instant, ResponseModel, TotalsOut
from app.schemas.consolidated_report import ReportedCycle, ReportedPlan, SilentBody
from app.schemas.letterheads import LetterheadOut
from app.schemas.status import BodyLine


class LeadersLine(ResponseModel):
    """What is counted, and how much more of it is complete, or overdue, than by the last table."""

    totals: TotalsOut
    completed_change: int
    overdue_change: int


class LeadersBody(LeadersLine, BodyLine):
    """A numbered body, or one that came after the plan; a group's figures are the sum over its members."""


class LateBody(ResponseModel):
    """A body with how much of what it owes is overdue, and for how many days at most."""

    code: str
    name: str
    overdue: int
    days: int


class DueBody(ResponseModel):
    """A body with how much of what it owes is due within 15 days and open, and the last day on time of the first."""

    code: str
    name: str
    due: int
    last_day_on_time: Day


class LeadersTable(ResponseModel):
    """Where one cycle stands, body by body, beside how it stood `since`: by what was known then.

    `most_overdue` begins with the body of which most is overdue, `due_soon` with the one that is due first, `silent` is
    in the plan's order; what the plan can only ask for is in no list of what is overdue.
    """

    plan: ReportedPlan
    cycle: ReportedCycle
    as_of: Instant
    known_at: Instant
    since: Instant
    letterhead: LetterheadOut
    bodies: list[LeadersBody]
    whole: LeadersLine
    most_overdue: list[LateBody]
    silent: list[SilentBody]
    due_soon: list[DueBody]
