"""What stands above an export that is printed: of which plan, as of when, by which filters, and who made it."""

from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.access import Caller
from app.queries import exports
from app.routers.obligations import PRINTED
from app.schemas import printed
from app.standing.filters import Filters
from app.standing.moment import Moment
from app.web.read import View


async def title_in_view(view: View, wanted: Filters, asked: Moment, caller: Caller, **more: str | None) -> list[str]:
    """Say the same for an export that opens views of its own."""
    async with view() as connection:
        return await title_of(connection, wanted, asked, caller, **more)


async def title_of(
    connection: AsyncConnection, wanted: Filters, asked: Moment, caller: Caller, **more: str | None
) -> list[str]:
    """Say it line by line, in the names by which people know a plan and its bodies."""
    called = await exports.called(connection, wanted.plan, [code for code in (wanted.body, wanted.owner) if code])
    named = {name: called[code] for name in ("body", "owner") if (code := getattr(wanted, name)) in called}
    filters = printed.filters(wanted.given | named, PRINTED) | more
    plan = f"số {called[wanted.plan]}" if wanted.plan in called else wanted.plan or "tất cả"
    return printed.details(plan=plan, as_of=asked.as_of, filters=filters, made_by=caller.name)
