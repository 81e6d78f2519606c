"""Cycles of their own kind: an ad hoc report, one of six months, ordered by a letter."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.commands import letters
from app.database.statements import Row
from app.domain.basis import ordered
from app.domain.calendar import CycleTerms, start_of
from app.domain.errors import (
    CycleCodeReserved,
    DeadlineNotAfter,
    DutyNotEveryCycle,
    DutyUnknown,
    Fault,
    PeriodImpossible,
)
from app.models.duty import Recurrence
from app.schemas.cycles import CycleIn
from app.schemas.seed import CycleRules


def terms_of(plan: Row, sent: CycleIn, duties: Sequence[Row], now: datetime) -> CycleTerms:
    """Return a cycle as a letter orders it; `duties` are those of the plan.

    Raises:
        CycleCodeReserved: its code belongs to a cycle of the plan.
        LetterDateImpossible, LetterNumberNeeded, DeadlineNotAfter: see `letters`; it is due after today.
        PeriodImpossible: its days do not follow each other.
        DutyUnknown, DutyNotEveryCycle: it asks for what no such cycle can ask for.
    """
    zone, code = ZoneInfo(plan["time_zone"]), sent.code
    if CycleRules.model_validate(plan["cycle_rules"]).reserves(code):
        raise CycleCodeReserved(None, Fault("/code", "belongs to a cycle of the plan itself"))
    number = sent.document_number
    letter = letters.dated(sent.decided_on, number, issued_on=plan["issued_on"], zone=zone, now=now)
    starts_on, ends_on, due_before_on = _days(sent)
    if due_before_on <= letter.today:
        raise DeadlineNotAfter(None, Fault("/due_before_on", "must come after today"))
    _refuse_duties(sent.duties or (), duties)
    basis = ordered(number, letter.decided_on)
    return CycleTerms(
        code=code,
        annual=False,
        starts_on=starts_on,
        ends_on=ends_on,
        due_before=start_of(due_before_on, zone),
        basis=basis.en,
        basis_vi=basis.vi,
        confirmed=True,
        title_vi=sent.title_vi,
        title_en=sent.title_en,
        document_number=number,
        decided_on=letter.decided_on,
        duties=list(sent.duties) if sent.duties else None,
    )


def _days(sent: CycleIn) -> tuple[date, date, date]:
    days = sent.starts_on, sent.ends_on, sent.due_before_on
    starts_on, ends_on, due_before_on = (day for day in days if day)  # The request has them all.
    if ends_on < starts_on:
        raise PeriodImpossible(None, Fault("/ends_on", "must not come before the first day of the period"))
    if due_before_on <= starts_on:
        raise PeriodImpossible(None, Fault("/due_before_on", "must come after the first day of the period"))
    return starts_on, ends_on, due_before_on


def _refuse_duties(codes: Sequence[str], duties: Sequence[Row]) -> None:
    recurrence = {duty["code"]: duty["recurrence"] for duty in duties}
    if unknown := [n for n, code in enumerate(codes) if code not in recurrence]:
        raise DutyUnknown(None, *(Fault(f"/duties/{n}", "is no duty of this plan") for n in unknown))
    if others := [n for n, code in enumerate(codes) if recurrence[code] != Recurrence.EVERY_CYCLE]:
        raise DutyNotEveryCycle(None, *(Fault(f"/duties/{n}", "is not owed in every cycle") for n in others))
