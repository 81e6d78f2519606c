"""Paper reports: a coordinator enters one paper on which a body reports on many duties; all of it, or none.

What it says of each obligation is an update like others, whose evidence is the paper itself.
"""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import bulk, events, updates
from app.commands.acts import finish_acts
from app.commands.bodies import one_body
from app.commands.holidays import days_off
from app.commands.obligations import hold_all, standing_rows, standings_of, touch
from app.commands.paper import check_paper_date
from app.commands.updates import Report
from app.database.engine import undone
from app.database.locks import lock
from app.database.statements import Row, fetch_all, fetch_first, fetch_one
from app.domain.access import Caller
from app.domain.calendar import day_of, working_day_after
from app.domain.errors import BodyUnknown, Fault, NotFound, PaperReportExists, ReceivedOnImpossible, Refusal
from app.domain.words import entered_late
from app.models import PaperReport
from app.models.base import new_id
from app.models.evidence import EvidenceKind
from app.queries.history import some_updates
from app.queries.members import plan_of
from app.queries.paper_reports import lines_of, one_paper, same_paper
from app.schemas.bulk import ItemIn
from app.schemas.evidence import DocumentIn
from app.schemas.obligations import ObligationOut
from app.schemas.paper_reports import (
    EnteredLine,
    PaperItemIn,
    PaperLine,
    PaperReportEntered,
    PaperReportIn,
    PaperReportOut,
    PaperReportWhole,
    PaperWarning,
)
from app.schemas.updates import UpdateOut
from app.standing.moment import Moment
from app.standing.row import StandingRow


@dataclass(frozen=True, kw_only=True)
class Registered:
    """A paper that nothing speaks against: its row, and what it says of each obligation."""

    row: Row
    reports: Sequence[Report]


async def enter(
    connection: AsyncConnection,
    caller: Caller,
    sent: PaperReportIn,
    *,
    now: datetime,
    vietnamese: bool,
    dry_run: bool = False,
) -> PaperReportEntered:
    """Register a paper and record what it says of each obligation; with `dry_run` say what would become of each.

    Raises:
        NotFound: there is no such plan.
        BodyUnknown: it has no such body.
        ReceivedOnImpossible: it cannot have come in on that day, or before it was issued.
        AmbiguousObligation, ItemsRefused: something speaks against what it says of some obligations.
        PaperReportExists: a paper of this body that counts has its number.
    """
    plan = await fetch_one(connection, plan_of, slug=sent.plan)
    body = await fetch_first(connection, one_body, plan_id=plan["id"], code=sent.body)
    if body is None:
        raise BodyUnknown(None, Fault("/body", "is no body of this plan"))
    received = _received(caller, sent, plan, now)
    reports = await _accept(connection, caller, sent, body, now)
    ids = {"id": new_id(), "plan_id": plan["id"], "client_id": caller.client_id, "body_id": body["id"]}
    said = sent.model_dump(include={"number", "issued_on", "received_on", "classification"})
    paper = Registered(row={**ids, "received_at": received, **said}, reports=reports)
    await refuse_known(connection, paper.row, now)
    async with undone(connection) if dry_run else nullcontext():
        entered = await _record(connection, caller, paper, dry_run=dry_run)
    warnings = await _warnings(connection, plan, sent.received_on, now, vietnamese=vietnamese)
    return entered.model_copy(update={"warnings": warnings})


def _received(caller: Caller, sent: PaperReportIn, plan: Row, now: datetime) -> datetime:
    if sent.issued_on > sent.received_on:
        raise ReceivedOnImpossible(None, Fault("/received_on", "must not come before the day on which it was issued"))
    issued_on, zone = plan["issued_on"], ZoneInfo(plan["time_zone"])
    return check_paper_date(caller, sent.received_on, sent.number, issued_on=issued_on, zone=zone, now=now)


async def _accept(
    connection: AsyncConnection, caller: Caller, sent: PaperReportIn, body: Row, now: datetime
) -> list[Report]:
    """Hold the obligations that a paper speaks of, and refuse all of it for what is refused of them."""
    items = [_item(sent, one, body) for one in sent.items]
    asked = await bulk.find(connection, items, Moment(now))
    held = await hold_all(connection, caller, bulk.named_by(asked), now=now)
    known = await updates.known_of(connection, caller, bulk.found(asked, held), now=now)
    accept = partial(updates.accept, caller, known=known, now=now)
    decided = list(bulk.decide(asked, held, accept))
    bulk.refuse_all(decided)
    return [one for one in decided if not isinstance(one, Refusal)]


def _item(sent: PaperReportIn, item: PaperItemIn, body: Row) -> ItemIn:
    """Spell what a paper says of one obligation as a report whose evidence is the paper; all of it has been read."""
    said: dict[str, Any] = {name: getattr(item, name) for name in PaperItemIn.model_fields}
    if item.obligation is None:
        said |= {"plan": sent.plan, "owner": item.owner or sent.body}
    paper = DocumentIn.model_construct(
        kind=EvidenceKind.DOCUMENT,
        title=f"Báo cáo số {sent.number}",
        classification=sent.classification,
        number=sent.number,
        issued_on=sent.issued_on,
        issuer=sent.issuer or body["name"],
    )
    said |= {"received_on": sent.received_on, "document_number": sent.number, "reopened_by": sent.reopened_by}
    return ItemIn.model_construct(**said, evidence=(paper,))


async def refuse_known(connection: AsyncConnection, paper: Row, now: datetime) -> None:
    """Hold the number of a paper until the transaction ends, and refuse another one that has it and counts.

    Raises:
        PaperReportExists: there is one.
    """
    named = {name: paper[name] for name in ("plan_id", "body_id", "number")}
    year = paper["issued_on"].year
    await lock(connection, "/".join(map(str, ("paper", *named.values(), year))).encode())
    if known := await fetch_first(connection, same_paper, **named, year=year, moment=Moment(now)):
        raise PaperReportExists(known["id"])


async def _record(
    connection: AsyncConnection, caller: Caller, paper: Registered, *, dry_run: bool
) -> PaperReportEntered:
    held = [one.held for one in paper.reports]
    seen_at = held[0].seen_at
    before = await standing_rows(connection, caller, [one.id for one in held], seen_at)
    await touch(connection, [one.id for one in held], now=seen_at)
    recorded = await events.keep(connection, PaperReport, [paper.row])
    row = {**paper.row, "recorded_at": recorded[paper.row["id"]]}
    await events.tell(connection, [events.on_one(PaperReport, row, one.id) for one in held])
    reports = [replace(one, paper_report_id=row["id"]) for one in paper.reports]
    written = await updates.record(connection, caller, reports, now=seen_at)
    standing = await finish_acts(connection, caller, held, seen_at)
    items = [_line(one, before, standing, dry_run=dry_run) for one in written]
    shown = None if dry_run else await shown_paper(connection, row["id"], seen_at)
    return PaperReportEntered(paper_report=shown, items=items, warnings=[])


def _line(
    update: UpdateOut,
    before: Mapping[UUID, StandingRow],
    standing: Mapping[UUID, ObligationOut],
    *,
    dry_run: bool,
) -> EnteredLine:
    on = update.obligation
    stood = before[on]["status"] if on in before else None
    return EnteredLine(update=None if dry_run else update, status_before=stood, obligation=standing.get(on))


async def _warnings(
    connection: AsyncConnection, plan: Row, received_on: date, now: datetime, *, vietnamese: bool
) -> list[PaperWarning]:
    """Warn of a paper that is entered later than the next working day."""
    until = working_day_after(received_on, 1, await days_off(connection, plan["id"]))
    if day_of(now, ZoneInfo(plan["time_zone"])) <= until:
        return []
    words = entered_late(until)
    return [PaperWarning(kind="entered-late", detail=words.vi if vietnamese else words.en, until_on=until)]


async def shown_paper(connection: AsyncConnection, paper_report_id: UUID, now: datetime) -> PaperReportOut:
    """Return a paper as the wire shows it.

    Raises:
        NotFound: there is none.
    """
    row: dict[Any, Any] = dict(
        await fetch_one(connection, one_paper, paper_report_id=paper_report_id, moment=Moment(now))
    )
    return PaperReportOut.model_validate({**row, "client": row["client_id"]})


async def whole(
    connection: AsyncConnection, caller: Caller, paper_report_id: UUID, *, now: datetime
) -> PaperReportWhole:
    """Return a paper and all that it says, as far as the caller may read it.

    Raises:
        NotFound: there is none, or the caller may not know of it.
    """
    moment, paper = Moment(now), await shown_paper(connection, paper_report_id, now)
    lines = await fetch_all(connection, lines_of, caller=caller, paper_report_id=paper_report_id, moment=moment)
    if not lines:
        raise NotFound
    ids = [row["id"] for row in lines]
    rows = await fetch_all(connection, some_updates, caller=caller, ids=ids, moment=moment)
    said = {update.id: update for update in (UpdateOut.model_validate(row["update"]) for row in rows)}
    standing = await standings_of(connection, caller, {row["obligation_id"] for row in lines}, now)
    items = [
        PaperLine(update=said[row["id"]], counts=row["counts"], obligation=standing.get(row["obligation_id"]))
        for row in lines
    ]
    return PaperReportWhole(paper_report=paper, items=items)
