"""Bodies: finding one that can own obligations, and adding one that comes after the plan."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, Uuid, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.statements import Row, Statement, fetch_first, fetch_one, write_rows
from app.domain.errors import BodyUnknown, Fault, NotAnOwner, Refusal, SuccessorUnclear
from app.domain.text import fold
from app.models import Body, DutyOwner, Plan
from app.models.base import stable_id, table

bodies, plans, duty_owners = table(Body), table(Plan), table(DutyOwner)
members = bodies.alias("member")


@dataclass(frozen=True)
class NamedBody:
    """A body by its code; `id` is none while the plan does not have it."""

    id: UUID | None
    code: str
    name: str


async def owner_named(connection: AsyncConnection, plan_id: UUID, code: str, pointer: str) -> Row:
    """Return a body of a plan that can own obligations.

    Raises:
        BodyUnknown: there is no such body.
        NotAnOwner: it is a group that has members.
    """
    row = await _find_owner(connection, plan_id, code, pointer)
    if row is None:
        raise BodyUnknown(None, Fault(pointer, "is no body of this plan"))
    return row


async def body_named(
    connection: AsyncConnection,
    plan_id: UUID,
    code: str,
    name: str | None,
    pointer: str,
    *,
    nameless: type[Refusal] = SuccessorUnclear,
) -> NamedBody:
    """Return a body that can own obligations: one of the plan, or a new one.

    Raises:
        NotAnOwner: it is a group that has members.
        SuccessorUnclear, or what `nameless` says: it is new and has no name.
    """
    known = await _find_owner(connection, plan_id, code, f"{pointer}/code")
    if known:
        return NamedBody(known["id"], code, known["name"])
    if name is None:
        raise nameless(None, Fault(f"{pointer}/name", "is needed for a body that the plan does not have"))
    return NamedBody(None, code, name)


async def join(
    connection: AsyncConnection, plan_id: UUID, body: NamedBody, *, group: UUID | None, force: str, joined_on: date
) -> UUID:
    """Add a body that the plan does not have yet to its bodies, under a group or by itself, and return its id."""
    if body.id:
        return body.id
    place = await fetch_one(connection, _next_place, plan_id=plan_id)
    row: dict[str, Any] = {
        "id": stable_id(place["slug"], "body", body.code),
        "plan_id": plan_id,
        "code": body.code,
        "name": body.name,
        "search": fold(body.name),
        "position": place["position"],
        "open_class": False,
        "others": False,
        "joined_on": joined_on,
        "group_id": group,
        "force": force,
    }
    await write_rows(connection, bodies, [row])
    return UUID(str(row["id"]))


async def _find_owner(connection: AsyncConnection, plan_id: UUID, code: str, pointer: str) -> Row | None:
    row = await fetch_first(connection, one_body, plan_id=plan_id, code=code)
    if row is not None and row["is_group"]:
        raise NotAnOwner(None, Fault(pointer, "is a group that has members"))
    return row


def one_body(plan_id: UUID, code: str) -> Statement:
    """Select a body of a plan by its code, and whether it is a group: it has members, and the plan names it nowhere."""
    grouped = select(members.c.id).where(members.c.group_id == bodies.c.id).exists()
    owing = select(duty_owners.c.id).where(duty_owners.c.body_id == bodies.c.id).exists()
    found = select(*bodies.c, (grouped & ~owing).label("is_group"))
    return found.where(_of(plan_id), bodies.c.code == bindparam("code", code, String()))


def _next_place(plan_id: UUID) -> Statement:
    last = func.max(bodies.c.position) + 1
    found = select(plans.c.slug, last.label("position")).join(plans, plans.c.id == bodies.c.plan_id)
    return found.where(_of(plan_id)).group_by(plans.c.slug)


def _of(plan_id: UUID) -> ColumnElement[bool]:
    return bodies.c.plan_id == bindparam("plan_id", plan_id, Uuid())
