"""What came in, on the wire."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from app.database.statements import Row
from app.domain.access import Caller
from app.domain.completion import ClaimState, ReviewOutcome, Status
from app.domain.inbox import InboxKind
from app.schemas.annulments import AnnulledRef
from app.schemas.base import Instant, ResponseModel
from app.schemas.evidence import EvidenceOut
from app.schemas.obligations import DutyRef
from app.schemas.plans import BodyName, BodyRef
from app.schemas.updates import MeasurementOut


class ClientRef(ResponseModel):
    """Which client acted; its name is for coordinators and auditors, and for the client itself."""

    id: UUID
    name: str | None


class InboxItem(ResponseModel):
    """One act, with its words as far as the caller may read them.

    `act` is its id.  `owner` owes its obligation by now.  What an act of its kind does not say is null.  What was
    recorded in one call on one obligation belongs together: `status_before` is before all of it, `status_after` after;
    null where it was not owed.
    """

    kind: InboxKind
    act: UUID
    recorded_at: Instant
    received_at: Instant
    obligation: UUID
    plan: str
    cycle: str
    duty: DutyRef
    body: BodyRef
    owner: BodyName
    client: ClientRef
    document_number: str | None
    paper_report: UUID | None
    state: ClaimState | None
    percent: int | None
    summary: str | None
    measurements: list[MeasurementOut] | None
    late_reason: str | None
    outcome: ReviewOutcome | None
    reason: str | None
    note: str | None
    due_before: Instant | None
    met: bool | None
    words: str | None
    leader: str | None
    given_on: date | None
    by_on: date | None
    evidence: list[EvidenceOut] | None
    annuls: UUID | None
    annulled: AnnulledRef | None
    status_before: Status | None
    status_after: Status | None


class InboxPage(ResponseModel):
    """A page of what came in, by when it was recorded, the newest last."""

    items: list[InboxItem]
    next_cursor: str | None


WORDS = (
    *("received_at", "document_number", "paper_report", "state", "percent", "summary", "measurements", "late_reason"),
    *("outcome", "reason", "note", "due_before", "met", "evidence", "annuls", "annulled"),
    *("words", "leader", "given_on", "by_on"),
)
"""What an act says itself, if acts of its kind do."""


def inbox_items(rows: Iterable[Row], acts: Iterable[Mapping[str, Any]], caller: Caller) -> list[InboxItem]:
    """Show acts in the order of the rows that tell of them; leave out those that the caller may not read."""
    by_id = {UUID(act["id"]): act for act in acts}
    own = {str(caller.client_id): caller.name}
    return [_item(row, act, own) for row in rows if (act := by_id.get(row["act_id"]))]


def _item(row: Row, act: Mapping[str, Any], own: Mapping[str, str]) -> InboxItem:
    client = act["client"]
    return InboxItem.model_validate(
        {
            **{name: row[name] for name in ("recorded_at", "plan", "cycle", "status_before", "status_after")},
            **{name: act.get(name) for name in WORDS},
            "kind": act["act"],
            "act": row["act_id"],
            "obligation": row["obligation_id"],
            "duty": {"code": row["duty_code"], "title_vi": row["title_vi"], "title_en": row["title_en"]},
            "body": {"no": row["body_no"], "code": row["body_code"]},
            "owner": {"code": row["owner_code"], "name": row["owner_name"]},
            "client": {"id": client, "name": act["client_name"] or own.get(client)},
        }
    )
