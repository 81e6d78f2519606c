"""Clients: adding, changing and disabling them, and their secrets.

A secret is shown once and kept as a keyed digest.
"""

import hmac
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import events
from app.commands.calendars import revoke_lost
from app.database.builders import among, deleted_where, equal
from app.database.failures import CONSTRAINT_BROKEN
from app.database.statements import Statement, fetch_all, fetch_built, fetch_one, fetch_only, write_rows
from app.domain.access import Permission, Role, acts_of, granted
from app.domain.errors import (
    AlreadyExists,
    BodiesAreForReporters,
    BodyUnknown,
    ClientUnknown,
    Fault,
    NoExternalIssuer,
    NotFound,
    ScopeBeyondRole,
    StaleVersion,
    TooManySecrets,
)
from app.domain.events import EventType
from app.models import Body, Client, ClientBody, ClientSecret, Plan
from app.models.base import new_id, table
from app.models.client import ClientKind
from app.queries import clients as queries
from app.schemas.clients import BodyGrant, ClientIn, ClientOut, NewClientOut, SecretOut
from app.schemas.views import client_out

Digest = Callable[[str], bytes]
SECRET_BYTES = 32
SLOTS = (1, 2)
clients, client_secrets, client_bodies = table(Client), table(ClientSecret), table(ClientBody)


@dataclass(frozen=True)
class NewClient:
    """A client that was just added, and its secret, which nothing can show again."""

    id: UUID
    name: str
    role: Role
    bodies: Sequence[str]
    secret_id: UUID
    secret: str = field(repr=False)


async def add(
    connection: AsyncConnection,
    digest: Digest,
    *,
    name: str,
    role: Role,
    bodies: Sequence[BodyGrant] = (),
    scopes: Collection[Permission] | None = None,
    issuer: str | None = None,
    subject: str | None = None,
) -> NewClient:
    """Add a client with a first secret; `bodies` are those that a reporter may report for.

    Raises:
        AlreadyExists: there is a client of that name, or of that subject.
        BodyUnknown, BodiesAreForReporters, ScopeBeyondRole: it would be granted what it cannot have.
    """
    client_id = uuid4()
    row = {
        "id": client_id,
        "name": name,
        "role": role,
        "version": 1,
        **_columns({"scopes": scopes, "subject": subject}, issuer),
    }
    _refuse_beyond(role, scopes)
    try:
        await write_rows(connection, clients, [row])
    except CONSTRAINT_BROKEN:
        raise AlreadyExists from None
    added = await _new_secret(connection, digest, client_id, SLOTS[0])
    await grant(connection, client_id, role, bodies)
    await events.tell_of_no_plan(connection, EventType.CLIENT_ADDED, client_id)
    return NewClient(client_id, name, role, [one.body for one in bodies], added.id, added.client_secret or "")


async def add_as_sent(
    connection: AsyncConnection, digest: Digest, sent: ClientIn, *, issuer: str | None
) -> NewClientOut:
    """Add a client and show it with its secret.

    Raises:
        AlreadyExists, BodyUnknown, BodiesAreForReporters, ScopeBeyondRole: see `add`.
    """
    added = await add(connection, digest, issuer=issuer, **dict(sent))
    secret = SecretOut(id=added.secret_id, client_id=added.id, client_secret=added.secret)
    return NewClientOut(client=await _shown(connection, added.id), secret=secret)


async def change(
    connection: AsyncConnection,
    client_id: UUID,
    changes: Mapping[str, Any],
    *,
    now: datetime,
    issuer: str | None = None,
    expected: int | None = None,
) -> ClientOut:
    """Change what `changes` names: `name`, `scopes`, `bodies`, `subject` or `disabled`; show the client.

    Raises:
        NotFound, StaleVersion: there is no such client, or not in the expected version.
        AlreadyExists, BodyUnknown, BodiesAreForReporters, ScopeBeyondRole: see `add`.
    """
    values = _columns(changes, issuer, now)
    role = await alter(connection, client_id, changes, values, ClientKind.SYSTEM, now=now, expected=expected)
    _refuse_beyond(role, changes.get("scopes"))
    return await _shown(connection, client_id)


async def alter(
    connection: AsyncConnection,
    client_id: UUID,
    changes: Mapping[str, Any],
    values: Mapping[str, Any],
    kind: ClientKind,
    *,
    now: datetime,
    expected: int | None,
) -> Role:
    """Change columns of a client of a kind, and the bodies that it reports for; return its role.

    Raises:
        NotFound, StaleVersion, AlreadyExists, BodyUnknown, BodiesAreForReporters: see `change`.
    """
    try:
        role = await hold(connection, client_id, expected, kind, **values)
    except CONSTRAINT_BROKEN:
        raise AlreadyExists from None
    if "bodies" in changes:
        await fetch_all(connection, deleted_where, these=client_bodies, client_id=client_id)
        await grant(connection, client_id, role, changes["bodies"])
    await revoke_lost(connection, client_id, now=now)
    return role


async def add_secret(
    connection: AsyncConnection, digest: Digest, client_id: UUID, *, expected: int | None = None
) -> SecretOut:
    """Add the second secret, so that the first can be replaced while both work.

    Raises:
        NotFound, StaleVersion: there is no such client, or not in the expected version.
        TooManySecrets: it has two.
    """
    await hold(connection, client_id, expected)
    taken = {row["slot"] for row in await fetch_all(connection, _slots, client_id=client_id)}
    free = sorted(set(SLOTS) - taken)
    if not free:
        raise TooManySecrets
    return await _new_secret(connection, digest, client_id, free[0])


async def remove_secret(
    connection: AsyncConnection, client_id: UUID, secret_id: UUID, *, expected: int | None = None
) -> None:
    """Remove a secret; with none left, a client gets no more tokens here.

    Raises:
        NotFound, StaleVersion: there is no such client or secret, or not in the expected version.
    """
    await hold(connection, client_id, expected)
    await fetch_one(connection, deleted_where, these=client_secrets, id=secret_id, client_id=client_id)


def _slots(client_id: UUID) -> Statement:
    return select(client_secrets.c.slot).where(equal(client_secrets, client_id=client_id))


def _columns(changes: Mapping[str, Any], issuer: str | None, now: datetime | None = None) -> dict[str, Any]:
    """Spell what was sent as columns; a subject is one of the issuer that is configured now."""
    values = {name: changes[name] for name in ("name", "scopes", "subject") if name in changes}
    if values.get("subject") is not None and issuer is None:
        raise NoExternalIssuer(None, Fault("/subject", "has no issuer"))
    if "subject" in values:
        values["issuer"] = issuer if values["subject"] is not None else None
    if "disabled" in changes:
        values |= disabled(changes["disabled"], now)
    return values


def disabled(is_so: bool, now: datetime | None) -> dict[str, Any]:
    """Spell that a client is disabled, since when it first was, or is not."""
    return {"disabled_at": func.coalesce(clients.c.disabled_at, now) if is_so else None}


async def hold(
    connection: AsyncConnection,
    client_id: UUID,
    expected: int | None,
    kind: ClientKind = ClientKind.SYSTEM,
    **values: Any,
) -> Role:
    """Lock a client of a kind, change columns of it, count its version up, and tell of it with all that comes with it.

    Raises:
        NotFound, StaleVersion: there is no such client, or not in the expected version.
    """
    counted_up = (
        update(clients)
        .where(clients.c.id == client_id, clients.c.kind == kind)
        .values(version=clients.c.version + 1, **values)
        .returning(clients.c.role, clients.c.version)
    )
    # Which columns a change names, and that a client stays disabled since it was, only its caller knows.
    found = await fetch_built(connection, counted_up)
    if not found:
        raise NotFound
    (row,) = found
    if expected is not None and row["version"] != expected + 1:
        raise StaleVersion
    await events.tell_of_no_plan(connection, EventType.CLIENT_CHANGED, client_id)
    return Role(row["role"])


def _refuse_beyond(role: Role, scopes: Collection[Permission] | None) -> None:
    allowed = acts_of(role)
    if beyond := [n for n, act in enumerate(scopes or ()) if act not in allowed]:
        raise ScopeBeyondRole(None, *(Fault(f"/scopes/{n}", "is not open to the role") for n in beyond))


async def _new_secret(connection: AsyncConnection, digest: Digest, client_id: UUID, slot: int) -> SecretOut:
    secret = secrets.token_urlsafe(SECRET_BYTES)
    row = {"id": new_id(), "client_id": client_id, "slot": slot, "digest": digest(secret)}
    await write_rows(connection, client_secrets, [row])
    return SecretOut(id=row["id"], client_id=client_id, client_secret=secret)


async def _shown(connection: AsyncConnection, client_id: UUID) -> ClientOut:
    return client_out(await fetch_only(connection, queries.one, client_id=client_id))


async def grant(connection: AsyncConnection, client_id: UUID, role: Role, granted: Sequence[BodyGrant]) -> None:
    """Let a reporter report for bodies.

    Raises:
        BodyUnknown, BodiesAreForReporters: it would be granted what it cannot have.
    """
    if not granted:
        return
    if role is not Role.REPORTER:
        raise BodiesAreForReporters(None, Fault("/bodies", "must be left out"))
    wanted = [(one.plan, one.body) for one in granted]
    slugs, codes = [plan for plan, _ in wanted], [body for _, body in wanted]
    found = await fetch_all(connection, _bodies, slugs=slugs, codes=codes)
    ids = {(row["slug"], row["code"]): (row["plan_id"], row["id"]) for row in found}
    if unknown := [n for n, one in enumerate(wanted) if one not in ids]:
        raise BodyUnknown(None, *(Fault(f"/bodies/{n}", "is no body of a plan here") for n in unknown))
    rows = [
        {"client_id": client_id, "plan_id": plan_id, "body_id": body_id}
        for plan_id, body_id in map(ids.__getitem__, dict.fromkeys(wanted))
    ]
    await write_rows(connection, client_bodies, rows)


def _bodies(slugs: list[str], codes: list[str]) -> Statement:
    """Select the bodies of those codes in those plans, which may be more than were named in pairs."""
    bodies, plans = table(Body), table(Plan)
    found = select(plans.c.slug, bodies.c.code, bodies.c.id, bodies.c.plan_id)
    found = found.join(plans, plans.c.id == bodies.c.plan_id)
    return found.where(among(plans.c.slug, "slugs", slugs), among(bodies.c.code, "codes", codes))


@dataclass(frozen=True)
class Proven:
    """A client that has shown one of its secrets, and what it may do."""

    id: UUID
    secret_id: UUID
    scopes: frozenset[Permission]


async def prove(connection: AsyncConnection, digest: Digest, client_id: str, secret: str) -> Proven:
    """Check a client's id and secret, in the same time whether or not there is such a client.

    Raises:
        ClientUnknown: the id or the secret is wrong, or the client is disabled.
    """
    shown = digest(secret)
    rows = await fetch_all(connection, queries.secret_digests, client_id=_uuid(client_id))
    right = [row for row in rows if hmac.compare_digest(shown, row["digest"])]
    if not right:
        raise ClientUnknown
    row = right[0]
    return Proven(_uuid(client_id), row["id"], granted(Role(row["role"]), row["scopes"]))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
