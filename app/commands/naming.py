"""Naming: which obligation a caller means by the codes of its plan, cycle, duty and owner."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.errors import AmbiguousObligation, Refusal
from app.queries.natural_keys import Key, fetch_named
from app.standing.moment import Moment


async def ids_of(connection: AsyncConnection, keys: Collection[Key], moment: Moment) -> Mapping[Key, UUID | Refusal]:
    """Return the obligation of each name, or why it names none.

    A body can have inherited a duty that it owes anyway.
    """
    found: dict[Key, list[UUID]] = defaultdict(list)
    for row in await fetch_named(connection, keys, moment) if keys else ():
        found[row["plan"], row["cycle"], row["duty"], row["owner"]].append(row["id"])
    return {key: ids[0] if len(ids) == 1 else AmbiguousObligation(ids) for key, ids in found.items()}
