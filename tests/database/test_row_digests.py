"""Digests of rows: the database writes them itself, of every table that is kept, and from when they are known."""

import json
from datetime import UTC, datetime
from uuid import uuid4

from anyio import to_thread
from sqlalchemy import insert, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database import migrations
from app.database.engine import Database, Identity
from app.jobs.audit import record
from app.models import Update
from app.models.base import new_id, stable_id, table
from app.queries import record as queries
from app.standing.snapshot import stored
from embedded_postgres import OWNER, Address
from tests.api.test_erasure import WHY
from tests.conftest import as_owner, url_of
from tests.database.gate import PLAN_ID, called
from tests.database.life import faults_of
from tests.database.test_audit import name_of
from tests.given import LINK, PLAN, TRAINING, Service

BEFORE = "0024"
"""The last migration without digests."""
LONG_AGO = datetime(2021, 6, 1, tzinfo=UTC)


async def test_every_table_that_is_kept_has_the_trigger_and_no_other_has(owner: AsyncConnection) -> None:
    found = """
        SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE p.proname = 'dondoc_keep' AND t.tgenabled = 'O'
    """

    assert sorted((await owner.execute(text(found))).scalars()) == sorted(queries.kept())


async def test_the_database_says_who_acted_when_and_in_which_transaction(service: Service, database: Database) -> None:
    police, other = service.police.client_id, service.court.client_id
    row = {"id": new_id(), "plan_id": PLAN_ID, "obligation_id": TRAINING, "client_id": other, "received_at": LONG_AGO}
    said = {"state": "completed", "summary": "Đã triển khai.", "recorded_at": LONG_AGO}
    event = {"id": new_id(), "plan_id": PLAN_ID, "type": "update.reported", "obligation_id": TRAINING}
    updates = table(Update)

    async with database.writing(
        Identity("reporter", str(police), f"{{{stable_id(PLAN, 'body', 'cong-an')}}}")
    ) as written:
        act = (
            await written.execute(
                insert(updates).values(row | said).returning(updates.c.client_id, updates.c.recorded_at, text("now()"))
            )
        ).one()
        told = "INSERT INTO event ({}) VALUES (:id, :plan_id, :type, :obligation_id, '2021-06-01', '7', '2021-06-01')"
        await written.execute(text(told.format(f"{', '.join(event)}, recorded_at, xid, began_at")), event)
    async with database.reading(Identity("system")) as connection:
        stamped = (
            await connection.execute(
                text("SELECT recorded_at, xid = pg_current_xact_id(), began_at FROM event WHERE id = :id"), event
            )
        ).one()

    assert act.client_id == police
    assert act.recorded_at >= act.now
    assert (stamped[0] >= act.now, stamped[1], stamped[2]) == (True, True, act.now)


async def test_only_the_service_itself_stores_facts(database: Database) -> None:
    done = update(stored).where(stored.c.id == TRAINING).values(completed_at=LONG_AGO).returning(stored.c.id)

    for name in ("police", "coordinator", "integrator", "admin"):
        async with database.writing(Identity.of(called(name))) as connection:
            assert (await connection.execute(done)).all() == [], name
    async with database.writing(Identity("system")) as connection:
        assert len((await connection.execute(done)).all()) == 1


async def test_after_an_erasure_nobody_can_tell_whether_a_guess_at_the_words_is_right(
    own_service: Service, address: Address
) -> None:
    attached = {"id": (await own_service.police.attach(TRAINING)).json()["id"]}
    guessed = text("SELECT count(*) FROM row_digest WHERE after = dondoc_digest('evidence_text', CAST(:row AS jsonb))")
    async with as_owner(address, name_of(own_service)) as owner:
        of_text = text("SELECT to_jsonb(t) FROM evidence_text t WHERE id = :id")
        words = await owner.scalar(of_text, attached)

    await own_service.coordinator.post(f"/v1/evidence/{attached['id']}/erasure", WHY)

    async with as_owner(address, name_of(own_service)) as owner:
        assert await owner.scalar(of_text, attached) is None
        assert await owner.scalar(guessed, {"row": json.dumps(words)}) == 1
        assert await owner.scalar(guessed, {"row": json.dumps(words | {"salt": str(uuid4())})}) == 0
        assert (await record.verify(owner)).faults == []


async def moved(address: Address, name: str, down: str) -> None:
    """Take a database down to a revision, and up again."""
    for step, revision in ((migrations.downgrade, down), (migrations.upgrade, "head")):
        await to_thread.run_sync(step, url_of(address, OWNER, name), revision)


async def test_rows_from_before_are_held_as_they_were_when_they_got_their_digests(
    own_service: Service, address: Address
) -> None:
    name = name_of(own_service)
    reported = (await own_service.police.report(TRAINING, evidence=[LINK])).json()["update"]["id"]
    await own_service.jobs.number()
    await moved(address, name, BEFORE)
    await own_service.police.report(TRAINING)
    await own_service.jobs.number()

    async with as_owner(address, name) as owner:
        verdict = await record.verify(owner)
        assert await faults_of(owner, own_service) == []
        await owner.execute(text("ALTER TABLE progress_update DISABLE TRIGGER USER"))
        await owner.execute(text("UPDATE progress_update SET summary = 'Khác.' WHERE id = :id"), {"id": reported})
        changed = await record.verify(owner)

    assert verdict.restated_at is not None
    assert 0 < verdict.restated < verdict.rows
    assert changed.faults == [f"progress_update {reported}: was changed"]


async def test_what_was_changed_before_there_were_digests_is_not_found_and_it_is_said_so(
    own_service: Service, address: Address
) -> None:
    name = name_of(own_service)
    await to_thread.run_sync(migrations.downgrade, url_of(address, OWNER, name), BEFORE)
    async with as_owner(address, name) as owner:
        await owner.execute(text("UPDATE duty SET text = 'Khác.' WHERE code = '3.4'"))
        every = await owner.scalar(text("SELECT count(*) FROM duty"))
    await to_thread.run_sync(migrations.upgrade, url_of(address, OWNER, name))

    async with as_owner(address, name) as owner:
        verdict = await record.verify(owner)

    assert verdict.faults == []
    assert verdict.restated == verdict.rows > every


async def test_a_later_migration_can_give_a_table_another_shape(own_service: Service, address: Address) -> None:
    async with as_owner(address, name_of(own_service)) as owner:
        await owner.execute(text("ALTER TABLE body ADD COLUMN nickname varchar(20)"))
        nullable = (await record.verify(owner)).faults
        await owner.execute(text("ALTER TABLE body ADD COLUMN seats integer NOT NULL DEFAULT 7"))
        shaped = (await record.verify(owner)).faults
        await owner.execute(text("SELECT dondoc_restate('body')"))
        untold = (await record.verify(owner)).faults
        await owner.execute(text("SELECT dondoc_tell_of_migration()"))
        restated = await record.verify(owner)

    assert (nullable, restated.faults) == ([], [])
    assert len(shaped) == len(untold) == restated.restated > 0
    assert all(fault.endswith(": was changed") for fault in shaped)
    assert all("no event" in fault for fault in untold)
