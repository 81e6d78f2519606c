"""Updates: an owner reports, or a coordinator enters what came on paper; one report or a set of them.

A report goes through three steps, whether it comes alone or with others: its obligation is held, `accept` finds
nothing against it, `record` writes it.  No step asks the database more often for a set than for one.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import assurances, events, evidence
from app.commands.acts import finish_act
from app.commands.assurances import Assured
from app.commands.closings import keep_letters, refuse_sealed
from app.commands.evidence import Attachment
from app.commands.obligations import Locked, hold, owners_at, standing_rows
from app.commands.paper import check_paper_date
from app.database.builders import among
from app.database.statements import Statement, fetch_all, write_rows
from app.domain.access import Caller
from app.domain.completion import ClaimState
from app.domain.errors import (
    ConditionMet,
    ConditionNotWhole,
    Fault,
    FigureImpossible,
    FigureNeeded,
    ObligationEnded,
    Refusal,
    TargetUnknown,
)
from app.domain.figures import wrong_with
from app.models import Measurement, Target, Update
from app.models.base import new_id, table
from app.models.duty import ConditionScope
from app.models.update import FIELDS
from app.schemas.evidence import EvidenceOut
from app.schemas.updates import MeasurementOut, Reported, UpdateIn, UpdateOut

measurements, targets = table(Measurement), table(Target)


@dataclass(frozen=True)
class TargetKnown:
    """A target by its id, with its unit, and whether it asks for a change in one direction, or else for a share."""

    id: UUID
    unit: str
    direction: str | None


@dataclass(frozen=True)
class Known:
    """What is known of the obligations that are reported on.

    `targets` holds the ids of targets by duty and code; by the instant at which a report counts as received, `met`
    holds the obligations whose condition was met when they were waived, and `owners` who owed those reported on paper.
    """

    targets: Mapping[UUID, Mapping[str, "TargetKnown"]]
    met: Mapping[datetime, Collection[UUID]]
    owners: Mapping[datetime, Mapping[UUID, UUID]]


@dataclass(frozen=True, kw_only=True)
class Report:
    """A report that nothing speaks against: on which obligation, what was sent, when it counts as received.

    Its evidence is the paper itself, if it is of a paper that reports on many duties.
    """

    held: Locked
    sent: UpdateIn
    received_at: datetime
    owner_id: UUID
    targets: Mapping[str, "TargetKnown"]
    paper_report_id: UUID | None = None
    id: UUID = field(default_factory=new_id)


async def report(
    connection: AsyncConnection,
    caller: Caller,
    obligation_id: UUID,
    sent: UpdateIn,
    *,
    now: datetime,
    expected: int | None = None,
) -> Reported:
    """Record one update with its measurements and evidence, and say where the obligation stands now.

    Raises:
        NotFound, StaleVersion: see `obligations.hold`.
        PaperReportNotYours, PaperReportIncomplete, ReceivedOnImpossible: see `paper.check_paper_date`.
        LetterNeeded, ConditionNotWhole, ConditionMet, TargetUnknown, FigureNeeded, FigureImpossible:
            see `accept`.
    """
    held = await hold(connection, caller, obligation_id, expected=expected, now=now)
    known = await known_of(connection, caller, [(held, sent)], now=now)
    accepted = accept(caller, held, sent, known, now=now)
    (recorded,) = await record(connection, caller, [accepted], now=now)
    return Reported(update=recorded, obligation=await finish_act(connection, caller, held, now))


async def known_of(
    connection: AsyncConnection, caller: Caller, asked: Collection[tuple[Locked, UpdateIn]], *, now: datetime
) -> Known:
    """Find out what `accept` needs: one statement for all targets, and one for each instant of a waiver or a paper."""
    waived: dict[datetime, set[UUID]] = {}
    on_paper: dict[datetime, set[UUID]] = {}
    for held, sent in asked:
        with suppress(Refusal):
            received = _received(caller, held, sent, now)
            if sent.state is ClaimState.NOT_APPLICABLE:
                waived.setdefault(received, set()).add(held.id)
            if sent.received_on and sent.evidence:
                on_paper.setdefault(received, set()).add(held.id)
    return Known(
        targets=await _targets_of(connection, {held.duty_id for held, sent in asked if sent.measurements}),
        met={at: await _met(connection, caller, ids, at) for at, ids in waived.items()},
        owners={at: await owners_at(connection, ids, at) for at, ids in on_paper.items()},
    )


async def _met(connection: AsyncConnection, caller: Caller, ids: Collection[UUID], at: datetime) -> set[UUID]:
    rows = await standing_rows(connection, caller, ids, at)
    return {obligation_id for obligation_id, row in rows.items() if row["condition_met"]}


async def _targets_of(connection: AsyncConnection, duty_ids: Collection[UUID]) -> dict[UUID, dict[str, TargetKnown]]:
    if not duty_ids:
        return {}
    known: dict[UUID, dict[str, TargetKnown]] = {}
    for row in await fetch_all(connection, _targets, duty_ids=list(duty_ids)):
        known.setdefault(row["duty_id"], {})[row["code"]] = TargetKnown(row["id"], row["unit"], row["direction"])
    return known


def _targets(duty_ids: list[UUID]) -> Statement:
    found = select(*(targets.c[name] for name in ("duty_id", "code", "id", "unit", "direction")))
    return found.where(among(targets.c.duty_id, "duty_ids", duty_ids))


def accept(caller: Caller, held: Locked, sent: UpdateIn, known: Known, *, now: datetime) -> Report:
    """Find nothing against a report on an obligation that is held.

    Raises:
        PaperReportNotYours, PaperReportIncomplete, ReceivedOnImpossible: see `paper.check_paper_date`.
        LetterNeeded: its cycle is closed, and the paper came before.
        ObligationEnded: nobody owes it any more.
        AssuranceNotYours: see `assurances.refuse_to_others`.
        ConditionNotWhole: `not_applicable` for a duty whose condition does not cover the whole of it.
        ConditionMet: `not_applicable` although the condition was met when the report was received.
        TargetUnknown: a measurement names a target that the duty does not have.
        FigureNeeded: it says that there was no case where a rise or a fall is asked for.
        FigureImpossible: a figure is no percentage, or has a sign.
    """
    if held.ended:
        raise ObligationEnded
    assurances.refuse_to_others(caller, *(one.not_personal_reason for one in (sent, *sent.evidence)))
    received = _received(caller, held, sent, now)
    refuse_sealed(caller, held.closed_at, sent.reopened_by, received_at=received)
    if sent.state is ClaimState.NOT_APPLICABLE:
        _refuse_unfounded_waiver(held, known.met.get(received, ()))
    found = known.targets.get(held.duty_id, {})
    _refuse_figures(sent, found)
    owner = known.owners.get(received, {}).get(held.id, held.owner_id)
    return Report(held=held, sent=sent, received_at=received, owner_id=owner, targets=found)


def _refuse_figures(sent: UpdateIn, known: Mapping[str, TargetKnown]) -> None:
    unknown = [n for n, one in enumerate(sent.measurements) if one.target not in known]
    if unknown:
        raise TargetUnknown(None, *(Fault(f"/measurements/{n}/target", "is no target of this duty") for n in unknown))
    asked = [(n, one, known[one.target]) for n, one in enumerate(sent.measurements)]
    caseless = [n for n, one, target in asked if one.cases == 0 and target.direction]
    if caseless:
        raise FigureNeeded(None, *(Fault(f"/measurements/{n}/cases", "is for a share of cases") for n in caseless))
    wrong = [(n, why) for n, one, target in asked if (why := wrong_with(one.value, target.unit, target.direction))]
    if wrong:
        raise FigureImpossible(None, *(Fault(f"/measurements/{n}/value", why) for n, why in wrong))


def _received(caller: Caller, held: Locked, sent: UpdateIn, now: datetime) -> datetime:
    return check_paper_date(
        caller, sent.received_on, sent.document_number, issued_on=held.issued_on, zone=held.zone, now=now
    )


def _refuse_unfounded_waiver(held: Locked, met: Collection[UUID]) -> None:
    if held.condition_scope is not ConditionScope.WHOLE:
        raise ConditionNotWhole(None, Fault("/state", "is not open to this duty"))
    if held.id in met:
        raise ConditionMet(None, Fault("/state", "is not open since the condition was met"))


async def record(
    connection: AsyncConnection, caller: Caller, reports: Sequence[Report], *, now: datetime
) -> list[UpdateOut]:
    """Write reports with their measurements and evidence, and return them in order as they were written."""
    recorded = await events.write(connection, Update, [_row(caller, one) for one in reports])
    await write_rows(connection, measurements, [row for one in reports for row in _measured(one)])
    await keep_letters(connection, caller, [(one.held, one.id, one.sent.reopened_by) for one in reports])
    await assurances.keep(connection, caller, map(_assured, reports), now=now)
    attachments = [attachment for one in reports for attachment in _attachments(one)]
    attached = iter(await evidence.record(connection, caller, attachments, now=now))
    return [_shown(caller, one, recorded[one.id], islice(attached, len(one.sent.evidence))) for one in reports]


def _assured(report: Report) -> Assured:
    on = {"plan_id": report.held.plan_id, "obligation_id": report.held.id}
    return Assured(act_id=report.id, reason=report.sent.not_personal_reason, **on)


def _row(caller: Caller, report: Report) -> dict[str, Any]:
    return {
        "id": report.id,
        "plan_id": report.held.plan_id,
        "obligation_id": report.held.id,
        "client_id": caller.client_id,
        "received_at": report.received_at,
        "paper_report_id": report.paper_report_id,
        **report.sent.model_dump(include=set(FIELDS)),
    }


def _measured(report: Report) -> list[dict[str, Any]]:
    ids = {"plan_id": report.held.plan_id, "update_id": report.id}
    return [
        {"id": new_id(), "target_id": report.targets[one.target].id, "value": one.value, "cases": one.cases, **ids}
        for one in report.sent.measurements
    ]


def _attachments(report: Report) -> list[Attachment]:
    return [
        Attachment(
            held=report.held,
            sent=one,
            received_at=report.received_at,
            body_id=report.owner_id,
            document_number=report.sent.document_number,
            of_owner=True,
            update_id=report.id,
            paper_report_id=report.paper_report_id,
        )
        for one in report.sent.evidence
    ]


def _shown(caller: Caller, report: Report, recorded_at: datetime, attached: Iterable[EvidenceOut]) -> UpdateOut:
    return UpdateOut(
        id=report.id,
        obligation=report.held.id,
        client=caller.client_id,
        paper_report=report.paper_report_id,
        received_at=report.received_at,
        recorded_at=recorded_at,
        measurements=[MeasurementOut.model_validate(one.model_dump()) for one in report.sent.measurements],
        evidence=list(attached),
        **report.sent.model_dump(include=set(FIELDS)),
    )
