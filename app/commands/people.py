"""People: adding, changing, disabling and inviting them; their coming in and leaving.

A person is a client of its own kind, so that whatever knows clients knows people: acts and events name them, rights and
row-level security hold for them.  What a browser shows, be it an invitation or a session, is kept as a keyed digest.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, UpdateBase, bindparam, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import clients, events
from app.database.engine import as_system
from app.database.failures import CONSTRAINT_BROKEN
from app.database.statements import Row, fetch_all, fetch_first, fetch_one, fetch_only, write_rows
from app.domain.access import PEOPLES_ROLES, Role
from app.domain.errors import AlreadyExists, Fault, InvitationSpent, MalformedContent, NotFound
from app.domain.events import EventType
from app.models import Client, PersonInvitation, PersonSession
from app.models.base import new_id, table
from app.models.client import ClientKind
from app.models.person import CameBy
from app.queries import clients as queries
from app.queries import people
from app.schemas.clients import BodyGrant
from app.schemas.people import InvitationOut, PersonIn, PersonOut
from app.schemas.views import person_out

Digest = Callable[[str], bytes]
INVITED_FOR = timedelta(minutes=15)
IDLE, WHOLE = timedelta(hours=8), timedelta(hours=12)
"""How long a session lasts without being used, and at all."""
NOTED_EVERY = timedelta(minutes=5)
"""How exactly it is known when a session was last used: a page that is read need not write each time."""
SECRET_BYTES = 32
invitations, sessions = table(PersonInvitation), table(PersonSession)


async def add(connection: AsyncConnection, *, name: str, role: Role, bodies: Sequence[BodyGrant] = ()) -> UUID:
    """Add a person; `bodies` are those that a reporter reports for.

    Raises:
        AlreadyExists: somebody is called so: histories tell people apart by name.
        MalformedContent: the role is one of systems alone.
        BodyUnknown, BodiesAreForReporters: see `clients.grant`.
    """
    if role not in PEOPLES_ROLES:
        raise MalformedContent(None, Fault("/role", "is no role of people"))
    person_id = new_id()
    row = {"id": person_id, "name": name, "role": role, "kind": ClientKind.PERSON, "version": 1}
    try:
        await write_rows(connection, table(Client), [row])
    except CONSTRAINT_BROKEN:
        raise AlreadyExists from None
    await clients.grant(connection, person_id, role, bodies)
    await events.tell_of_no_plan(connection, EventType.CLIENT_ADDED, person_id)
    return person_id


async def add_as_sent(connection: AsyncConnection, sent: PersonIn) -> PersonOut:
    """Add a person and show them.

    Raises:
        AlreadyExists, MalformedContent, BodyUnknown, BodiesAreForReporters: see `add`.
    """
    person_id = await add(connection, **dict(sent))
    return person_out(await fetch_only(connection, queries.one, client_id=person_id, kind=ClientKind.PERSON))


async def change(
    connection: AsyncConnection,
    person_id: UUID,
    changes: Mapping[str, Any],
    *,
    now: datetime,
    expected: int | None = None,
) -> PersonOut:
    """Change what `changes` names: `name`, `bodies` or `disabled`; whoever is disabled is signed out at once.

    Raises:
        NotFound, StaleVersion: there is no such person, or not in the expected version.
        AlreadyExists, BodyUnknown, BodiesAreForReporters: see `add`.
    """
    values = {name: changes[name] for name in ("name",) if name in changes}
    if "disabled" in changes:
        values |= clients.disabled(changes["disabled"], now)
    await clients.alter(connection, person_id, changes, values, ClientKind.PERSON, now=now, expected=expected)
    if changes.get("disabled"):
        async with as_system(connection):
            await fetch_all(connection, _end_all, person_id=person_id, now=now)
            await fetch_all(connection, _use_all, person_id=person_id, now=now)
    return await _shown(connection, person_id)


async def invite(
    connection: AsyncConnection, digest: Digest, person_id: UUID, *, now: datetime, expected: int | None = None
) -> str:
    """Make a link by which a person comes in once, and return the secret in it.

    Raises:
        NotFound, StaleVersion: there is no such person, or not any more, or not in the expected version.
    """
    if (await _one(connection, person_id))["disabled_at"]:
        raise NotFound
    if expected is not None:
        await clients.hold(connection, person_id, expected, ClientKind.PERSON)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    row = {"id": new_id(), "client_id": person_id, "digest": digest(secret), "began_at": now}
    await write_rows(connection, invitations, [{**row, "expires_at": now + INVITED_FOR}])
    return secret


async def invite_as_sent(
    connection: AsyncConnection,
    digest: Digest,
    person_id: UUID,
    *,
    place: str,
    now: datetime,
    expected: int | None = None,
) -> InvitationOut:
    """Invite a person, and show the link.

    Raises:
        NotFound, StaleVersion: see `invite`.
    """
    secret = await invite(connection, digest, person_id, now=now, expected=expected)
    return InvitationOut(id=person_id, link=f"{place}{secret}", expires_at=now + INVITED_FOR)


async def come_in(connection: AsyncConnection, digest: Digest, secret: str, *, now: datetime) -> str:
    """Use an invitation up, begin a session, and return what the browser shows for it: new at each sign-in.

    Raises:
        InvitationSpent: there is no such link, it was used, it is too old, or the person is disabled.
    """
    used = await fetch_first(connection, _use, digest=digest(secret), now=now)
    shown = used and await begin(connection, digest, used["client_id"], CameBy.INVITATION, now=now)
    if not shown:
        raise InvitationSpent
    return shown


async def begin(
    connection: AsyncConnection,
    digest: Digest,
    person_id: UUID,
    came_by: CameBy,
    *,
    now: datetime,
    proof: bytes | None = None,
) -> str | None:
    """Begin a session, and return what the browser shows for it; nothing, where the person may not come in."""
    person = await fetch_first(connection, queries.one, client_id=person_id, kind=ClientKind.PERSON)
    if not person or person["disabled_at"]:
        return None
    shown = secrets.token_urlsafe(SECRET_BYTES)
    row = {"id": new_id(), "client_id": person["id"], "digest": digest(shown), "came_by": came_by, "proof": proof}
    await write_rows(connection, sessions, [{**row, "began_at": now, "seen_at": now}])
    return shown


async def whose(connection: AsyncConnection, digest: Digest, shown: str, *, now: datetime) -> Row | None:
    """Return who is signed in by what a browser shows, if anybody is."""
    lives = {"began_after": now - WHOLE, "seen_after": now - IDLE}
    return await fetch_first(connection, people.session, digest=digest(shown), **lives)


async def note_use(connection: AsyncConnection, session_id: UUID, *, now: datetime) -> None:
    """Note that a session was used."""
    await fetch_all(connection, _use_again, session_id=session_id, now=now)


async def leave(connection: AsyncConnection, digest: Digest, shown: str, *, now: datetime) -> None:
    """End a session; one that has ended stays so."""
    await fetch_all(connection, _end, digest=digest(shown), now=now)


async def _one(connection: AsyncConnection, person_id: UUID) -> Row:
    return await fetch_one(connection, queries.one, client_id=person_id, kind=ClientKind.PERSON)


async def _shown(connection: AsyncConnection, person_id: UUID) -> PersonOut:
    return person_out(await _one(connection, person_id))


def _use(digest: bytes, now: datetime) -> UpdateBase:
    """Use an invitation up in one statement: of two that come together, one finds it."""
    at: ColumnElement[datetime] = bindparam("now", now)
    its = invitations.c
    lives = (its.digest == bindparam("digest", digest), its.used_at.is_(None), its.expires_at > at)
    return update(invitations).where(*lives).values(used_at=at).returning(its.client_id)


def _use_again(session_id: UUID, now: datetime) -> UpdateBase:
    asked = sessions.c.id == bindparam("session_id", session_id)
    return update(sessions).where(asked).values(seen_at=bindparam("now", now)).returning(sessions.c.id)


def _end(digest: bytes, now: datetime) -> UpdateBase:
    lives = (sessions.c.digest == bindparam("digest", digest), sessions.c.ended_at.is_(None))
    return update(sessions).where(*lives).values(ended_at=bindparam("now", now)).returning(sessions.c.id)


def _end_all(person_id: UUID, now: datetime) -> UpdateBase:
    lives = (sessions.c.client_id == bindparam("person_id", person_id), sessions.c.ended_at.is_(None))
    return update(sessions).where(*lives).values(ended_at=bindparam("now", now)).returning(sessions.c.id)


def _use_all(person_id: UUID, now: datetime) -> UpdateBase:
    lives = (invitations.c.client_id == bindparam("person_id", person_id), invitations.c.used_at.is_(None))
    return update(invitations).where(*lives).values(used_at=bindparam("now", now)).returning(invitations.c.id)
