"""What stands above an export that is printed: of which plan, as of when, by which filters, and who made it."""

from collections.abc import Collection, Mapping
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.access import Caller
from app.domain.words import words_of
from app.queries import exports
from app.schemas import printed
from app.standing.filters import Filters
from app.standing.moment import Moment
from app.web.read import View

_YES_OR_NO: Mapping[bool | None, str] = {True: "có", False: "không"}


async def title_in_view(view: View, wanted: Filters, asked: Moment, caller: Caller, **more: str | None) -> list[str]:
    """Say the same for an export that opens views of its own."""
    async with view() as connection:
        return await title_of(connection, wanted, asked, caller, **more)


async def title_of(
    connection: AsyncConnection, wanted: Filters, asked: Moment, caller: Caller, **more: str | None
) -> list[str]:
    """Say it line by line, in the names by which people know a plan and its bodies."""
    called = await exports.called(connection, wanted.plan, [code for code in (wanted.body, wanted.owner) if code])
    filters = {
        "kỳ báo cáo": ", ".join([wanted.cycle] if wanted.cycle else wanted.cycles),
        "cơ quan": called.get(wanted.body, wanted.body),
        "cơ quan chủ trì": called.get(wanted.owner, wanted.owner),
        "nhiệm vụ": wanted.duty,
        "tình trạng": _words(wanted.status),
        "còn thiếu": _words(wanted.missing),
        "trạng thái do cơ quan báo cáo": _words(wanted.claim),
        "chưa có báo cáo": _YES_OR_NO.get(wanted.silent),
        "chấp nhận, có miễn bổ sung hoặc chưa đạt chỉ tiêu": _YES_OR_NO.get(wanted.waived),
        **more,
    }
    plan = f"số {called[wanted.plan]}" if wanted.plan in called else wanted.plan or "tất cả"
    return printed.details(plan=plan, as_of=asked.as_of, filters=filters, made_by=caller.name)


def _words(choices: Collection[StrEnum]) -> str:
    return ", ".join(words_of(one).vi for one in choices)
