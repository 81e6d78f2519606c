"""Bodies: finding one that can own obligations, and adding one that comes after the plan, as a successor."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.errors import BodyUnknown, Fault, NotAnOwner, SuccessorUnclear
from app.domain.text import fold
from app.models import Body, Plan
from app.models.base import stable_id, table
from app.schemas.successions import SuccessorIn

bodies, plans = table(Body), table(Plan)
members = bodies.alias("member")


@dataclass(frozen=True)
class Successor:
    """The body that takes over; `id` is none while the plan does not have it."""

    id: UUID | None
    code: str
    name: str


async def owner_named(connection: AsyncConnection, plan_id: UUID, code: str, pointer: str) -> RowMapping:
    """Return a body of a plan that can own obligations.

    Raises:
        BodyUnknown: there is no such body.
        NotAnOwner: it is a group that has members.
    """
    row = await _find(connection, plan_id, code, pointer)
    if row is None:
        raise BodyUnknown(None, Fault(pointer, "is no body of this plan"))
    return row


async def successor_named(connection: AsyncConnection, plan_id: UUID, sent: SuccessorIn, predecessor: str) -> Successor:
    """Return who takes over: a body of the plan, or a new one.

    Raises:
        NotAnOwner: it is a group that has members.
        SuccessorUnclear: it is the predecessor, or new and without a name.
    """
    if sent.code == predecessor:
        raise SuccessorUnclear(None, Fault("/successor/code", "is the predecessor"))
    known = await _find(connection, plan_id, sent.code, "/successor/code")
    if known:
        return Successor(known["id"], sent.code, known["name"])
    if sent.name is None:
        raise SuccessorUnclear(None, Fault("/successor/name", "is needed for a body that the plan does not have"))
    return Successor(None, sent.code, sent.name)


async def join(connection: AsyncConnection, successor: Successor, succession: Any) -> UUID:
    """Add a successor that the plan does not have yet to its bodies, and return its id.

    It joins the group of its predecessor, and is as bound as that one: a commune comes into the place of its district.
    """
    if successor.id:
        return successor.id
    row = await _joining(connection, successor, succession)
    await connection.execute(insert(bodies).values(row))
    return UUID(str(row["id"]))


async def _find(connection: AsyncConnection, plan_id: UUID, code: str, pointer: str) -> RowMapping | None:
    grouped = select(members.c.id).where(members.c.group_id == bodies.c.id).exists()
    found = select(*bodies.c, grouped.label("is_group")).where(bodies.c.plan_id == plan_id, bodies.c.code == code)
    row: RowMapping | None = (await connection.execute(found)).mappings().first()
    if row is not None and row["is_group"]:
        raise NotAnOwner(None, Fault(pointer, "is a group that has members"))
    return row


async def _joining(connection: AsyncConnection, successor: Successor, succession: Any) -> dict[str, Any]:
    plan_id = succession["plan_id"]
    like = select(bodies.c.group_id, bodies.c.force).where(bodies.c.id == succession["predecessor_id"])
    last = select(func.max(bodies.c.position)).where(bodies.c.plan_id == plan_id)
    slug = select(plans.c.slug).where(plans.c.id == plan_id)
    return {
        "id": stable_id((await connection.execute(slug)).scalar_one(), "body", successor.code),
        "plan_id": plan_id,
        "code": successor.code,
        "name": successor.name,
        "search": fold(successor.name),
        "position": (await connection.execute(last)).scalar_one() + 1,
        "open_class": False,
        "joined_on": succession["effective_on"],
        **(await connection.execute(like)).mappings().one(),
    }
