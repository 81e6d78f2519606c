"""The second gate: who sees that a paper was registered and why it was taken back, and who may say that one was."""

from uuid import UUID

import pytest
from sqlalchemy import insert, select, text

from app.database.engine import NOBODY, SYSTEM, Database, Identity
from app.domain.access import Permission, Role, authorize
from app.domain.acts import ActKind
from app.models import Annulment, Evidence, PaperReport, Update
from app.models.base import new_id, stable_id, table
from tests.database.gate import CALLERS, ON, OWNERS, PLAN_ID, a_client, called, is_taken, resources, rows
from tests.given import PLAN, TODAY


async def registered(database: Database) -> dict[UUID, UUID]:
    """Register a paper for each obligation, with an update of it, and take it back; return the papers by obligation."""
    client_id, papers = await a_client(database), dict[UUID, UUID]()
    async with database.writing(SYSTEM) as connection:
        for on in ON:
            act = {"plan_id": PLAN_ID, "client_id": client_id, "received_at": TODAY}
            days = {"issued_on": TODAY.date(), "received_on": TODAY.date()}
            of = {"body_id": stable_id(PLAN, "body", OWNERS[on]), "number": "9/BC", "classification": "internal"}
            papers[on] = new_id()
            update = next(row for model, row in rows(client_id, on) if model is Update)
            taken = {"act_id": papers[on], "kind": ActKind.PAPER_REPORT, "reason": "Nhầm."}
            await connection.execute(insert(table(PaperReport)).values({**act, **days, **of, "id": papers[on]}))
            await connection.execute(insert(table(Update)).values({**update, "paper_report_id": papers[on]}))
            row = {**act, **taken, "id": new_id(), "paper_report_id": papers[on]}
            await connection.execute(insert(table(Annulment)).values(row))
    return papers


@pytest.mark.parametrize("name", CALLERS)
async def test_who_reads_the_history_of_an_obligation_sees_its_papers_and_why_they_were_taken_back(
    database: Database, name: str
) -> None:
    caller, obligations, papers = called(name), await resources(database), await registered(database)
    allowed = {papers[on] for on in ON if authorize(caller, Permission.READ_HISTORY, obligations[on])}

    async with database.reading(Identity.of(caller)) as connection:
        seen = set((await connection.execute(select(table(PaperReport).c.id))).scalars())
        told = set((await connection.execute(select(table(Annulment).c.paper_report_id))).scalars())

    assert seen == told == allowed


async def test_whoever_does_not_say_who_it_is_sees_no_paper(database: Database) -> None:
    await registered(database)

    async with database.reading(NOBODY) as connection:
        assert await connection.scalar(text("SELECT count(*) FROM paper_report")) == 0


@pytest.mark.parametrize("name", CALLERS)
@pytest.mark.parametrize("kind", [PaperReport, Update, Evidence, Annulment])
async def test_only_a_coordinator_says_that_something_came_by_a_paper(
    database: Database, name: str, kind: type[PaperReport | Update | Evidence | Annulment]
) -> None:
    caller, papers = called(name), await registered(database)
    mine = next(iter(caller.body_ids), stable_id(PLAN, "body", "cong-an"))
    on = ON[0]
    async with database.reading(SYSTEM) as connection:
        known = dict((await connection.execute(select(*table(PaperReport).c))).mappings().first() or {})
    if kind is PaperReport:
        row = known | {"id": new_id()}
    else:
        row = next(row for model, row in rows(await a_client(database), on) if model is kind) | {"id": new_id()}
        row |= {"paper_report_id": papers[on]} | ({"body_id": mine} if "body_id" in row else {})

    assert await is_taken(database, caller, insert(table(kind)).values(row)) is (caller.role is Role.COORDINATOR)
