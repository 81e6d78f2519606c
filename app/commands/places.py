"""Places: for which of a caller's bodies it helps with a duty."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.obligations import Locked
from app.database.statements import Statement, fetch_first
from app.domain.access import Caller
from app.domain.errors import PartnersOnly
from app.models import Body
from app.models.base import table
from app.standing.reach import bodies_of, coordinated

bodies = table(Body)


class Partner(NamedTuple):
    """The body for which a caller helps."""

    id: UUID
    code: str


async def partner_of(connection: AsyncConnection, caller: Caller, held: Locked) -> Partner:
    """Name the body of the caller that stands in a partner's place.

    Raises:
        PartnersOnly: none does; the owner reports instead.
    """
    asked = {"plan_id": held.plan_id, "duty_id": held.duty_id, "owner_id": held.owner_id}
    row = await fetch_first(connection, helping, caller=caller, **asked)
    if row is None:
        raise PartnersOnly
    return Partner(row["id"], row["code"])


def helping(caller: Caller, plan_id: UUID, duty_id: UUID, owner_id: UUID) -> Statement:
    """Select those bodies of a caller, in the plan's order, that help with a duty whose owner is another body."""
    place, its_places = coordinated(caller), func.dondoc_places(array([bodies.c.id]), type_=ARRAY(Uuid()))
    named = select(place.c.body_id).where(
        place.c.plan_id == bindparam("plan_id", plan_id, Uuid()),
        place.c.duty_id == bindparam("duty_id", duty_id, Uuid()),
        place.c.body_id == any_(its_places),
    )
    mine = (bodies.c.id == any_(bodies_of(caller)), bodies.c.id != bindparam("owner_id", owner_id, Uuid()))
    return select(bodies.c.id, bodies.c.code).where(*mine, named.exists()).order_by(bodies.c.position)
