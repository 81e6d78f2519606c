"""What the migration of letters makes of the deadlines that it finds: each stays where it was in its history."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from anyio import to_thread
from sqlalchemy import insert, text

from app.commands.clients import NewClient
from app.database import migrations
from app.models import CycleDeadline, Extension
from app.models.base import new_id, stable_id, table
from embedded_postgres import OWNER, Address
from tests.conftest import as_owner, create_database, url_of
from tests.given import PLAN
from tests.histories import PLAIN, ask

RECEIVED = datetime(2021, 6, 10, 18, 30, tzinfo=UTC)
"""11/6/2021, 1:30 in the morning in Cần Thơ."""


async def said(address: Address, name: str) -> dict[str, Any]:
    """Return what is recorded of letters and cycles, and where the obligation stands."""
    async with as_owner(address, name) as connection:
        days = [
            (await connection.execute(text(f"SELECT decided_on, received_at FROM {letters} ORDER BY id"))).all()  # noqa: S608
            for letters in ("extension", "cycle_deadline")
        ]
        opened = await connection.scalar(text("SELECT count(*) FROM cycle WHERE recorded_at = opened_at"))
        resting = await connection.scalar(text("SELECT count(due_after_others_days) FROM obligation"))
        basis = (await connection.execute(text("SELECT code, basis, basis_vi FROM cycle ORDER BY code"))).all()
        stood = (await ask(connection, {PLAIN: []}, RECEIVED + timedelta(days=3)))[PLAIN]
    return {
        "days": days,
        "opened": opened,
        "resting": resting,
        "basis": basis,
        "due_before": stood["due_before"],
        "status": stood["status"],
    }


async def test_a_letter_was_decided_on_the_day_it_was_received(
    address: Address, template: str, cast: Mapping[str, NewClient]
) -> None:
    name = f"letters_{uuid4().hex}"
    await create_database(address, name, template)
    url, sooner, due = url_of(address, OWNER, name), RECEIVED + timedelta(days=30), RECEIVED + timedelta(days=60)
    act = {"plan_id": stable_id(PLAN), "client_id": cast["coordinator"].id, "received_at": RECEIVED, "reason": "Vì"}
    act |= {"decided_on": date(2021, 6, 11)}
    given = {"obligation_id": PLAIN.id, "due_before": sooner}
    moved = {"cycle_id": stable_id(PLAN, "cycle", PLAIN.cycle), "working_days": [], "due_before": due}
    async with as_owner(address, name) as connection:
        await connection.execute(insert(table(Extension)).values(act | given | {"id": new_id()}))
        await connection.execute(insert(table(CycleDeadline)).values(act | moved | {"id": new_id()}))
    before = await said(address, name)

    await to_thread.run_sync(migrations.downgrade, url, "0018")
    await to_thread.run_sync(migrations.upgrade, url)

    after = await said(address, name)
    assert after["days"] == before["days"] == [[(date(2021, 6, 11), RECEIVED)]] * 2
    assert (after["due_before"], after["status"]) == (before["due_before"], before["status"]) == (due, "not_started")
    # What the seed says in Vietnamese, the migration makes of what it says in English.
    assert after["basis"] == before["basis"]
    # The seed opened all seven by the clock of the tests; once migrated, each was recorded when it was opened.
    assert (before["opened"], after["opened"]) == (0, 7)
    # What rests on the reports of others does so in cycles that are opened later.
    assert before["resting"] > after["resting"] == 0
