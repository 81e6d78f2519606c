"""Reminder letters: made for every body that should be urged, kept as they were made, numbered afterwards.

A letter decides nothing: no standing changes by it, and no version counts it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from anyio import to_thread
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import events
from app.database.statements import Row, fetch_all, fetch_first, fetch_one
from app.domain.access import Caller
from app.domain.calendar import day_of
from app.domain.errors import BodyUnknown, CycleNotOpen, Fault, LetterDateImpossible, NobodyToUrge
from app.domain.letters import SOON_DAYS, LetterKind
from app.models import ReminderLetter, ReminderNumber
from app.models.base import new_id
from app.queries.letterheads import letterhead_of
from app.queries.plans import all_bodies
from app.queries.reminder_letters import URGED, one_letter, some_letters, urged_in
from app.queries.reminders import soon
from app.queries.report_rows import plan_of as whole_plan
from app.reports.documents import written
from app.reports.reminder import Urging, letter_of
from app.schemas.consolidated_report import ReportedCycle, ReportedPlan
from app.schemas.letterheads import LetterheadOut
from app.schemas.reminder_letters import (
    ReminderLetterList,
    ReminderLetterOut,
    ReminderLettersIn,
    ReminderNumberIn,
)
from app.schemas.views import cycle_out, obligation_out
from app.standing.cycles import cycles_of
from app.standing.filters import Filters
from app.standing.moment import Moment


@dataclass(frozen=True, kw_only=True)
class Urged:
    """Whom to urge about which cycle: the rows of what each owes, by owner."""

    plan: Row
    cycle: Row
    by_owner: Sequence[Sequence[Row]]


async def send(
    connection: AsyncConnection, caller: Caller, slug: str, sent: ReminderLettersIn, *, now: datetime
) -> ReminderLetterList:
    """Make a letter to each body that owes something of the kind, and record that it was made.

    Raises:
        NotFound: there is no such plan.
        CycleNotOpen: it has no such cycle.
        BodyUnknown: it has no such body.
        NobodyToUrge: nobody owes anything of the kind.
        NotAcceptable: what writes documents is not installed.
    """
    urged = await urged_now(connection, caller, slug, sent, now=now)
    if not urged.by_owner:
        raise NobodyToUrge
    head = LetterheadOut.model_validate(await letterhead_of(connection, urged.plan, now))
    rows = [await _row(caller, urged, sent.kind, head, owed, now) for owed in urged.by_owner]
    recorded = await events.keep(connection, ReminderLetter, rows)
    await _tell(connection, ReminderLetter, [{**row, "recorded_at": recorded[row["id"]]} for row in rows])
    return ReminderLetterList(items=await shown(connection, [row["id"] for row in rows], now))


async def number(
    connection: AsyncConnection, caller: Caller, slug: str, letter_id: UUID, sent: ReminderNumberIn, *, now: datetime
) -> ReminderLetterOut:
    """Record which number a letter was given; another one instead of it is recorded after it.

    Raises:
        NotFound: the plan has no such letter.
        LetterDateImpossible: it was issued before it was made, or will be only after today.
    """
    letter = await fetch_one(connection, one_letter, slug=slug, letter_id=letter_id)
    zone = ZoneInfo(letter["time_zone"])
    if not day_of(letter["received_at"], zone) <= sent.issued_on <= day_of(now, zone):
        raise LetterDateImpossible(None, Fault("/issued_on", "must lie between the day of the letter and today"))
    ids = {"id": new_id(), "plan_id": letter["plan_id"], "client_id": caller.client_id, "letter_id": letter_id}
    row = {**ids, "received_at": now, **sent.model_dump()}
    recorded = await events.keep(connection, ReminderNumber, [row])
    of = {"obligation_ids": letter["obligation_ids"], "recorded_at": recorded[row["id"]]}
    await _tell(connection, ReminderNumber, [{**row, **of}])
    return (await shown(connection, [letter_id], now))[0]


async def urged_now(
    connection: AsyncConnection, caller: Caller, slug: str, sent: ReminderLettersIn, *, now: datetime
) -> Urged:
    """Find whom letters would urge about what.

    Raises:
        NotFound, CycleNotOpen, BodyUnknown: see `send`.
    """
    moment = Moment(now)
    plan = await fetch_one(connection, whole_plan, slug=slug)
    cycle = await fetch_first(connection, cycles_of, slug=slug, moment=moment, code=sent.cycle)
    if cycle is None:
        raise CycleNotOpen
    wanted = None if sent.bodies is None else await _owners_of(connection, slug, sent.bodies, moment)
    filters = Filters(plan=slug, cycle=sent.cycle, status=sorted(URGED[sent.kind]))
    rows = await fetch_all(connection, urged_in, caller=caller, filters=filters, moment=moment)
    until = soon(now, SOON_DAYS)
    found = [
        {**row, "missing": obligation_out(row, now).missing}
        for row in rows
        if (wanted is None or row["owner_code"] in wanted)
        and (sent.kind is LetterKind.OVERDUE or row["due_before"] <= until)
    ]
    return Urged(plan=plan, cycle=cycle, by_owner=[list(owed) for _, owed in groupby(found, itemgetter("owner_code"))])


async def shown(connection: AsyncConnection, ids: Sequence[UUID], now: datetime) -> list[ReminderLetterOut]:
    """Return letters as the wire shows them."""
    return [letter_out(row) for row in await fetch_all(connection, some_letters, ids=ids, moment=Moment(now))]


def letter_out(row: Row) -> ReminderLetterOut:
    """Show one letter."""
    numbered = row["numbered"] or {"number": None, "issued_on": None}
    return ReminderLetterOut.model_validate({**row, **numbered, "client": row["client_id"]})


async def _owners_of(connection: AsyncConnection, slug: str, codes: Sequence[str], moment: Moment) -> set[str]:
    """Return the codes of some bodies and of all their members."""
    known = {
        one["code"]: {one["code"], *(member["code"] for member in one["members"])}
        for one in await fetch_all(connection, all_bodies, slug=slug, moment=moment)
    }
    known |= {code: {code} for members in known.values() for code in members if code not in known}
    if faults := [
        Fault(f"/bodies/{n}", "is no body of this plan") for n, code in enumerate(codes) if code not in known
    ]:
        raise BodyUnknown(None, *faults)
    return set().union(*(known[code] for code in codes))


async def _row(
    caller: Caller, urged: Urged, kind: LetterKind, head: LetterheadOut, owed: Sequence[Row], now: datetime
) -> Mapping[str, Any]:
    """Make one letter, and spell its row."""
    urging = Urging(
        plan=ReportedPlan.model_validate(urged.plan),
        cycle=ReportedCycle.model_validate(urged.cycle),
        basis=cycle_out(urged.cycle).basis.vi,
        letterhead=head,
        kind=kind,
        body=owed[0]["owner_name"],
        owed=owed,
        as_of=now,
        zone=ZoneInfo(urged.plan["time_zone"]),
    )
    content = await to_thread.run_sync(lambda: written(letter_of(urging)))
    return {
        "id": new_id(),
        "plan_id": urged.plan["id"],
        "client_id": caller.client_id,
        "received_at": now,
        "cycle_id": urged.cycle["id"],
        "body_id": owed[0]["owner_id"],
        "kind": kind,
        "obligation_ids": [row["id"] for row in owed],
        "sha256": sha256(content).hexdigest(),
        "content": content,
    }


async def _tell(connection: AsyncConnection, model: type[ReminderLetter | ReminderNumber], acts: Sequence[Row]) -> None:
    """Tell of letters on each obligation that they are about: who may know of it, may know of them."""
    told = [events.on_one(model, act, one) for act in acts for one in act["obligation_ids"]]
    await events.tell(connection, told)
