"""Mail: the operator says where an owner is reminded, and how often."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.builders import Columns, changed_where, deleted_where, rows_where
from app.database.statements import fetch_all, fetch_first, write_new_rows
from app.domain.errors import BodyUnknown
from app.models import Body, MailAddress, Plan
from app.models.base import table

addresses = table(MailAddress)


async def give(connection: AsyncConnection, plan: str, body: str, wanted: Mapping[str, Any]) -> None:
    """Give a body its address, or another one.

    Raises:
        BodyUnknown: there is no such body.
    """
    ids = await _ids(connection, plan, body)
    if not await write_new_rows(connection, addresses, [{**ids, **wanted}], "body_id"):
        await fetch_all(connection, changed_where, these=addresses, columns=Columns(wanted), **ids)


async def change(connection: AsyncConnection, plan: str, body: str, wanted: Mapping[str, Any]) -> bool:
    """Change what is wanted of an address; say whether there is one.

    Raises:
        BodyUnknown: there is no such body.
    """
    ids = await _ids(connection, plan, body)
    return bool(await fetch_all(connection, changed_where, these=addresses, columns=Columns(wanted), **ids))


async def take_away(connection: AsyncConnection, plan: str, body: str) -> bool:
    """Send a body nothing more; say whether it had an address.

    Raises:
        BodyUnknown: there is no such body.
    """
    ids = await _ids(connection, plan, body)
    return bool(await fetch_all(connection, deleted_where, these=addresses, **ids))


async def _ids(connection: AsyncConnection, plan: str, body: str) -> dict[str, UUID]:
    of_plan = await fetch_first(connection, rows_where, these=table(Plan), slug=plan)
    found = of_plan and await fetch_first(connection, rows_where, these=table(Body), plan_id=of_plan["id"], code=body)
    if not found:
        raise BodyUnknown
    return {"plan_id": found["plan_id"], "body_id": found["id"]}
