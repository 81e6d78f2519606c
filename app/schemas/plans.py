"""Plans, bodies, duties and cycles on the wire."""

from datetime import date

from app.domain.completion import DutyKind, Force
from app.models.duty import ConditionScope
from app.schemas.base import Number, ResponseModel
from app.schemas.cycles import CycleOut


class LegalBasisOut(ResponseModel):
    """An act that the plan rests on, and the line of the plan that names it."""

    number: str
    title_vi: str
    source_line: int | None


class CountsOut(ResponseModel):
    """How much a plan holds."""

    bodies: int
    members: int
    duties: int
    owners: int
    obligations: int


class PlanSummary(ResponseModel):
    """A plan in a list."""

    slug: str
    number: str
    title_vi: str
    title_en: str
    issuer: str
    issued_on: date
    time_zone: str


class PlanOut(PlanSummary):
    """A plan with its counts, cycles and legal bases."""

    legal_bases: list[LegalBasisOut]
    counts: CountsOut
    cycles: list[CycleOut]


class BodyRef(ResponseModel):
    """A body by number and code; members have no number."""

    no: int | None
    code: str


class BodyName(ResponseModel):
    """A body by code and name."""

    code: str
    name: str


class MemberOut(BodyName):
    """A member of a group, and its days in it: null when it was there from the beginning, or still is.

    A letter made it a member `from_on` a day, `until_on` its last one.
    """

    joined_on: date | None
    succeeded_on: date | None
    from_on: date | None
    until_on: date | None


class BodyOut(ResponseModel):
    """A body; a numbered one names its members, a member names its group.

    `joined_on` is the day on which it came, for a body that the plan does not name; `succeeded_on` the first day on
    which others owe all that it owed.
    """

    no: int | None
    code: str
    name: str
    heading: str | None
    force: Force
    open_class: bool
    group: BodyRef | None
    members: list[MemberOut]
    duty_count: int
    source_line: int | None
    note: str | None
    joined_on: date | None
    succeeded_on: date | None


class OwnerOut(BodyName):
    """An owner of a duty, directed or requested."""

    force: Force


class PartnerOut(ResponseModel):
    """A partner: a body, the words that the plan names it with, or both.

    Where the words name nobody, or not all (`open`), a coordinator says who; those whom one has named stand without.
    """

    body: BodyName | None
    named_as: str | None
    open: bool


class ConditionOut(ResponseModel):
    """What must happen first; only a `whole` one allows the claim `not_applicable`."""

    type: str
    scope: ConditionScope
    marker: str


class BasisOut(ResponseModel):
    """What the duty rests on."""

    type: str
    marker: str


class TargetOut(ResponseModel):
    """A figure to reach: a measurement meets it when `measured comparator value` holds."""

    code: str
    metric: str
    comparator: str
    value: Number
    unit: str
    direction: str | None
    marker: str | None
    aim: list[Number] | None


class DutyOut(ResponseModel):
    """A duty with its verbatim text and all that the plan says of it."""

    code: str
    body: BodyRef | None
    title_vi: str
    title_en: str
    text: str
    source_line: int
    kind: DutyKind
    force: Force
    recurrence: str
    lead: bool
    owners: list[OwnerOut]
    partners: list[PartnerOut]
    condition: ConditionOut | None
    basis: BasisOut | None
    targets: list[TargetOut]
    mirrors: list[str]
    note: str | None


class PlanList(ResponseModel):
    """Plans by slug."""

    items: list[PlanSummary]


class BodyList(ResponseModel):
    """Bodies in the plan's order."""

    items: list[BodyOut]


class DutyList(ResponseModel):
    """Duties in the plan's order."""

    items: list[DutyOut]
