"""People: whose session it is, and by what they came in."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select

from app.database.builders import among
from app.database.statements import Statement
from app.models import Client, PersonSession, PersonWay
from app.models.base import table
from app.models.client import ClientKind
from app.models.person import Way
from app.models.redacted_views import CLIENT_NAMES
from app.queries.clients import body_ids

clients, sessions, ways_in = table(Client), table(PersonSession), table(PersonWay)


def session(digest: bytes, began_after: datetime, seen_after: datetime) -> Statement:
    """Select who is signed in by a session that has not ended, neither by itself nor by anybody, and may still be."""
    return (
        select(
            *(clients.c[name] for name in ("id", "name", "role", "scopes")),
            body_ids().label("body_ids"),
            sessions.c.id.label("session_id"),
            sessions.c.seen_at,
        )
        .join(sessions, sessions.c.client_id == clients.c.id)
        .where(
            sessions.c.digest == bindparam("digest", digest),
            sessions.c.ended_at.is_(None),
            sessions.c.began_at > bindparam("began_after", began_after),
            sessions.c.seen_at > bindparam("seen_after", seen_after),
            clients.c.disabled_at.is_(None),
            clients.c.kind == ClientKind.PERSON,
        )
    )


def names(ids: Collection[UUID]) -> Statement:
    """Select who some clients are, people among them; whom a caller may not know is left out."""
    return select(CLIENT_NAMES.c.id, CLIENT_NAMES.c.name).where(among(CLIENT_NAMES.c.id, "ids", ids))


def ways(person_id: UUID) -> Statement:
    """Select the ways in that a person has, the first one first."""
    shown = (ways_in.c[name] for name in ("id", "came_by", "shown_as", "began_at", "used_at"))
    its = ways_in.c.client_id == bindparam("person_id", person_id)
    return select(*shown).where(its, ways_in.c.ended_at.is_(None)).order_by(ways_in.c.began_at, ways_in.c.id)


def way(came_by: Way, known_as: str) -> Statement:
    """Select a way in that has not ended."""
    its = ways_in.c
    asked = (its.came_by == came_by, its.known_as == bindparam("known_as", known_as))
    columns = (its.id, its.client_id, its.came_by, its.known_as, its.public_key, its.uses)
    return select(*columns).where(*asked, its.ended_at.is_(None))
