"""Rows → the consolidated report: the one place where its parts are put together."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.calendar import days_overdue, last_day_on_time
from app.domain.completion import STARTED_STATES, Status
from app.reports import figures
from app.reports.figures import Row, Rows, grouped
from app.reports.quoting import quote, quote_if
from app.schemas.consolidated_report import (
    AnnulledInCycle,
    CitedDocument,
    ConsolidatedReport,
    LetterOnDeadline,
    Measured,
    MemberFigures,
    OpenObligation,
    Owed,
    QuoteOn,
    ReportedCycle,
    ReportedPlan,
    SilentBody,
    TargetFigure,
    Waiver,
)
from app.schemas.letterheads import LetterheadOut
from app.schemas.report_rules import ReportPart, ReportRules

OPEN = frozenset({Status.OVERDUE, Status.AWAITED, Status.IN_PROGRESS, Status.NOT_STARTED})
LATE = frozenset({Status.OVERDUE, Status.AWAITED, Status.COMPLETED_LATE})
NAMED = ("duty", "cycle", "body", "number", "issued_on")
"""What names a document that is cited."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was read of one cycle: `owed` are its obligations with their standing, `claims` what some of them claim.

    `reasons` are all that were given for being late, in order; `before` are the obligations of the cycle before whose
    figures are compared, `claims_before` what these claimed.
    """

    plan: Row
    cycle: Row
    as_of: datetime
    known_at: datetime
    sealed: bool
    letterhead: Row
    bodies: Rows
    duties: Rows
    owed: Rows
    claims: Mapping[Any, Row]
    reasons: Rows
    targets: Rows
    documents: Rows
    extensions: Rows
    deadlines: Rows
    waivers: Rows
    annulments: Rows
    cycle_before: str | None = None
    before: Rows = ()
    claims_before: Mapping[Any, Row] = field(default_factory=dict)
    by_id: Mapping[Any, Row] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {row["id"]: row for row in self.owed})

    @property
    def rules(self) -> ReportRules:
        """How reports tell of the plan."""
        return ReportRules.model_validate(self.plan["report_rules"])

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the plan."""
        return ZoneInfo(self.plan["time_zone"])


def assembled(found: Found) -> ConsolidatedReport:
    """Put a report together."""
    rules, owners = found.rules, figures.owner_figures(found.owed, found.bodies)
    of_part = {part: [row for row in found.owed if row["duty_code"] in rules.duties_of(part)] for part in ReportPart}
    guidance = rules.duties_of(ReportPart.GUIDANCE)
    parts: dict[str, Any] = {
        **dict(figures.split_figures(found.owed)),
        "plan": ReportedPlan.model_validate(found.plan),
        "cycle": ReportedCycle.model_validate(found.cycle),
        **{name: getattr(found, name) for name in ("as_of", "known_at", "sealed")},
        "before": found.cycle_before,
        "letterhead": LetterheadOut.model_validate(found.letterhead),
        "groups": figures.group_figures(found.owed, rules),
        "bodies": figures.body_figures(found.owed, found.bodies),
        "owners": owners,
        "duties": figures.duty_figures(found.owed, found.duties, rules),
        "guidance": figures.split_figures(of_part[ReportPart.GUIDANCE]),
        "guidance_documents": _documents(row for row in found.documents if row["duty"] in guidance),
        "funding": figures.split_figures(of_part[ReportPart.FUNDING]),
        "funding_quotes": list(_told(of_part[ReportPart.FUNDING], found.claims)),
        "targets": list(_targets(found)),
        "late_reasons": list(_late_reasons(found)),
        "open": [_open(row, found) for row in found.owed if row["status"] in OPEN],
        "proposals": list(_told(of_part[ReportPart.PROPOSALS], found.claims)),
        "letters": list(_letters(found)),
        "silent_bodies": [
            SilentBody(code=one.code, name=one.name, owed=one.totals.owed) for one in owners if one.silent
        ],
        "documents": _documents(row for row in found.documents if row["cycle_id"] == found.cycle["id"]),
        "waivers": list(_waivers(found)),
        "annulments": list(_annulments(found)),
    }
    return ConsolidatedReport(**parts, digest=digest_of(ConsolidatedReport(**parts, digest="")))


def digest_of(report: ConsolidatedReport) -> str:
    """Digest a report: the SHA-256 of the canonical JSON of all but the digest, in hexadecimal."""
    content = report.model_dump(mode="json", exclude={"digest"})
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _owed(row: Row) -> dict[str, Any]:
    names = ("id", "title_vi", "owner_name", "inherited_from", "force", "status")
    return {**{name: row[name] for name in names}, "duty": row["duty_code"], "owner": row["owner_code"]}


def _open(row: Row, found: Found) -> OpenObligation:
    due_before = row["due_before"]
    return OpenObligation(
        **_owed(row),
        due_before=due_before,
        last_day_on_time=last_day_on_time(due_before, found.zone),
        days=days_overdue(due_before, found.as_of, found.zone),
        percent=row["claim_percent"],
        silent=row["silent"],
    )


def _told(rows: Rows, claims: Mapping[Any, Row]) -> Iterator[QuoteOn]:
    """Quote what owners wrote of what they have begun."""
    for row in rows:
        if row["claim_state"] in STARTED_STATES and (claim := claims.get(row["id"])):
            yield QuoteOn(**_owed(row), quote=quote(claim["summary"]))


def _late_reasons(found: Found) -> Iterator[QuoteOn]:
    """Quote the reason that was given last for each obligation that is late."""
    last = {one["obligation_id"]: one["late_reason"] for one in found.reasons}
    for row in found.owed:
        if row["status"] in LATE and row["id"] in last:
            yield QuoteOn(**_owed(row), quote=quote(last[row["id"]]))


def _targets(found: Found) -> Iterator[TargetFigure]:
    by_duty = grouped(found.targets, lambda row: row["duty_id"])
    before = {(row["duty_id"], row["owner_id"]): found.claims_before.get(row["id"]) for row in found.before}
    for row in found.owed:
        now, earlier = _figures(found.claims.get(row["id"])), _figures(before.get((row["duty_id"], row["owner_id"])))
        for target in by_duty.get(row["duty_id"], ()):
            yield _target(row, target, now.get(target["code"]), earlier.get(target["code"]))


def _target(row: Row, target: Row, now: Row | None, before: Row | None) -> TargetFigure:
    asked = {name: target[name] for name in ("metric", "comparator", "value", "unit", "aim")}
    return TargetFigure(
        **_owed(row),
        target=target["code"],
        **asked,
        measured=_measured(now),
        before=_measured(before),
        met=now["met"] if now else None,
        waived=f"target:{target['code']}" in row["waived"],
    )


def _figures(claim: Row | None) -> dict[str, Row]:
    """Return what a claim measured, by target."""
    shown = claim["measurements"] if claim else ()
    return {one["target"]: one for one in shown if one["value"] is not None or one["cases"] is not None}


def _measured(figure: Row | None) -> Measured | None:
    if figure is None:
        return None
    value = figure["value"]
    return Measured(value=None if value is None else Decimal(str(value)), cases=figure["cases"])


def _documents(rows: Iterable[Row]) -> list[CitedDocument]:
    """Cite each document once a duty and body, as it was named first."""
    return [_document(some[0]) for some in grouped(rows, lambda row: tuple(row[name] for name in NAMED)).values()]


def _document(row: Row) -> CitedDocument:
    words = {"issuer": quote_if(row["issuer"]), "title": quote(row["title"])}
    return CitedDocument(**{name: row[name] for name in (*NAMED, "body_name")}, **words)


def _letters(found: Found) -> Iterator[LetterOnDeadline]:
    """Tell of the letters on the whole cycle, then of those on single obligations in the plan's order."""
    yield from (_letter(row, None) for row in found.deadlines)
    by_obligation = grouped(found.extensions, lambda row: row["obligation_id"])
    yield from (_letter(row, Owed(**_owed(owed))) for owed in found.owed for row in by_obligation.get(owed["id"], ()))


def _letter(row: Row, owed: Owed | None) -> LetterOnDeadline:
    names = ("due_before", "document_number", "decided_on")
    return LetterOnDeadline(owed=owed, **{name: row[name] for name in names}, reason=quote(row["reason"]))


def _silent(owner: MemberFigures) -> SilentBody:
    return SilentBody(code=owner.code, name=owner.name, owed=owner.totals.owed)


def _waivers(found: Found) -> Iterator[Waiver]:
    """Tell of the acceptance that stands of each obligation of which something is waived."""
    reviews = grouped(found.waivers, lambda row: row["obligation_id"])
    for row in found.owed:
        if row["waived"] and (standing := reviews.get(row["id"])):
            last = standing[-1]
            told = {"waives": row["waived"], "by": last["by"], "accepted_at": last["received_at"]}
            yield Waiver(**_owed(row), **told, reason=quote(last["reason"]))


def _annulments(found: Found) -> Iterator[AnnulledInCycle]:
    for row in found.annulments:
        owed = found.by_id.get(row["obligation_id"])
        if owed or row["cycle_id"] == found.cycle["id"]:
            told = {name: row[name] for name in ("kind", "by", "recorded_at")}
            yield AnnulledInCycle(owed=owed and Owed(**_owed(owed)), **told, reason=quote(row["reason"]))
