"""How wire shapes are spelled: requests forbid what they do not know, responses promise every field.

What writes an answer is built when the first one is written: a start need not wait for all of them.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from app.domain.calendar import FIRST_YEAR, LAST_YEAR
from app.domain.completion import Judgement, Status
from app.domain.documents import MAX_LENGTH, canonical_number
from app.domain.errors import PersonalDataFound, SecrecyMarkFound
from app.domain.personal_data import ALL, IN_REFERENCES, Kind, objections
from app.domain.personal_data.patterns import has_digits
from app.domain.text import first_invisible, is_storable
from app.domain.totals import Judged, Totals, owed
from app.domain.words import Words

DATE = r"\d{4}-\d\d-\d\d"


class RequestModel(BaseModel):
    """What a caller sends: nothing unknown, nothing converted silently."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class ResponseModel(BaseModel):
    """What a caller gets: every field, always."""

    model_config = ConfigDict(frozen=True, from_attributes=True, defer_build=True)

    def repeatable(self) -> "ResponseModel":
        """Return what is answered to a repeated request: all but what is shown once and kept nowhere."""
        return self


class TextOut(ResponseModel):
    """A sentence in Vietnamese and in English."""

    vi: str
    en: str

    @classmethod
    def of(cls, text: Words) -> "TextOut":
        """Show a text."""
        return cls(vi=text.vi, en=text.en)


class Wrong(ValueError):
    """One sentence about a value: what it must be.  It is shown to callers, so it never holds the value."""


def _storable(text: str) -> str:
    if not is_storable(text):
        raise Wrong("must hold no NUL character and no lone surrogate")
    if (place := first_invisible(text)) is not None:
        raise Wrong(f"must hold no character that is invisible or turns the text around (character {place + 1})")
    return text


def guard(text: str, *, kinds: Collection[Kind] = ALL, not_personal: bool = False) -> str:
    """Refuse text that holds personal data or a mark of secrecy; say which kind and where, never the text."""
    found = objections(text, kinds=kinds, not_personal=not_personal)
    if not found:
        return text
    secret = any(finding.kind is Kind.SECRECY_MARK for finding in found)
    refusal = SecrecyMarkFound if secret else PersonalDataFound
    raise PydanticCustomError(refusal.slug(), "; ".join(map(str, found[:5])))


def guard_reference(text: str) -> str:
    """Refuse a name that a machine gives when it names a person; other numbers are the machine's own."""
    return guard(text, kinds=IN_REFERENCES)


def _words(text: str, info: ValidationInfo) -> str:
    if not text.strip():
        raise Wrong("must not be blank")
    return guard(text, not_personal=info.data.get("not_personal") is True)


def _reason(text: str | None) -> str | None:
    if text is not None and not _storable(text).strip():
        raise Wrong("must not be blank")
    return text and guard(text)


def _code(text: str) -> str:
    return guard(text, kinds=IN_REFERENCES - {Kind.CHILD_NAME}) if has_digits(text) else text


def _canonical(number: str) -> str:
    canonical = canonical_number(number)
    if canonical is None:
        raise Wrong("must be a document number such as 115/KH-UBND, 04/2021/QĐ-UBND or 80-NQ/TW")
    return canonical


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise Wrong("must say its offset from UTC, such as Z or +07:00")
    _within_calendar(instant.date())
    return instant.astimezone(UTC)


def _within_calendar(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Wrong("must lie between the years 1900 and 2200")
    return day


def _written(form: str, example: str) -> BeforeValidator:
    """Refuse numbers where a date or an instant is asked for: 2021 would be read as seconds after 1970."""
    pattern = re.compile(form, re.ASCII)

    def check(value: Any) -> Any:
        if isinstance(value, date) or (isinstance(value, str) and pattern.match(value)):
            return value
        raise Wrong(f"must be {example}")

    return BeforeValidator(check)


Storable = Annotated[str, AfterValidator(_storable)]
Narrative = Annotated[Storable, StringConstraints(min_length=1, max_length=10_000), AfterValidator(_words)]
"""Free text, kept exactly as sent.  Whatever people write is guarded by `_words`; a test looks at every field."""
Title = Annotated[Storable, StringConstraints(min_length=1, max_length=500), AfterValidator(_words)]
Name = Annotated[Storable, StringConstraints(min_length=1, max_length=300), AfterValidator(_words)]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,79}$"), AfterValidator(_code)]
"""A slug or code of a plan, body, duty, cycle or target."""
Reference = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,200}$"), AfterValidator(guard_reference)]
"""A client's own name for something: visible ASCII."""
DocumentNumber = Annotated[str, StringConstraints(min_length=1, max_length=MAX_LENGTH), AfterValidator(_canonical)]
"""A document's number in the forms of the State or the Party, in one spelling."""
Reopening = DocumentNumber | None
"""The number of the letter that reopens the figures of a closed cycle: needed for an act that touches them."""
Number = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]
"""An exact figure inside, a JSON number outside."""
Day = Annotated[date, _written(rf"{DATE}\Z", "a calendar date such as 2021-06-14")]
"""A calendar date in the plan's time zone."""
DeadlineDay = Annotated[Day, AfterValidator(_within_calendar)]
"""A day before which something is due: it is itself the first day that is late."""
Instant = Annotated[
    datetime, _written(f"{DATE}[Tt ]", "an RFC 3339 instant such as 2021-06-14T17:00:00Z"), AfterValidator(_aware)
]
"""An RFC 3339 instant; answers are in UTC with `Z`."""


class NotPersonal(RequestModel):
    """Lets a coordinator who is sure pass what looks like a child's name; a number never passes.

    A field is looked through when it is read, so these two stand before every field that they speak for.
    """

    not_personal: Annotated[
        bool, Field(strict=True, description="A coordinator is sure that no name in these words is a child's.")
    ] = False
    not_personal_reason: Annotated[
        str | None,
        Field(min_length=1, max_length=500, description="Why; it stays with the act, and goes with `not_personal`."),
        AfterValidator(_reason),
    ] = None

    @model_validator(mode="after")
    def _with_a_reason(self) -> Self:
        if self.not_personal != (self.not_personal_reason is not None):
            raise Wrong("not_personal and not_personal_reason go together")
        return self


class TotalsOut(ResponseModel):
    """How many obligations stand at each status; the seven sum to `owed`."""

    owed: int
    not_applicable: int
    completed_on_time: int
    completed_late: int
    overdue: int
    awaited: int
    in_progress: int
    not_started: int

    @classmethod
    def of(cls, totals: Totals) -> "TotalsOut":
        """Spell totals out."""
        return cls(owed=owed(totals), **{status.value: totals[status] for status in Status})

    def counted(self) -> Totals:
        """Return them as they are counted."""
        return Counter({status: getattr(self, status.value) for status in Status})

    @classmethod
    def adding(cls, parts: "Iterable[TotalsOut]") -> "TotalsOut":
        """Add totals up."""
        every = list(parts)
        return cls(**{name: sum(getattr(one, name) for one in every) for name in cls.model_fields})


class JudgedOut(ResponseModel):
    """How many obligations are judged how, beside the owner's word; the six sum to what is owed."""

    silent: int
    in_work: int
    awaiting_review: int
    accepted: int
    accepted_with_waiver: int
    returned: int

    @classmethod
    def of(cls, judged: Judged) -> "JudgedOut":
        """Spell them out."""
        return cls(**{judgement.value: judged[judgement] for judgement in Judgement})
