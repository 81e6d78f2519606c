"""What owners report, on the wire."""

from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from app.domain.completion import ClaimState
from app.schemas.base import (
    Code,
    Day,
    DocumentNumber,
    Instant,
    Narrative,
    NotPersonal,
    Number,
    Reopening,
    RequestModel,
    ResponseModel,
    Wrong,
)
from app.schemas.evidence import AttachedIn, EvidenceOut
from app.schemas.obligations import ObligationOut


def _a_number(value: Any) -> Any:
    """Refuse a figure in text: it would be converted silently."""
    if isinstance(value, str):
        raise Wrong("must be a number")
    return value


Percent = Annotated[int, Field(strict=True, ge=0, le=100)]
Figure = Annotated[
    Decimal,
    Field(max_digits=18, decimal_places=6, allow_inf_nan=False),
    BeforeValidator(_a_number),
    WithJsonSchema({"type": "number"}),
]


class MeasurementIn(RequestModel):
    """The figure for one target of the duty, or that there was no case of which a share could be taken."""

    target: Code
    value: Figure | None = None
    cases: Annotated[Literal[0] | None, Field(description="0: there was no case, which meets a share.")] = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.value is None) == (self.cases is None):
            raise Wrong("must say either a value or that there were 0 cases")
        return self


class ProgressIn(NotPersonal):
    """What an owner says of one obligation."""

    state: ClaimState
    percent: Percent | None = None
    summary: Narrative
    occurred_on: Day | None = None
    measurements: Annotated[tuple[MeasurementIn, ...], Field(max_length=50)] = ()
    late_reason: Narrative | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        allowed = {ClaimState.IN_PROGRESS: range(101), ClaimState.COMPLETED: (100,), ClaimState.NOT_STARTED: (0,)}
        if self.percent is not None and self.percent not in allowed.get(self.state, ()):
            raise Wrong("percent must fit the state")
        targets = [measurement.target for measurement in self.measurements]
        if len(set(targets)) < len(targets):
            raise Wrong("measurements must name each target once")
        return self


class UpdateIn(ProgressIn):
    """One report by the owner.

    `received_on` and `document_number` belong to a paper report that a coordinator enters: it counts as received
    at the end of that day.  When its cycle was closed after that, `reopened_by` names the letter that reopens it.
    """

    evidence: Annotated[tuple[AttachedIn, ...], Field(max_length=20)] = ()
    received_on: Day | None = None
    document_number: DocumentNumber | None = None
    reopened_by: Reopening = None


class MeasurementOut(ResponseModel):
    """The figure that was reported for one target; none where there were 0 cases."""

    target: str
    value: Number | None
    cases: int | None


class UpdateOut(ResponseModel):
    """One report, exactly as received; `paper_report` is the paper that reports on many duties, if it is of one."""

    id: UUID
    obligation: UUID
    state: ClaimState
    percent: int | None
    summary: str
    occurred_on: Day | None
    measurements: list[MeasurementOut]
    late_reason: str | None
    evidence: list[EvidenceOut]
    document_number: str | None
    paper_report: UUID | None
    client: UUID
    received_at: Instant
    recorded_at: Instant


class Reported(ResponseModel):
    """The update that was recorded, and where its obligation stands now."""

    update: UpdateOut
    obligation: ObligationOut
