"""Compares what should stand with what stands, and writes the difference in one transaction.

Nothing that has history is ever dropped, and no deadline moves under it: those are acts of the coordinator.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, Table, and_, bindparam, delete, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import events
from app.commands.holidays import observed
from app.commands.owners import changes_by
from app.commands.seeds.kept import keep_open_obligations
from app.commands.seeds.rows import Rows, Since, rows_of
from app.database.builders import among, rows_where
from app.database.failures import CONSTRAINT_BROKEN
from app.database.statements import Row, Statement, fetch_all, run_each
from app.standing.refresh import refresh_all
from app.commands.transfers import carry_over
from app.domain.calendar import day_of
from app.domain.errors import Hindrance
from app.models import Body, Cycle, Obligation, Target, Update
from app.models.base import HistoryRow, stable_id, table
from app.standing.snapshot import stored
from app.schemas.seed import Seed

HISTORIES = HistoryRow.__subclasses__()
LIVING: dict[str, set[str]] = {"cycle": {"opened_at"}, "obligation": {"updated_at", "lines"}}
"""Columns that live on after the seed, and are no difference."""
GROWING = {"holiday", "letterhead", "succession"}
"""Tables that only ever grow: the seed begins them, and what acts have added stays."""


class SeedRefused(Hindrance):
    """The seed would drop or move something that has history; the message names it."""


@dataclass
class Changes:
    """What applying the seed adds, alters and drops, by table."""

    added: dict[str, list[Row]] = field(default_factory=dict)
    altered: dict[str, list[Row]] = field(default_factory=dict)
    dropped: dict[str, list[Row]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return any((self.added, self.altered, self.dropped))

    def lines(self) -> Iterator[str]:
        """Write the changes for a reader: a count a table, and each altered or dropped row by its code."""
        for name, rows in self.added.items():
            yield f"+ {len(rows):5} {name}"
        for sign, changed in (("~", self.altered), ("-", self.dropped)):
            for name, rows in changed.items():
                yield f"{sign} {len(rows):5} {name}"
                yield from (f"        {label_of(row)}" for row in rows[:20])


def label_of(row: Mapping[str, Any]) -> str:
    """Name a row for a reader."""
    changed = ", ".join(row.get("changed", ()))
    name = row.get("code") or row.get("slug") or row.get("name") or row["id"]
    return f"{name}: {changed}" if changed else str(name)


async def apply(connection: AsyncConnection, seed: Seed, *, now: datetime, dry_run: bool = False) -> Changes:
    """Bring the database to what the seed says, and return what that changed.

    Raises:
        SeedRefused: something with history would be dropped, or its deadline moved.
    """
    plan_id = stable_id(seed.plan.plan.slug)
    opened = await _rows(connection, table(Cycle), plan_id)
    today = day_of(now, ZoneInfo(seed.plan.plan.time_zone))
    later = [row for row in await _rows(connection, table(Body), plan_id) if row["joined_on"]]
    since = Since(await changes_by(connection, plan_id, today), later)
    wanted = rows_of(seed, now, opened, await observed(connection, plan_id), since)
    changes = await compare(connection, wanted, plan_id)
    keep_open_obligations(changes, {row["id"]: row for row in opened})
    await _refuse_lost_history(connection, changes, plan_id)
    if not dry_run:
        await _write(connection, changes, wanted, now)
        await carry_over(connection, plan_id, now=now)
        await refresh_all(connection, now, stored.c.plan_id == plan_id)
    return changes


async def compare(connection: AsyncConnection, wanted: Rows, plan_id: UUID) -> Changes:
    """Find the difference between the rows that should stand and those that do."""
    changes = Changes()
    for name, rows in wanted.items():
        these = _table(name)
        standing = {_key(these, row): row for row in await _rows(connection, these, plan_id)}
        _sort_out(changes, these, rows, standing)
    return changes


def _sort_out(changes: Changes, these: Table, rows: list[Row], standing: dict[Any, Row]) -> None:
    added: list[Row] = []
    altered: list[Row] = []
    for row in rows:
        old = standing.pop(_key(these, row), None)
        if old is None:
            added.append(row)
        elif changed := _differences(these, row, old):
            altered.append({**row, "changed": changed})
    growing = these.name in GROWING
    # A body that came after the plan is no business of the seed either.
    dropped = [] if growing else [row for row in standing.values() if not row.get("joined_on")]
    found = ((changes.added, added), (changes.altered, [] if growing else altered), (changes.dropped, dropped))
    for kind, some in found:
        if some:
            kind[these.name] = some


def _differences(these: Table, row: Row, old: Row) -> list[str]:
    # What rests on the reports of others stays due as it was when its cycle was opened.
    resting = row.get("due_after_others_days") or old.get("due_after_others_days")
    opened = {"due_before", "due_after_others_days"} if these.name == "obligation" and resting else set()
    return [name for name in row if name not in LIVING.get(these.name, set()) | opened and row[name] != old[name]]


async def _refuse_lost_history(connection: AsyncConnection, changes: Changes, plan_id: UUID) -> None:
    moved = [row for row in changes.altered.get("obligation", []) if "due_before" in row["changed"]]
    at_stake = [row["id"] for row in (*changes.dropped.get("obligation", []), *moved)]
    found = await fetch_all(connection, _with_history, ids=at_stake, plan_id=plan_id)
    if found:
        named = sorted(str(row["id"]) for row in found)
        raise SeedRefused("these obligations have history and keep their owner and deadline: " + ", ".join(named[:20]))
    retargeted = [row for name in ("altered", "dropped") for row in getattr(changes, name).get("target", [])]
    await _refuse_measured(connection, retargeted, plan_id)


async def _refuse_measured(connection: AsyncConnection, rows: list[Row], plan_id: UUID) -> None:
    """A target that moves would change what past reports were worth."""
    if found := await fetch_all(connection, _reported, ids=[row["id"] for row in rows], plan_id=plan_id):
        named = sorted(row["code"] for row in found)
        raise SeedRefused("these targets have been reported on and stay as they are: " + ", ".join(named))


def _reported(ids: list[UUID], plan_id: UUID) -> Statement:
    obligations, targets, updates = table(Obligation), table(Target), table(Update)
    reported = exists().where(
        obligations.c.plan_id == bindparam("plan_id", plan_id),
        obligations.c.duty_id == targets.c.duty_id,
        updates.c.plan_id == obligations.c.plan_id,
        updates.c.obligation_id == obligations.c.id,
    )
    return select(targets.c.code).where(among(targets.c.id, "ids", ids), reported)


def _with_history(ids: list[UUID], plan_id: UUID) -> Statement:
    obligations = table(Obligation)
    of_plan = obligations.c.plan_id == bindparam("plan_id", plan_id)
    acts = [
        exists().where(table(model).c.plan_id == obligations.c.plan_id, table(model).c.obligation_id == obligations.c.id)
        for model in HISTORIES
    ]
    return select(obligations.c.id).where(of_plan, among(obligations.c.id, "ids", ids), or_(*acts))


async def _write(connection: AsyncConnection, changes: Changes, wanted: Rows, now: datetime) -> None:
    try:
        for name in reversed(wanted):
            await _each(connection, delete(_table(name)), _table(name), changes.dropped.get(name, []))
        for name in wanted:
            for rows in _alike(changes.added.get(name, [])):
                await run_each(connection, insert(_table(name)), rows)
            await _alter(connection, _table(name), changes.altered.get(name, []))
        if changes:
            plan_id, anew = wanted["plan"][0]["id"], "plan" in changes.added
            await events.tell(connection, [events.seeded(plan_id, now, anew=anew)])
        await events.tell(connection, [events.opened(cycle) for cycle in changes.added.get("cycle", [])])
    except CONSTRAINT_BROKEN as error:
        raise SeedRefused(f"something that the seed drops is still referred to: {getattr(error, 'orig', error)}") from None


def _alike(rows: Iterable[Row]) -> Iterable[list[Row]]:
    """Group rows by their columns: those that are inserted at once have the same."""
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row), []).append(row)
    return groups.values()


async def _alter(connection: AsyncConnection, these: Table, rows: Iterable[Row]) -> None:
    for row in rows:
        values = {name: row[name] for name in row["changed"]}
        await _each(connection, update(these).values(values), these, [row])


async def _each(connection: AsyncConnection, act: Any, these: Table, rows: list[Row]) -> None:
    keys = [column.name for column in these.primary_key]
    matching = and_(*(these.c[name] == bindparam(f"key_{name}") for name in keys))
    await run_each(connection, act.where(matching), [{f"key_{name}": row[name] for name in keys} for row in rows])


async def _rows(connection: AsyncConnection, these: Table, plan_id: UUID) -> list[Row]:
    mine = {"id" if these.name == "plan" else "plan_id": plan_id}
    return await fetch_all(connection, rows_where, these=these, **mine)


def _key(these: Table, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in these.primary_key)


def _table(name: str) -> Table:
    return table(Obligation).metadata.tables[name]
