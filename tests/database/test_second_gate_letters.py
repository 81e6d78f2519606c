"""The second gate: who sees under whose name papers go out, and who may say it."""

import pytest
from sqlalchemy import insert, select, text

from app.database.engine import NOBODY, SYSTEM, Database, Identity
from app.domain.access import Role
from app.models import Letterhead
from app.models.base import new_id, table
from tests.database.gate import CALLERS, called, is_taken


@pytest.mark.parametrize("name", CALLERS)
async def test_a_coordinator_alone_says_under_whose_name_papers_go_out_and_all_see_it(
    database: Database, name: str
) -> None:
    caller = called(name)
    async with database.reading(SYSTEM) as connection:
        known = dict((await connection.execute(select(*table(Letterhead).c))).mappings().one())

    async with database.reading(Identity.of(caller)) as connection:
        seen = await connection.scalar(text("SELECT count(*) FROM letterhead"))
    async with database.reading(NOBODY) as connection:
        unseen = await connection.scalar(text("SELECT count(*) FROM letterhead"))

    assert (seen, unseen) == (1, 0)
    another = insert(table(Letterhead)).values(known | {"id": new_id()})
    assert await is_taken(database, caller, another) is (caller.role is Role.COORDINATOR)
