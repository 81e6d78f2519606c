"""Clients: who they are, what they may report for, and which tokens are no longer taken."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, false, func, select, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.database.keyset import KeysetCursor
from app.database.statements import Statement
from app.domain.access import Role
from app.models import Body, Client, ClientBody, ClientSecret, Plan, RevokedToken
from app.models.base import table
from app.models.client import ClientKind

clients, grants, secrets, revoked = table(Client), table(ClientBody), table(ClientSecret), table(RevokedToken)
SORT_COLUMNS = ("name", "id")
"""The order in which clients are listed."""


def caller(
    *, jti: UUID | None, client_id: UUID | None = None, issuer: str | None = None, subject: str | None = None
) -> Statement:
    """Select what the client of a token may do: ours is named by its id, an external issuer's by its subject.

    No token is a person's.
    """
    if client_id is not None:
        named: ColumnElement[bool] = clients.c.id == bindparam("client_id", client_id)
    else:
        named = and_(
            clients.c.issuer == bindparam("issuer", issuer), clients.c.subject == bindparam("subject", subject)
        )
    is_revoked = select(revoked.c.jti).where(revoked.c.jti == bindparam("jti", jti)).exists() if jti else false()
    return select(
        *(clients.c[name] for name in ("id", "name", "role", "scopes", "disabled_at")),
        body_ids().label("body_ids"),
        is_revoked.label("revoked"),
    ).where(named, clients.c.kind == ClientKind.SYSTEM)


def body_ids() -> ColumnElement[Any]:
    """Select the ids of the bodies that a client may report for."""
    return select(func.array_agg(grants.c.body_id)).where(grants.c.client_id == clients.c.id).scalar_subquery()


def secret_digests(client_id: UUID) -> Statement:
    """Select the digests of the secrets of a client that is not disabled, with what it may do."""
    return (
        select(clients.c.role, clients.c.scopes, secrets.c.id, secrets.c.digest)
        .join(secrets, secrets.c.client_id == clients.c.id)
        .where(clients.c.id == bindparam("client_id", client_id), clients.c.disabled_at.is_(None))
    )


def every_client(kind: ClientKind = ClientKind.SYSTEM) -> Statement:
    """Select all clients by name, each with the bodies that it may report for and its secrets, which tell nothing."""
    shown = select(*clients.c, _bodies().label("bodies"), _secrets().label("secrets"))
    return shown.where(clients.c.kind == kind).order_by(*_order())


def page(
    *,
    role: Role | None,
    disabled: bool | None,
    limit: int,
    after: KeysetCursor | None,
    kind: ClientKind = ClientKind.SYSTEM,
) -> Statement:
    """Select one page of clients and one row more, which tells whether there is another page."""
    found = every_client(kind).limit(bindparam("limit", limit) + 1)
    if role is not None:
        found = found.where(clients.c.role == role)
    if disabled is not None:
        found = found.where(clients.c.disabled_at.is_not(None) == disabled)
    return found if after is None else found.where(tuple_(*_order()) > after.row(_order()))


def one(client_id: UUID, kind: ClientKind = ClientKind.SYSTEM) -> Statement:
    """Select one client."""
    return every_client(kind).where(clients.c.id == bindparam("client_id", client_id))


def _order() -> list[ColumnElement[Any]]:
    return [clients.c[name] for name in SORT_COLUMNS]


def _bodies() -> ColumnElement[Any]:
    bodies, plans = table(Body), table(Plan)
    shown = func.jsonb_build_object("plan", plans.c.slug, "body", bodies.c.code)
    ordered = aggregate_order_by(shown, plans.c.slug, bodies.c.position)
    found = (
        select(func.jsonb_agg(ordered))
        .select_from(grants.join(bodies, bodies.c.id == grants.c.body_id).join(plans, plans.c.id == grants.c.plan_id))
        .where(grants.c.client_id == clients.c.id)
    )
    return func.coalesce(found.scalar_subquery(), func.jsonb_build_array())


def _secrets() -> ColumnElement[Any]:
    shown = func.jsonb_build_object("id", secrets.c.id, "created_at", secrets.c.created_at)
    ordered = aggregate_order_by(shown, secrets.c.created_at, secrets.c.id)
    found = select(func.jsonb_agg(ordered)).where(secrets.c.client_id == clients.c.id)
    return func.coalesce(found.scalar_subquery(), func.jsonb_build_array())
