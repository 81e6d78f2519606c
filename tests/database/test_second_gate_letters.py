"""The second gate: who sees under whose name papers go out and whom letters urged, and who may say it."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select, text

from app.database.engine import NOBODY, SYSTEM, Database, Identity
from app.domain.access import Permission, Role, authorize
from app.models import Letterhead, ReminderLetter, ReminderNumber
from app.models.base import new_id, stable_id, table
from tests.database.gate import CALLERS, ON, OWNERS, PLAN_ID, a_client, called, is_taken, resources
from tests.given import FIRST, PLAN, TODAY


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


async def urged(database: Database) -> dict[UUID, dict[str, Any]]:
    """Record a letter about each of some obligations, and its number; return the rows of the letters by obligation."""
    act = {"plan_id": PLAN_ID, "client_id": await a_client(database), "received_at": TODAY}
    of = {"cycle_id": stable_id(PLAN, "cycle", FIRST), "kind": "overdue", "sha256": "0" * 64, "content": b"PK"}
    letters: dict[UUID, dict[str, Any]] = {}
    async with database.writing(SYSTEM) as connection:
        for on in ON:
            body = stable_id(PLAN, "body", OWNERS[on])
            letters[on] = {**act, **of, "id": new_id(), "body_id": body, "obligation_ids": [on]}
            number = {**act, "id": new_id(), "letter_id": letters[on]["id"], "number": "9/S", "issued_on": TODAY.date()}
            await connection.execute(insert(table(ReminderLetter)).values(letters[on]))
            await connection.execute(insert(table(ReminderNumber)).values(number))
    return letters


@pytest.mark.parametrize("name", CALLERS)
async def test_who_reads_the_history_of_an_obligation_sees_letters_about_it_and_a_coordinator_alone_records_one(
    database: Database, name: str
) -> None:
    caller, obligations, letters = called(name), await resources(database), await urged(database)
    allowed = {letters[on]["id"] for on in ON if authorize(caller, Permission.READ_HISTORY, obligations[on])}

    async with database.reading(Identity.of(caller)) as connection:
        seen = set((await connection.execute(select(table(ReminderLetter).c.id))).scalars())
        numbered = set((await connection.execute(select(table(ReminderNumber).c.letter_id))).scalars())
    async with database.reading(NOBODY) as connection:
        unseen = await connection.scalar(text("SELECT count(*) FROM reminder_letter"))

    assert (seen, numbered, unseen) == (allowed, allowed, 0)
    another = insert(table(ReminderLetter)).values(letters[ON[0]] | {"id": new_id()})
    assert await is_taken(database, caller, another) is (caller.role is Role.COORDINATOR)
