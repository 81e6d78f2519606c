"""Annulments on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from app.domain.acts import ActKind
from app.schemas.base import (
    Instant,
    Narrative,
    NotPersonal,
    Reopening,
    ResponseModel,
)
from app.schemas.cycles import CycleDetail
from app.schemas.obligations import ObligationOut


class AnnulmentIn(NotPersonal):
    """Takes back one act, by its id in the history, that should never have been recorded."""

    act: UUID
    reason: Narrative
    reopened_by: Reopening = None


class AnnulmentOut(ResponseModel):
    """What was taken back, and what fell with it, or came back with it when an annulment was annulled."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)

    id: UUID
    act: UUID
    kind: ActKind
    changed: Annotated[list[UUID], Field(alias="with")]
    reason: str
    by: UUID
    recorded_at: Instant


class Annulled(ResponseModel):
    """The annulment, where the obligation stands now, and which others stand otherwise because of it."""

    annulment: AnnulmentOut
    obligation: ObligationOut
    also: list[UUID]


class CycleAnnulled(ResponseModel):
    """The annulment, how the cycle stands now, null when it is open no more, and which obligations stand otherwise."""

    annulment: AnnulmentOut
    cycle: CycleDetail | None
    also: list[UUID]


class AnnulledRef(ResponseModel):
    """By whom an act was taken back, when and why; `id` is the annulment's."""

    id: UUID
    by: UUID
    at: Instant
    reason: str
