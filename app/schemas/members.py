"""Members of open classes and partners that the plan leaves open, on the wire."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.schemas.annulments import AnnulmentOut
from app.schemas.base import (
    Day,
    DeadlineDay,
    DocumentNumber,
    Instant,
    Name,
    Narrative,
    NotPersonal,
    RequestModel,
    ResponseModel,
)
from app.schemas.plans import BodyName
from app.schemas.successions import BodyCode


class LetterIn(RequestModel):
    """The letter by which something was decided, and why; one that says no day was decided today."""

    document_number: DocumentNumber | None = None
    decided_on: Day | None = None
    reason: Narrative


class MemberIn(LetterIn):
    """Makes a body a member of an open class from a day on: one of the plan, or a new one, which needs a name."""

    code: BodyCode
    name: Name | None = None
    from_on: DeadlineDay


class MemberEndingIn(LetterIn):
    """Ends a membership: `until_on` is its last day."""

    until_on: Annotated[DeadlineDay, Field(description="The last day on which the body is a member.")]


class LetterOut(ResponseModel):
    """The letter by which something was decided, and who recorded it."""

    document_number: str | None
    decided_on: date
    reason: str
    client: UUID
    received_at: Instant
    recorded_at: Instant


class MemberEndingOut(LetterOut):
    """What ended a membership."""

    id: UUID
    until_on: date


class MembershipOut(LetterOut):
    """A body is a member of an open class, from a day on and, once it has ended, until a day."""

    id: UUID
    plan: str
    body: BodyName
    member: BodyName
    from_on: date
    ending: MemberEndingOut | None


class MembershipAnnulmentIn(NotPersonal):
    """Takes back a membership, its ending or an annulment of one, by its id: it should never have been recorded."""

    act: UUID
    reason: Narrative


class MembershipAnnulled(ResponseModel):
    """The annulment, and the last membership that counts now; null when none does."""

    annulment: AnnulmentOut
    membership: MembershipOut | None


class PartnerIn(LetterIn):
    """Names a partner of a duty where the plan leaves open who is: a body of the plan, or a new one with a name."""

    code: BodyCode
    name: Name | None = None


class PartnerNamed(LetterOut):
    """A partner of a duty that a coordinator has named."""

    id: UUID
    plan: str
    duty: str
    body: BodyName
