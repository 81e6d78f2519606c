"""The feed: its pages for readers, and for the sequencer what is still to be numbered and where the feed ends.

A reader sees numbered events only.  So it cannot miss one whose transaction took longer to commit than that of another.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    String,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.types import UserDefinedType

from app.database.builders import among
from app.database.statements import Statement
from app.domain.access import Caller, Permission, acts_of
from app.models import Checkpoint, Cycle, CycleDeadline, DeadlineWatch, Event, Extension, Obligation, Plan
from app.models import SequencedEvent as Sequenced
from app.models.base import table
from app.models.event import FEED_HEAD, NO_PLAN, PLAN_CHANGE, TransactionId
from app.models.redacted_views import facts_of
from app.queries.record import written_by
from app.standing.moment import INSTANT, Moment, Source
from app.standing.ownership import owner_of, owner_told
from app.standing.reach import reachable
from app.standing.rule import owners, standings

events, sequenced, checkpoints, watches = (table(model) for model in (Event, Sequenced, Checkpoint, DeadlineWatch))
plans, cycles, obligations = table(Plan), table(Cycle), table(Obligation)
TOLD = ("id", "plan_id", "type", "act_id", "obligation_id", "cycle_id", "occurred_at", "recorded_at", "began_at")
_SNAPSHOT = func.pg_current_snapshot()


def page(caller: Caller, after: int, limit: int, moment: Moment) -> Statement:
    """Select the events after a place that the caller may see at a moment, in order.

    Those of an obligation are for whoever may read where it stands: when it has passed to another body, no more for
    the one before.  Those of no plan are for the roles that may know who read what.
    """
    return (
        _seen(caller, moment)
        .where(sequenced.c.seq > bindparam("after", after, BigInteger()))
        .order_by(sequenced.c.seq)
        .limit(bindparam("limit", limit))
    )


def some(caller: Caller, places: Collection[int], moment: Moment) -> Statement:
    """Select those events at some places that the caller may see at a moment."""
    return _seen(caller, moment).where(among(sequenced.c.seq, "places", places))


def _seen(caller: Caller, moment: Moment) -> Statement:
    found = select(sequenced.c.seq, sequenced.c.content)
    if Permission.READ_READS not in acts_of(caller.role):
        found = found.where(sequenced.c.plan_id != literal(NO_PLAN, Uuid()))
    if caller.sees_everything:
        return found
    owner = owner_of(obligations, moment)
    mine = select(obligations.c.id).where(reachable(caller, Permission.READ_EVENTS, obligations, owner))
    return found.where(or_(sequenced.c.obligation_id.is_(None), sequenced.c.obligation_id.in_(mine)))


class Snapshot(UserDefinedType[str]):
    """PostgreSQL's `pg_snapshot`: which transactions had ended when it was taken."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Spell the type."""
        return "pg_snapshot"


def snapshot() -> ColumnElement[str]:
    """Spell the snapshot that a statement reads.

    A replica's does not name the transactions that were under way: so none counts as ended that is not older than all
    of them.
    """
    oldest_running = cast(func.pg_snapshot_xmin(_SNAPSHOT), String)
    ended = func.concat(oldest_running, ":", oldest_running, ":")
    return case((func.pg_is_in_recovery(), ended), else_=cast(_SNAPSHOT, String))


def changed_since(plan_ids: list[UUID], snapshots: list[str]) -> Statement:
    """Find which of some plans a transaction has changed that the snapshot beside it does not hold; places begin at 1.

    A transaction's number says when it began to write and not when it ended: so the snapshot is asked for each that was
    not known to have ended.  What the asking transaction has written itself is no part of any snapshot.
    """
    both = bindparam("plan_ids", plan_ids, ARRAY(Uuid())), bindparam("snapshots", snapshots, ARRAY(String()))
    asked = func.unnest(*both).table_valued("plan_id", "snapshot", with_ordinality="place", name="asked")
    asked = asked.render_derived()
    then = cast(asked.c.snapshot, Snapshot())
    own = PLAN_CHANGE.c.xid == func.pg_current_xact_id_if_assigned()
    changed = select(PLAN_CHANGE.c.xid).where(
        PLAN_CHANGE.c.plan_id == asked.c.plan_id,
        PLAN_CHANGE.c.xid >= func.pg_snapshot_xmin(then),
        or_(own, ~func.pg_visible_in_snapshot(PLAN_CHANGE.c.xid, then)),
    )
    return select(asked.c.place).where(changed.exists())


def head() -> Statement:
    """Select how many events there are, whoever may see them."""
    return select(FEED_HEAD.c.seq)


def signed(after: int, limit: int) -> Statement:
    """Select the checkpoints over more than so many events, in order."""
    found = select(checkpoints.c.size, checkpoints.c.note).where(
        checkpoints.c.size > bindparam("after", after, BigInteger())
    )
    return found.order_by(checkpoints.c.size).limit(bindparam("limit", limit))


def every_checkpoint() -> Statement:
    """Select all checkpoints in order."""
    return select(*checkpoints.c).order_by(checkpoints.c.size)


def position() -> Statement:
    """Select where the feed ends, its last checkpoint, and the transaction below which all others have ended."""
    last = select(checkpoints.c.note).order_by(checkpoints.c.size.desc()).limit(1).scalar_subquery()
    oldest_running = cast(func.pg_snapshot_xmin(_SNAPSHOT), String)
    return select(FEED_HEAD.c.seq.label("size"), last.label("note"), oldest_running.label("oldest_running"))


def waiting(floor: str, oldest_running: str, limit: int) -> Statement:
    """Select events that have no place yet and can get one, in their order: by transaction, then by id.

    An event gets its place once every transaction below `oldest_running` has ended: none can come before it later.
    Below `floor` all have theirs.  A transaction that lies ahead of the snapshot comes from another server, whose data
    has been restored here: it has ended.
    What this very transaction has told is committed with its place, or not at all.
    """
    here = events.c.xid == func.pg_current_xact_id_if_assigned()
    restored = or_(events.c.xid >= func.pg_snapshot_xmax(_SNAPSHOT), here)
    placed = select(sequenced.c.id).where(sequenced.c.id == events.c.id, sequenced.c.plan_id == events.c.plan_id)
    # Found first, and named then: there may be many more that wait.
    first = (
        select(*(events.c[name] for name in (*TOLD, "xid")))
        .where(
            events.c.xid >= _xid("floor", floor), or_(events.c.xid < _xid("oldest_running", oldest_running), restored)
        )
        .where(~placed.exists())
        .order_by(events.c.xid, events.c.id)
        .limit(bindparam("limit", limit))
        .cte("first")
        .prefix_with("MATERIALIZED")
    )
    written = written_by(first)
    with_rows = told(first).add_columns(written.c.digest.label("rows"))
    same = and_(written.c.xid == first.c.xid, written.c.began_at == first.c.began_at)
    return with_rows.outerjoin(written, same).order_by(first.c.xid, first.c.id)


def told(some: Source = events) -> Statement:
    """Select events, or some of them, with the codes that name what they are about."""
    return (
        select(
            *(some.c[name] for name in TOLD),
            cast(cast(some.c.xid, String), BigInteger).label("transaction"),
            plans.c.slug.label("plan"),
            cycles.c.code.label("cycle"),
            owners.c.code.label("owner"),
        )
        .select_from(some)
        .outerjoin(plans, plans.c.id == some.c.plan_id)
        .outerjoin(obligations, obligations.c.id == some.c.obligation_id)
        .outerjoin(cycles, cycles.c.id == func.coalesce(some.c.cycle_id, obligations.c.cycle_id))
        .outerjoin(owners, owners.c.id == owner_told(some, obligations))
    )


def nodes(places: list[int]) -> Statement:
    """Select the nodes at some places, in order."""
    return select(sequenced.c.node).where(among(sequenced.c.seq, "places", places)).order_by(sequenced.c.seq)


def everything() -> Statement:
    """Select every numbered event beside what was told in its transaction, in order."""
    original = and_(events.c.id == sequenced.c.id, events.c.plan_id == sequenced.c.plan_id)
    return (
        select(
            *(sequenced.c[name] for name in ("seq", "content", "node", "record")),
            sequenced.c.obligation_id.label("shown_with"),
            *(events.c[name] for name in TOLD),
            cast(cast(events.c.xid, String), BigInteger).label("transaction"),
            plans.c.slug.label("plan"),
            cycles.c.code.label("cycle"),
        )
        .outerjoin(events, original)
        .outerjoin(plans, plans.c.id == events.c.plan_id)
        .outerjoin(cycles, cycles.c.id == events.c.cycle_id)
        .order_by(sequenced.c.seq)
    )


def watched() -> Statement:
    """Select up to when deadlines that passed have been told of."""
    return select(watches.c.watched_until)


def passed(since: datetime, until: datetime) -> Select[Any]:
    """Select the instants at which some deadline passed."""
    deadlines = table(CycleDeadline)
    resting = func.unnest(deadlines.c.working_days).table_valued("due", name="resting").render_derived().lateral()
    sources = (
        select(cycles.c.due_before.label("due")),
        select(deadlines.c.due_before.label("due")),
        select(facts_of(Extension).c.due_before.label("due")),
        # What rests on the reports of others has deadlines of its own.
        select(obligations.c.due_before.label("due")).where(obligations.c.due_after_others_days.is_not(None)),
        select(cast(resting.c.due, INSTANT).label("due")).select_from(deadlines.join(resting, true())),
    )
    bounds = bindparam("since", since, INSTANT), bindparam("until", until, INSTANT)
    found = (source.subquery() for source in sources)
    every = union(*(select(one.c.due).where(one.c.due > bounds[0], one.c.due <= bounds[1]) for one in found)).subquery()
    return select(every.c.due).order_by(every.c.due)


def missed(due: Moment, statuses: list[str]) -> Statement:
    """Select the obligations whose deadline passed at an instant and that stood at one of these statuses just then."""
    standing = standings(due)
    names = (standing.c[name] for name in ("id", "plan_id", "status"))
    missed = standing.c.due_before == due.as_of_bind
    return select(*names).where(missed, among(standing.c.status, "statuses", statuses)).order_by(standing.c.id)


def _xid(name: str, number: str) -> ColumnElement[Any]:
    return cast(bindparam(name, number, String), TransactionId)
