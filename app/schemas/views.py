"""Rows → wire shapes, where more is needed than the same names."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.database.statements import Row
from app.domain.access import Role
from app.domain.basis import marked_off, ordered
from app.domain.calendar import days_overdue, last_day_on_time
from app.domain.completion import Signal, Status, missing
from app.domain.words import Words
from app.schemas.base import TextOut
from app.schemas.claims import WholeClaim
from app.schemas.clients import ClientOut, scopes_of
from app.schemas.cycles import CycleDeadlineOut, CycleDetail, CycleOut
from app.schemas.evidence import EvidenceOut
from app.schemas.extensions import ExtensionRequested, ExtensionRequestOut
from app.schemas.obligations import ObligationOut
from app.schemas.people import PersonOut
from app.schemas.plans import BodyName
from app.schemas.status import SuccessionRef
from app.schemas.successions import SuccessionOut

SIGNALS = tuple((signal.value, signal) for signal in Signal)
"""The columns of the signals."""
SHOWN = tuple(ObligationOut.model_fields)
"""What an obligation shows: what is composed of several columns, and the others as they are."""


def obligation_out(row: Row, as_of: datetime) -> ObligationOut:
    """Show one row of the standing."""
    return ObligationOut.model_validate(obligation_shown(row, as_of))


def obligation_shown(row: Row, as_of: datetime) -> dict[str, Any]:
    """Show one row of the standing by plain values, as ObligationOut names them: for pages of many."""
    zone, due_before = ZoneInfo(row["time_zone"]), row["due_before"]
    status = None if row["ended_by"] else row["status"]
    late = status == Status.OVERDUE
    composed = {
        "duty": {"code": row["duty_code"], "title_vi": row["title_vi"], "title_en": row["title_en"]},
        "body": {"no": row["body_no"], "code": row["body_code"]},
        "owner": {"code": row["owner_code"], "name": row["owner_name"]},
        "last_day_on_time": last_day_on_time(due_before, zone),
        "status": status,
        "days_overdue": days_overdue(due_before, as_of, zone) if late else 0,
        "missing": _missing(row) if status else [],
        "claim": _claim(row),
        "review": _review(row),
    }
    return {name: composed[name] if name in composed else row[name] for name in SHOWN}


def with_claim(shown: dict[str, Any], claims: Mapping[UUID, Row]) -> dict[str, Any]:
    """Add to what is shown of an obligation all that a reviewer needs of its claim, where that was asked for."""
    told, whole = shown["claim"], claims.get(shown["id"])
    return {**shown, "claim": WholeClaim.model_validate({**told, **whole})} if told and whole else shown


def extension_request_out(row: Row, as_of: datetime) -> ExtensionRequested:
    """Show one request that is pending, whose row is also its obligation's standing."""
    request = ExtensionRequestOut(
        id=row["request_id"],
        obligation=row["id"],
        due_before=row["request_due_before"],
        reason=row["request_reason"],
        document_number=row["request_document_number"],
        client=row["request_client_id"],
        received_at=row["requested_at"],
        recorded_at=row["request_recorded_at"],
    )
    return ExtensionRequested(request=request, obligation=obligation_out(row, as_of))


def evidence_out(row: Row) -> EvidenceOut:
    """Show one evidence."""
    return EvidenceOut.model_validate({**row, "obligation": row["obligation_id"], "client": row["client_id"]})


def client_out(row: Row) -> ClientOut:
    """Show one client."""
    scopes = scopes_of(Role(row["role"]), row["scopes"])
    return ClientOut.model_validate({**row, "scopes": scopes, "scopes_limited": row["scopes"] is not None})


def person_out(row: Row) -> PersonOut:
    """Show one person."""
    return PersonOut.model_validate(row)


def succession_out(row: Row) -> SuccessionOut:
    """Show one succession with what was decided."""
    successors, ends = _successors(row)
    shown = {
        "state": (row["outcome"] or "proposed") if row["counts"] else "annulled",
        "predecessor": BodyName(code=row["predecessor_code"], name=row["predecessor_name"]),
        "successor": successors[0] if successors else None,
        "successors": successors,
        "ends": ends,
        "act": {field: row[f"act_{field}"] for field in ("title", "number", "issued_on")},
        "client": row["client_id"],
        "decision": _decision(row),
    }
    return SuccessionOut.model_validate({**row, **shown})


def succession_ref(row: Row) -> SuccessionRef:
    """Show by which succession a body has handed on what it owed."""
    successors, ends = _successors(row)
    return SuccessionRef.model_validate({**row, "successors": successors, "ends": ends})


def _successors(row: Row) -> tuple[list[dict[str, Any]], bool]:
    """Return who takes over as it was confirmed, else as it is proposed, and whether nobody does."""
    if not row["outcome"] or not row["parts"]:
        return row["successors"], row["ends"]
    taking = [{**part["successor"], "duties": part["duties"]} for part in row["parts"] if part["successor"]]
    return taking, not taking


def cycle_out(row: Row) -> CycleOut:
    """Show one cycle, whose row also says its plan's time zone."""
    return CycleOut.model_validate(_dated(row))


def cycle_detail(row: Row, deadlines: Iterable[Row]) -> CycleDetail:
    """Show one cycle with every act on its deadline."""
    acts = [CycleDeadlineOut.model_validate({**act, "client": act["client_id"]}) for act in deadlines]
    return CycleDetail.model_validate({**_dated(row), "deadlines": acts})


def _dated(row: Row) -> dict[Any, Any]:
    last_day = last_day_on_time(row["due_before"], ZoneInfo(row["time_zone"]))
    shown = {"last_day_on_time": last_day, "basis": _basis(row)}
    return {**row, **shown, "opening": row["id"], "closing": row["seal_id"]}


def _basis(row: Row) -> TextOut:
    """Say where the deadline in force comes from: the letter that moved it, else how it was first set."""
    if not row["moved_by"]:
        return counted_basis(row)
    return TextOut.of(ordered(row["moved_document_number"], row["moved_decided_on"], row["moved_reason"]))


def counted_basis(row: Row) -> TextOut:
    """Say where the first deadline of a cycle comes from."""
    return TextOut.of(marked_off(Words(row["basis_vi"], row["basis"]), row["off_since"] or ()))


def _decision(row: Row) -> dict[str, Any] | None:
    if row["outcome"] is None:
        return None
    names = ("outcome", "reason", "obligations", "ended", "received_at")
    return {name: row[name] for name in names} | {"client": row["decided_by"], "recorded_at": row["decided_at"]}


def _missing(row: Row) -> list[str]:
    return missing([signal for name, signal in SIGNALS if row[name]], row["unmet_targets"] or ())


def _claim(row: Row) -> dict[str, Any] | None:
    if row["claim_state"] is None:
        return None
    return {"state": row["claim_state"], "percent": row["claim_percent"], "received_at": row["claim_received_at"]}


def _review(row: Row) -> dict[str, Any] | None:
    if row["review_outcome"] is None:
        return None
    return {"outcome": row["review_outcome"], "received_at": row["review_received_at"]}
