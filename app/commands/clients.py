"""Clients: adding one, and proving that a caller is one.  A secret is shown once and kept as a keyed digest."""

import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.access import MAY, Role
from app.domain.errors import AlreadyExists, ClientUnknown, NotFound
from app.models import Body, Client, ClientBody, ClientSecret, Plan
from app.models.base import new_id, table
from app.queries import clients as queries

Digest = Callable[[str], bytes]
SECRET_BYTES = 32


@dataclass(frozen=True)
class NewClient:
    """A client that was just added, and its secret, which nothing can show again."""

    id: UUID
    name: str
    role: Role
    bodies: Sequence[str]
    secret: str = field(repr=False)


async def add(
    connection: AsyncConnection,
    digest: Digest,
    *,
    name: str,
    role: Role,
    plan: str | None = None,
    bodies: Sequence[str] = (),
) -> NewClient:
    """Add a client with a new secret; `bodies` are the codes that a reporter may report for.

    Raises:
        AlreadyExists: there is a client of that name.
        NotFound: the plan has no such body.
    """
    client = NewClient(uuid4(), name, role, bodies, secrets.token_urlsafe(SECRET_BYTES))
    try:
        await connection.execute(insert(table(Client)).values(id=client.id, name=name, role=role))
    except IntegrityError:
        raise AlreadyExists from None
    kept = {"id": new_id(), "client_id": client.id, "digest": digest(client.secret)}
    await connection.execute(insert(table(ClientSecret)).values(kept))
    await _grant(connection, client.id, plan, bodies)
    return client


async def _grant(connection: AsyncConnection, client_id: UUID, plan: str | None, codes: Sequence[str]) -> None:
    if not codes:
        return
    bodies, plans = table(Body), table(Plan)
    found = await connection.execute(
        select(bodies.c.id, bodies.c.plan_id)
        .join(plans, plans.c.id == bodies.c.plan_id)
        .where(plans.c.slug == plan, bodies.c.code.in_(codes))
    )
    rows = [{"client_id": client_id, "body_id": body_id, "plan_id": plan_id} for body_id, plan_id in found]
    if len(rows) < len(set(codes)):
        raise NotFound
    await connection.execute(insert(table(ClientBody)), rows)


@dataclass(frozen=True)
class Proven:
    """A client that has shown its secret, and the scopes of its role."""

    id: UUID
    scopes: Sequence[str]


async def prove(connection: AsyncConnection, digest: Digest, client_id: str, secret: str) -> Proven:
    """Check a client's id and secret, in the same time whether or not there is such a client.

    Raises:
        ClientUnknown: the id or the secret is wrong, or the client is disabled.
    """
    shown = digest(secret)
    rows = (await connection.execute(queries.secret_digests(_uuid(client_id)))).mappings().all()
    right = [hmac.compare_digest(shown, row["digest"]) for row in rows]
    if not any(right):
        raise ClientUnknown
    role = Role(rows[0]["role"])
    return Proven(_uuid(client_id), [act.value for act, roles in MAY.items() if role in roles])


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
