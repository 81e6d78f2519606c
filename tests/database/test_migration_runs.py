"""How migrations run: one run at a time, each step in a transaction of its own, never waiting long for a table.

The steps are small ones made here, run by our own `migrations/env.py`.
"""

import shutil
from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command
from anyio import create_task_group, sleep, to_thread
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.database import migrations
from app.database.failures import sqlstate_of
from app.settings import ROOT
from embedded_postgres import OWNER, Address
from tests.conftest import as_owner, create_database, url_of

LOCK = 7_115_2021
"""The key that every release takes while it migrates: with another number, two of them would run together."""
DIVIDED_BY_ZERO = "22012"
STEP = """
from alembic import op

revision, down_revision, branch_labels, depends_on = {revision!r}, {before!r}, None, None

def upgrade() -> None:
    for statement in {statements!r}:
        op.execute(statement)
"""
NOTE = """
    INSERT INTO note SELECT pg_current_xact_id()::text, current_setting('lock_timeout'), (
        SELECT count(*) FROM pg_locks
        WHERE locktype = 'advisory' AND objid = 71152021 AND granted AND pid = pg_backend_pid()
    )
"""


class Run:
    """Steps in a folder, and a database to run them on."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder, self._config = folder, migrations.config(url)
        self._config.set_main_option("script_location", str(folder))
        (folder / "versions").mkdir()
        shutil.copy(ROOT / "migrations" / "env.py", folder)

    def write(self, *steps: list[str]) -> None:
        """Write the steps, each with its statements, in place of those that were there."""
        for number, statements in enumerate(steps, 1):
            before = f"{number - 1:04}" if number > 1 else None
            step = STEP.format(revision=f"{number:04}", before=before, statements=statements)
            (self._folder / "versions" / f"{number:04}.py").write_text(step)

    async def up(self) -> None:
        """Run all steps that are still to run."""
        await to_thread.run_sync(command.upgrade, self._config, "head")


@pytest.fixture
async def name(address: Address) -> str:
    """Create an empty database and return its name."""
    name = f"migrated_{uuid4().hex}"
    await create_database(address, name)
    return name


@pytest.fixture
def run(address: Address, name: str, tmp_path: Path) -> Run:
    """Give steps, none yet, for the empty database."""
    return Run(tmp_path, url_of(address, OWNER, name))


async def test_each_step_has_a_transaction_of_its_own_under_one_lock(address: Address, name: str, run: Run) -> None:
    run.write(["CREATE TABLE note (transaction text, lock_timeout text, locks bigint)"], [NOTE, NOTE], [NOTE])

    await run.up()

    async with as_owner(address, name) as connection:
        notes = (await connection.execute(text("SELECT * FROM note"))).all()
    assert {(note.lock_timeout, note.locks) for note in notes} == {("5s", 1)}
    assert notes[0].transaction == notes[1].transaction != notes[2].transaction


async def test_a_step_that_fails_is_undone_alone_and_stands_in_nobodys_way(
    address: Address, name: str, run: Run
) -> None:
    run.write(["CREATE TABLE first ()"], ["CREATE TABLE half ()", "SELECT 1 / 0"])

    with pytest.raises(DBAPIError) as failed:
        await run.up()

    assert sqlstate_of(failed.value) == DIVIDED_BY_ZERO
    async with as_owner(address, name) as connection:
        found = await connection.execute(text("SELECT to_regclass('first'), to_regclass('half')"))
        assert found.one() == ("first", None)
        assert await connection.scalar(text("SELECT version_num FROM alembic_version")) == "0001"

    run.write(["CREATE TABLE first ()"], ["CREATE TABLE half ()"])
    await run.up()

    async with as_owner(address, name) as connection:
        assert await connection.scalar(text("SELECT version_num FROM alembic_version")) == "0002"


async def test_a_run_waits_until_another_one_has_ended(address: Address, name: str, run: Run) -> None:
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = :key AND NOT granted"
    run.write(["CREATE TABLE first ()"])

    async with create_task_group() as together, as_owner(address, name) as other:
        await other.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        together.start_soon(run.up)
        while not await other.scalar(text(waiting), {"key": LOCK}):
            assert await other.scalar(text("SELECT to_regclass('first')")) is None
            await sleep(0.01)
        assert await other.scalar(text("SELECT to_regclass('alembic_version')")) is None

    async with as_owner(address, name) as connection:
        assert await connection.scalar(text("SELECT to_regclass('first')")) == "first"
