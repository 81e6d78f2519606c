"""What the files of a plan's seed hold.  `commands/seeds/reader.py` reads them and checks what they say together."""

import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from app.domain import words
from app.domain.calendar import LAST_YEAR, AnnualRule, CycleTerms, start_of
from app.domain.completion import DutyKind, Force
from app.models.duty import ConditionScope
from app.models.succession import SuccessionKind
from app.schemas.report_rules import ReportRules
from app.schemas.seed_words import DutyCode, Line, Slug, Words

CycleCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}(-[0-9]{2}-[0-9]{2})?$")]
DayOfYear = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}-[0-9]{2}$")]
_YEAR = re.compile(r"[1-9][0-9]{3}\Z")


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("is no IANA time zone")
    return name


class SeedModel(BaseModel):
    """A part of a seed: nothing unknown, nothing converted silently."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class LegalBasis(SeedModel):
    """An act that the plan rests on."""

    number: Words
    title_vi: Words
    source_line: Line | None = None


class PlanSeed(SeedModel):
    """The plan itself."""

    slug: Slug
    number: Words
    title_vi: Words
    title_en: Words
    issuer: Words
    issued_on: date
    time_zone: Annotated[str, AfterValidator(_known_zone)]
    legal_bases: list[LegalBasis] = []
    max_extensions: int = Field(default=1, ge=0, le=100)


class FixedCycle(SeedModel):
    """A cycle with fixed days; `due_before_on` is the first day that is late."""

    code: CycleCode
    starts_on: date
    ends_on: date
    due_before_on: date
    basis: Words
    basis_vi: Words | None = None
    confirmed: bool

    def terms(self, zone: ZoneInfo) -> CycleTerms:
        """Return the cycle, its deadline as an instant."""
        return CycleTerms(
            code=self.code,
            annual=False,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            due_before=start_of(self.due_before_on, zone),
            basis=self.basis,
            basis_vi=self.basis_vi or self.basis,
            confirmed=self.confirmed,
        )


class AnnualCycles(SeedModel):
    """How annual cycles run; see domain.calendar.AnnualRule."""

    first_year: int = Field(ge=1975, le=LAST_YEAR)
    first_starts_on: date
    period_starts: DayOfYear
    period_ends: DayOfYear
    due_after_working_days: int = Field(ge=0, le=60)
    basis: Words
    basis_vi: Words | None = None
    confirmed: bool

    @model_validator(mode="after")
    def _days_exist(self) -> Self:
        for day in (self.period_starts, self.period_ends):
            date.fromisoformat(f"2021-{day}")
        return self

    def rule(self) -> AnnualRule:
        """Return the rule that works the cycles out."""
        return AnnualRule(
            first_year=self.first_year,
            first_starts_on=self.first_starts_on,
            period_starts=_month_and_day(self.period_starts),
            period_ends=_month_and_day(self.period_ends),
            due_after_working_days=self.due_after_working_days,
            basis=words.Words(self.basis_vi or self.basis, self.basis),
            confirmed=self.confirmed,
        )


def _month_and_day(day: DayOfYear) -> tuple[int, int]:
    return int(day[:2]), int(day[3:])


class CycleRules(SeedModel):
    """Which cycles a plan has; kept with the plan, so that a cycle can be opened by its code alone."""

    fixed: list[FixedCycle] = []
    annual: AnnualCycles | None = None

    def terms(self, code: str, holidays: Collection[date], zone: ZoneInfo) -> CycleTerms | None:
        """Work out a cycle by its code; none when the plan has no such cycle."""
        for cycle in self.fixed:
            if cycle.code == code:
                return cycle.terms(zone)
        if self.annual and _YEAR.match(code):
            return self.annual.rule().terms(int(code), holidays, zone)
        return None

    def starts(self, today: date) -> dict[str, date]:
        """Name the cycles that should be open by a day, each with the first day of its period."""
        found = {cycle.code: cycle.starts_on for cycle in self.fixed}
        if self.annual:
            rule = self.annual.rule()
            found |= {str(year): rule.starts_on(year) for year in range(rule.first_year, rule.year_of(today) + 1)}
        return {code: day for code, day in found.items() if day <= today}

    def next_start(self, today: date) -> date | None:
        """Return the first day of the next period that begins after a day."""
        rule = self.annual.rule() if self.annual else None
        following = [rule.starts_on(max(rule.year_of(today) + 1, rule.first_year))] if rule else []
        return min((day for day in (*(one.starts_on for one in self.fixed), *following) if day > today), default=None)

    def reserves(self, code: str) -> bool:
        """Say whether a code belongs to a cycle of the plan itself, also of a year for which it has none."""
        return bool(_YEAR.match(code)) or any(cycle.code == code for cycle in self.fixed)

    def codes_until(self, today: date) -> set[str]:
        """Name the fixed cycles, and the annual ones up to the one that today falls in."""
        fixed = {cycle.code for cycle in self.fixed}
        if not self.annual:
            return fixed
        rule = self.annual.rule()
        return fixed | {str(year) for year in range(rule.first_year, rule.year_of(today) + 1)}


class PlanFile(SeedModel):
    """`plan.yaml`."""

    plan: PlanSeed
    cycles: list[FixedCycle] = []
    annual_cycles: AnnualCycles | None = None

    @property
    def cycle_rules(self) -> CycleRules:
        """The plan's cycles in one piece."""
        return CycleRules(fixed=self.cycles, annual=self.annual_cycles)


class Member(SeedModel):
    """A member of a group body."""

    code: Slug
    name: Words


class BodySeed(SeedModel):
    """A numbered body."""

    no: int = Field(ge=1)
    code: Slug
    name: Words
    heading: Words
    force: Force
    source_line: Line
    open_class: bool = False
    others: bool = False
    note: str | None = None
    members: list[Member] = []


class BodiesFile(SeedModel):
    """`bodies.yaml`."""

    bodies: list[BodySeed]


class Partner(SeedModel):
    """A partner: a body of the plan, or the words that the plan uses and the bodies that they mean.

    Words that mean nobody of the plan, or not only them (`open`), leave it to the coordinator to say who.
    """

    body: Slug | None = None
    named_as: Words | None = None
    bodies: list[Slug] = []
    open: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.body is None) == (self.named_as is None):
            raise ValueError("needs either `body` or `named_as`")
        if self.body and (self.bodies or self.open):
            raise ValueError("names one body, and leaves nothing open")
        return self

    @property
    def named(self) -> list[str | None]:
        """The bodies, or none of them when the words mean nobody."""
        return [self.body] if self.body else [*self.bodies] or [None]


class Condition(SeedModel):
    """What must happen before the duty, or a clause of it, is owed."""

    type: Words
    scope: ConditionScope
    marker: Words


class Basis(SeedModel):
    """What the duty rests on."""

    type: Words
    marker: Words


class TargetSeed(SeedModel):
    """A figure that the duty must reach."""

    code: Words
    metric: Words
    comparator: Literal["=", ">", ">=", "<", "<="]
    value: Decimal
    unit: Words
    direction: Words | None = None
    marker: Words | None = None
    aim: list[Decimal] | None = None


class DutySeed(SeedModel):
    """One sentence of the plan."""

    code: DutyCode
    body: Slug | None = None
    title_vi: Words
    title_en: Words
    text: Annotated[str, StringConstraints(min_length=1)]
    source_line: Line
    kind: DutyKind
    recurrence: Annotated[str, StringConstraints(pattern=r"^(every_cycle|annual|once|cycle:[0-9-]+)$")]
    force: Force
    owners: Annotated[list[Slug], Field(min_length=1)]
    requested_owners: list[Slug] = []
    lead: bool = False
    due_after_others_days: Annotated[int, Field(ge=1, le=60)] | None = None
    partners: list[Partner] = []
    condition: Condition | None = None
    basis: Basis | None = None
    mirrors: list[DutyCode] = []
    targets: list[TargetSeed] = []
    note: str | None = None


class DutiesFile(SeedModel):
    """`duties.yaml`."""

    duties: list[DutySeed]


class HolidaySeed(SeedModel):
    """A day that is no working day."""

    on: date
    name: Words


class CalendarFile(SeedModel):
    """`calendar.yaml`."""

    holidays: list[HolidaySeed] = []


class SuccessorSeed(SeedModel):
    """The body that takes over; `name` is for one that the plan does not have."""

    code: Slug
    name: Words | None = None


class ActSeed(SeedModel):
    """The legal act by which a body is succeeded."""

    title: Words
    number: Words | None = None
    issued_on: date | None = None


class SuccessionSeed(SeedModel):
    """A succession, proposed."""

    predecessor: Slug
    successor: SuccessorSeed | None = None
    kind: SuccessionKind
    duties: Annotated[list[DutyCode], Field(min_length=1)] | None = None
    effective_on: date
    act: ActSeed
    note: Words | None = None


class SuccessionsFile(SeedModel):
    """`successions.yaml`, which a plan need not have."""

    successions: list[SuccessionSeed] = []


class Seed(SeedModel):
    """A whole plan, as its files say."""

    plan: PlanFile
    bodies: list[BodySeed]
    duties: list[DutySeed]
    holidays: list[HolidaySeed]
    successions: list[SuccessionSeed] = []
    reports: ReportRules = ReportRules()
    source: list[str]
