"""Clients: who they are, and what they may report for."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from app.models import Body, Client, ClientBody, ClientSecret
from app.models.base import table

AnyRow = Select[*tuple[Any, ...]]
clients, grants, secrets = table(Client), table(ClientBody), table(ClientSecret)


def caller(client_id: UUID) -> AnyRow:
    """Select the role and the bodies of a client that is not disabled."""
    body_ids = select(func.array_agg(grants.c.body_id)).where(grants.c.client_id == clients.c.id).scalar_subquery()
    return select(clients.c.id, clients.c.role, body_ids.label("body_ids")).where(
        clients.c.id == client_id, clients.c.disabled_at.is_(None)
    )


def secret_digests(client_id: UUID) -> AnyRow:
    """Select the digests of the secrets of a client that is not disabled, with its role."""
    return (
        select(clients.c.role, secrets.c.digest)
        .join(secrets, secrets.c.client_id == clients.c.id)
        .where(clients.c.id == client_id, clients.c.disabled_at.is_(None))
    )


def every_client() -> AnyRow:
    """Select all clients by name, each with the codes of the bodies that it may report for."""
    bodies = table(Body)
    codes = (
        select(func.array_agg(bodies.c.code))
        .join(grants, grants.c.body_id == bodies.c.id)
        .where(grants.c.client_id == clients.c.id)
        .scalar_subquery()
    )
    return select(clients.c.id, clients.c.name, clients.c.role, clients.c.disabled_at, codes.label("bodies")).order_by(
        clients.c.role, clients.c.name
    )
