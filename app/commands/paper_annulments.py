"""Annulments of paper reports: of a whole paper, with all that it recorded, or of some of its lines.

A line is an update like others: it is taken back as one.  With a whole paper fall all its updates, and with each of
these what falls with an update; when that annulment is taken back, they count again.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import annulments, events
from app.commands.acts import finish_acts
from app.commands.annulments import Known, Undone, changed, lines
from app.commands.closings import keep_letters, refuse_sealed
from app.commands.obligations import Locked, hold_all, touch
from app.commands.paper_reports import refuse_known, whole
from app.commands.taking_back import Taking, refuse_excess, take_all_back, taking
from app.database.statements import Row, fetch_all, fetch_one
from app.domain.access import Caller
from app.domain.acts import Act
from app.domain.errors import ActUnknown, AlreadyAnnulled, Fault
from app.queries.paper_reports import lines_of, one_paper
from app.schemas.annulments import AnnulmentIn
from app.schemas.paper_reports import PaperAnnulled, PaperAnnulmentIn
from app.standing.moment import Moment

Held = Mapping[UUID, Locked]


async def annul(
    connection: AsyncConnection, caller: Caller, paper_report_id: UUID, sent: PaperAnnulmentIn, *, now: datetime
) -> PaperAnnulled:
    """Take back a paper, some of its lines, or an annulment of it, and say how all that it says stands now.

    Raises:
        NotFound: there is no such paper.
        ActUnknown, AlreadyAnnulled: a line is none of its own, or what is to be taken back does not count.
        LetterNeeded: a cycle of its lines is closed, and no letter reopens it.
        PaperReportExists: it would count again, and another one has been entered meanwhile that has its number.
    """
    asked = {"paper_report_id": paper_report_id, "moment": Moment(now)}
    paper = await fetch_one(connection, one_paper, **asked)
    rows = await fetch_all(connection, lines_of, caller=caller, **asked)
    of: dict[UUID, UUID] = {row["id"]: row["obligation_id"] for row in rows}
    named = _named(sent, of)
    held = await hold_all(connection, caller, {of[one] for one in named}, now=now, include_done=True)
    known = await annulments.known_of(connection, caller, [(one, _line(sent, one.id)) for one in held.values()])
    seen_at = max(one.seen_at for one in held.values())
    await touch(connection, held, now=seen_at)
    if sent.items:
        done = await _lines(connection, caller, sent, [(held[of[one]], one) for one in named], known)
    else:
        done = [await _whole(connection, caller, sent, paper, held, known)]
    await finish_acts(connection, caller, held.values(), seen_at)
    told = await whole(connection, caller, paper_report_id, now=seen_at)
    made = [each.annulment for each in done if each.annulment]
    also = sorted({one for each in done for one in each.also} - held.keys())
    return PaperAnnulled(paper_report=told.paper_report, items=told.items, annulments=made, also=also)


def _named(sent: PaperAnnulmentIn, of: Collection[UUID]) -> Sequence[UUID]:
    """Return the updates of the lines that are meant: those that are named, else all."""
    unknown = [n for n, one in enumerate(sent.items or ()) if one not in of]
    if unknown:
        raise ActUnknown(None, *(Fault(f"/items/{n}", "is no update of this paper report") for n in unknown))
    return sent.items or tuple(of)


def _line(sent: PaperAnnulmentIn, act_id: UUID) -> AnnulmentIn:
    said = sent.model_dump(include={"reason", "not_personal_reason", "reopened_by"})
    return AnnulmentIn.model_construct(act=act_id, **said)


async def _lines(
    connection: AsyncConnection,
    caller: Caller,
    sent: PaperAnnulmentIn,
    of: Collection[tuple[Locked, UUID]],
    known: Known,
) -> list[Undone]:
    accepted = [annulments.accept(caller, held, _line(sent, one), known) for held, one in of]
    return await annulments.write(connection, caller, accepted)


async def _whole(
    connection: AsyncConnection, caller: Caller, sent: PaperAnnulmentIn, paper: Row, held: Held, known: Known
) -> Undone:
    took, seen_at = _taken(sent, paper, held, known), max(one.seen_at for one in held.values())
    for one in held.values():
        refuse_sealed(caller, one.closed_at, sent.reopened_by)
    if any(one.id == paper["id"] and one.counts for one in took.changed):
        await refuse_known(connection, paper, seen_at)
    before = await lines(connection, held.values())
    (done,) = await take_all_back(connection, caller, [took], now=seen_at, write=events.keep)
    await keep_letters(connection, caller, [(one, took.id, sent.reopened_by) for one in held.values()])
    after = await lines(connection, held.values())
    also = sorted({other for one in after for other in changed(one, before[one], after[one])} - held.keys())
    await events.tell(connection, [events.changed_by(done.row, one) for one in (*held, *also)])
    return Undone(done.shown(), also)


def _taken(sent: PaperAnnulmentIn, paper: Row, held: Held, known: Known) -> Taking:
    """Find what falls or comes back, of each obligation by itself: the evidence of one proves nothing of another."""
    if sent.act is None and not paper["counts"]:
        raise AlreadyAnnulled
    act_id, plan_id = sent.act or paper["id"], paper["plan_id"]
    said = sent.model_dump(include={"reason", "not_personal_reason"})
    changed: dict[UUID, Act] = {}
    for one in held.values():
        acts = known.acts[one.id]
        own = [act for act in acts if act.paper_report_id == paper["id"]]
        if act_id not in {act.id for act in own}:
            raise ActUnknown(None, Fault("/act", "is no annulment of this paper report"))
        took = taking(acts, act_id, plan_id=plan_id, now=one.seen_at, **said)
        refuse_excess(acts, took.changed, one)
        changed |= {act.id: act for act in took.changed}
    return replace(took, changed=list(changed.values()))
