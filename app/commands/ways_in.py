"""Ways in that people have beside an invitation: added by whoever is signed in, used, and ended."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UpdateBase, bindparam, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import people
from app.commands.people import Digest
from app.database.failures import CONSTRAINT_BROKEN
from app.database.statements import Row, fetch_first, write_rows
from app.domain.errors import AlreadyExists, NotFound, SignInRefused
from app.models import PersonWay
from app.models.base import new_id, table
from app.models.person import CameBy, Way
from app.queries import people as queries

ways = table(PersonWay)


async def add(
    connection: AsyncConnection,
    person_id: UUID,
    way: Way,
    known_as: str,
    shown_as: str,
    *,
    now: datetime,
    public_key: bytes | None = None,
    uses: int = 0,
) -> None:
    """Let a person come in by one more way.

    Raises:
        AlreadyExists: somebody comes in by it already.
    """
    row = {"id": new_id(), "client_id": person_id, "came_by": way, "known_as": known_as, "shown_as": shown_as}
    try:
        await write_rows(connection, ways, [{**row, "public_key": public_key, "uses": uses, "began_at": now}])
    except CONSTRAINT_BROKEN:
        raise AlreadyExists from None


async def known(connection: AsyncConnection, way: Way, known_as: str) -> Row:
    """Return a way in that has not ended.

    Raises:
        SignInRefused: there is none such.
    """
    row = await fetch_first(connection, queries.way, came_by=way, known_as=known_as)
    if row is None:
        raise SignInRefused
    return row


async def come_in(
    connection: AsyncConnection, digest: Digest, way: Row, proof: str, *, now: datetime, uses: int = 0
) -> str:
    """Begin a session of whose way in it is, and return what the browser shows for it; a proof serves once.

    Raises:
        SignInRefused: the person is disabled, the way has ended, or something was proved so before.
    """
    used = await fetch_first(connection, _use, way_id=way["id"], uses=uses, now=now)
    came_by, said = CameBy(way["came_by"]), digest(f"proof:{proof}")
    try:
        shown = used and await people.begin(connection, digest, way["client_id"], came_by, now=now, proof=said)
    except CONSTRAINT_BROKEN:
        raise SignInRefused from None
    if not shown:
        raise SignInRefused
    return shown


async def end(connection: AsyncConnection, person_id: UUID, way_id: UUID, *, now: datetime) -> None:
    """End a way in of a person's own.

    Raises:
        NotFound: there is none such, or not any more.
    """
    if await fetch_first(connection, _end, way_id=way_id, person_id=person_id, now=now) is None:
        raise NotFound


def _use(way_id: UUID, uses: int, now: datetime) -> UpdateBase:
    lives = (ways.c.id == bindparam("way_id", way_id), ways.c.ended_at.is_(None))
    values: Mapping[str, Any] = {"used_at": bindparam("now", now), "uses": bindparam("uses", uses)}
    return update(ways).where(*lives).values(values).returning(ways.c.id)


def _end(way_id: UUID, person_id: UUID, now: datetime) -> UpdateBase:
    whose = (ways.c.id == bindparam("way_id", way_id), ways.c.client_id == bindparam("person_id", person_id))
    return (
        update(ways)
        .where(*whose, ways.c.ended_at.is_(None))
        .values(ended_at=bindparam("now", now))
        .returning(ways.c.id)
    )
