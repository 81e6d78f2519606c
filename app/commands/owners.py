"""Who owes the duties of a plan in a cycle that is opened on a day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.statements import Row, fetch_all
from app.domain.owners import Changes, OpenClass, Owner, Succeeded, owners_of
from app.queries import owners as queries


async def changes_by(connection: AsyncConnection, plan_id: UUID, day: date) -> Changes:
    """Return what has become of a plan's bodies by a day."""
    steps: dict[tuple[UUID, UUID], list[Row]] = defaultdict(list)
    for row in await fetch_all(connection, queries.succeeded_duties, plan_id=plan_id):
        steps[row["duty_id"], row["predecessor_id"]].append(row)
    members: dict[UUID, list[UUID]] = defaultdict(list)
    for row in await fetch_all(connection, queries.members_on, plan_id=plan_id, day=day):
        members[row["class_id"]].append(row["member_id"])
    named: dict[UUID, set[UUID]] = defaultdict(set)
    for row in await fetch_all(connection, queries.classes, plan_id=plan_id):
        named[row["id"]].add(row["named"] or row["id"])
    classes = {one: OpenClass(named=frozenset(of), members=tuple(members[one])) for one, of in named.items()}
    return Changes({key: _succeeded(rows) for key, rows in steps.items()}, classes)


def resolved(rows: Iterable[Mapping[str, Any]], changes: Changes) -> list[Row]:
    """Turn the owners that a plan names, as rows, into those who owe its duties now."""
    planned: dict[UUID, list[Owner]] = defaultdict(list)
    for row in rows:
        owner = Owner(body=row["body_id"], position=row["position"], force=row["force"])
        planned[row["duty_id"]].append(owner)
    return [_row(duty, owner) for duty, owners in planned.items() for owner in owners_of(duty, owners, changes)]


def _succeeded(rows: Sequence[Row]) -> Succeeded:
    taking = tuple(row["successor_id"] for row in rows if row["successor_id"])
    return Succeeded(successors=taking, effective_on=rows[0]["effective_on"])


def _row(duty: UUID, owner: Owner) -> Row:
    lines = None if owner.follows == (owner.body,) else list(owner.follows)
    shown = {"body_id": owner.body, "position": owner.position, "force": owner.force}
    return {"duty_id": duty, **shown, "lines": lines}
