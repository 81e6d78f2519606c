"""The record: what the database says of every row that is kept, beside the rows themselves and the events.

A row's digest is worked out by the database (migration 0025), by the functions that its triggers use, and so is each
question here: a record of years is more than we want to carry over to ask it.
"""

from collections.abc import Collection, Hashable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    FromClause,
    Interval,
    LargeBinary,
    String,
    Subquery,
    Table,
    Uuid,
    and_,
    bindparam,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
    values,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlmodel import SQLModel

from app.database.builders import among
from app.database.statements import Statement, Values, split_arguments
from app.domain.events import EventType
from app.models import Event, RowDigest, SequencedEvent
from app.models.base import table
from app.standing.moment import Source

digests, events, sequenced = table(RowDigest), table(Event), table(SequencedEvent)
APART: ColumnElement[timedelta] = literal_column("interval '1 minute'", Interval())
"""How far a clock may be set back while a transaction is under way."""
SEEDED = (EventType.PLAN_ADDED, EventType.PLAN_AMENDED)
BEGUN_BY_SEEDS = ("holiday", "letterhead", "succession")
"""Acts that a seed begins with, and tells of as a whole."""
NOT_KEPT: Mapping[str, str] = {
    "event": "it is in the tree that is signed",
    "sequenced_event": "it is that tree",
    "checkpoint": "it is signed",
    "row_digest": "each event holds what its transaction left there",
    "standing_facts": "it is worked out anew from the histories",
    "idempotency_record": "it repeats an answer for seven days",
    "revoked_token": "it is needed for ten minutes",
    "deadline_watch": "what it has told of are events",
    **dict.fromkeys(("person_invitation", "person_session", "person_way"), "it says who came in, and records no act"),
    **dict.fromkeys(
        ("form_import", "form_import_part", "form_import_line"), "it is forgotten, and what it records are acts"
    ),
    **dict.fromkeys(("mail_address", "mail_digest"), "it says where mail goes and went, and records no act"),
    **dict.fromkeys(("webhook", "webhook_delivery", "webhook_attempt"), "it says where events go, and records no act"),
}
"""The tables whose rows have no digests, and why; all others are kept."""


def kept() -> Iterator[str]:
    """Name the tables whose rows have digests."""
    return (name for name in SQLModel.metadata.tables if name not in NOT_KEPT)


def written_by(some: Source) -> CTE:
    """Digest what each of some transactions wrote, once: what their events are numbered with."""
    each = select(some.c.xid, some.c.began_at).distinct().subquery("each")
    # One look-up by index a transaction, whatever the planner takes the whole table for.
    mine = select(_digest_of(digests)).where(_same(digests, each)).correlate(each).scalar_subquery()
    # Else the planner may work it out anew for each event, where it takes few for granted.
    return select(*each.c, mine.label("digest")).cte("written").prefix_with("MATERIALIZED")


def counted() -> Statement:
    """Count the digests, and those that were made by a migration, with the instant of the last one."""
    by_migration = and_(_same(digests, events), events.c.type == EventType.RECORD_RESTATED)
    rows = tuple_(digests.c.table_name, digests.c.row_id)
    found = func.count(rows.distinct()).label("restated"), func.max(events.c.recorded_at).label("restated_at")
    restated = select(*found).select_from(digests.join(events, by_migration))
    every = select(func.count()).select_from(digests).where(digests.c.after.is_not(None), digests.c.before.is_(None))
    return restated.add_columns(every.scalar_subquery().label("rows"))


def unbalanced(limit: int) -> Statement:
    """Select digests of rows that stand and were not said to, or were and do not.

    Each digest that a row had was said once to come; once it goes, when it is said to or when it is that of the row
    now.  So a row that was changed behind our back is found also when it was changed again in the open since.
    """
    said = _said_and_standing()
    total = func.sum(said.c.times)
    return select(said.c.digest).group_by(said.c.digest).having(total != 0).limit(_most(limit))


def rows_with(found: Collection[bytes]) -> Statement:
    """Select whose digests these are: `times` says whether they were said to come, or stand or were said to go."""
    said = _said_and_standing()
    mine = among(said.c.digest, "found", found)
    names = said.c.table_name, said.c.row_id, said.c.digest
    return select(*names, func.sum(said.c.times).label("times")).where(mine).group_by(*names)


def untold(limit: int) -> Statement:
    """Select rows that were written in a transaction of which no event tells."""
    told = select(events.c.id).where(_same(digests, events))
    return select(digests.c.table_name, digests.c.row_id).where(~told.exists()).limit(_most(limit))


def miscommitted(limit: int) -> Statement:
    """Select the places of events that were numbered with something else than what their transactions wrote."""
    written = _digested()
    source = sequenced.join(events, and_(events.c.id == sequenced.c.id, events.c.plan_id == sequenced.c.plan_id))
    source = source.outerjoin(written, _same(events, written))
    expected = func.sha256(sequenced.c.salt.op("||")(written.c.digest))
    wrong = sequenced.c.record.is_distinct_from(expected)
    # A salt alone would say that something was written, and what was written has none without.
    half = and_(written.c.digest.is_not(None), sequenced.c.record.is_(None))
    return (
        select(sequenced.c.seq)
        .select_from(source)
        .where(or_(wrong, half))
        .order_by(sequenced.c.seq)
        .limit(_most(limit))
    )


class ToldAs(tuple[tuple[Table, tuple[str, ...]], ...]):
    """As which types of events a new row of each of some tables is told, by an event that names it."""


@split_arguments.register
def _told_as(told: ToldAs, name: str) -> tuple[Hashable, Values]:
    return (name, *((acts.name, types) for acts, types in told)), {}


def unnamed(told: ToldAs, limit: int) -> Statement:
    """Select acts that no event of their transaction and time names, nor tells of with all that it wrote."""
    acts, types = _acts_and_types(told)
    new = (digests.c.table_name == acts.c.table_name, digests.c.row_id == acts.c.id, digests.c.before.is_(None))
    then = acts.c.recorded_at.between(events.c.began_at - APART, events.c.recorded_at + APART)
    # Two questions: one would look at each event of a transaction for each row that it wrote.
    named = (
        select(events.c.id)
        .select_from(events.join(types, types.c.type == events.c.type))
        .where(types.c.table_name == acts.c.table_name, events.c.act_id == acts.c.id, _same(digests, events), then)
    )
    by_seed = and_(events.c.type.in_(SEEDED), digests.c.table_name.in_(BEGUN_BY_SEEDS))
    by_whole = or_(by_seed, events.c.type == EventType.RECORD_RESTATED)
    wholesale = select(events.c.id).where(_same(digests, events), by_whole)
    found = select(digests.c.table_name, digests.c.row_id).select_from(digests.join(acts, and_(*new)))
    return found.where(~named.exists(), ~wholesale.exists()).limit(_most(limit))


def lost(told: ToldAs, limit: int) -> Statement:
    """Select what events name as an act and is not there."""
    acts, types = _acts_and_types(told)
    there = and_(acts.c.table_name == types.c.table_name, acts.c.id == events.c.act_id)
    source = events.join(types, types.c.type == events.c.type).outerjoin(acts, there)
    gone = select(types.c.table_name, events.c.act_id.label("row_id")).select_from(source)
    return gone.where(events.c.act_id.is_not(None), acts.c.id.is_(None)).distinct().limit(_most(limit))


def _acts_and_types(told: ToldAs) -> tuple[Subquery, FromClause]:
    acts = (select(literal(one.name, String).label("table_name"), one.c.id, _recorded(one)) for one, _ in told)
    each = [(one.name, type_) for one, types in told for type_ in types]
    types = values(column("table_name", String), column("type", String), name="types").data(each)
    return union_all(*acts).subquery("acts"), types


def _recorded(acts: Table) -> ColumnElement[Any]:
    return (acts.c.recorded_at if "recorded_at" in acts.c else acts.c.created_at).label("recorded_at")


def _most(limit: int) -> BindParameter[int]:
    return bindparam("limit", limit)


def _said_and_standing() -> Subquery:
    said = (
        select(digests.c.table_name, digests.c.row_id, digests.c[name].label("digest"), literal(times).label("times"))
        for name, times in (("after", 1), ("before", -1))
    )
    every = union_all(*said, *map(_standing, kept())).subquery("said")
    return select(*every.c).where(every.c.digest.is_not(None)).subquery("every")


def _standing(name: str) -> Statement:
    these = SQLModel.metadata.tables[name]
    row = func.to_jsonb(these.table_valued())
    row_id, digest = func.dondoc_row_id(row, type_=Uuid()), func.dondoc_digest(name, row, type_=LargeBinary())
    return select(literal(name, String), row_id, digest, literal(-1)).select_from(these)


def _digested() -> Subquery:
    """Digest what each transaction wrote."""
    whose = (digests.c.xid, digests.c.began_at)
    return select(*whose, _digest_of(digests).label("digest")).group_by(*whose).subquery("written")


def _digest_of(these: Source) -> ColumnElement[Any]:
    """Digest what became of some rows, in an order that follows from it; of none, it is null."""
    became = (func.coalesce(func.encode(these.c[name], "hex"), "-") for name in ("before", "after"))
    said = func.concat_ws(" ", these.c.table_name, these.c.row_id, *became)
    line = func.sha256(func.convert_to(said, "UTF8"))
    return func.sha256(func.string_agg(line, aggregate_order_by(literal(b"", LargeBinary()), line)))


def _same(one: Source, other: Source) -> ColumnElement[bool]:
    """Join by transaction: its number may come again once a backup was restored, and then at another time."""
    return and_(one.c.xid == other.c.xid, one.c.began_at == other.c.began_at)
