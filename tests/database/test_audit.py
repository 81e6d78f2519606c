"""`dondoc verify`: whatever the database's owner does to the events is found, and the first bad one is named.

`DONDOC_TAMPERINGS=1000` tries as many as was promised; without it some are tried, in the same way.
"""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.events import canonical
from app.domain.merkle import Tree
from app.jobs.audit import feed
from app.jobs.audit.feed import FeedVerdict
from app.jobs.sequencer import spelled
from app.models import SequencedEvent
from app.models.base import table
from app.queries import events as queries
from app.security import checkpoint_keys
from embedded_postgres import APP, OWNER, Address
from tests.conftest import as_owner, url_of
from tests.given import DOCUMENT, TODAY, TRAINING, Service

TAMPERINGS = int(os.environ.get("DONDOC_TAMPERINGS", "60"))
TABLES = ("event", "sequenced_event", "checkpoint")
sequenced = table(SequencedEvent)


async def lived(service: Service) -> list[str]:
    """Let some things happen and be signed, three times; return the notes."""
    for _ in range(3):
        for _ in range(3):
            await service.police.report(TRAINING, evidence=[DOCUMENT])
        await service.jobs.number()
        service.clock.now = service.clock.now.replace(minute=service.clock.now.minute + 1)
    page = (await service.integrator.get("/v1/audit/checkpoints")).json()
    return [one["note"] for one in page["items"]]


def name_of(service: Service) -> str:
    return str(service.app.state.database.engine.url.database)


async def verdict_on(connection: AsyncConnection, keys_dir: Path, *kept: str) -> FeedVerdict:
    return await feed.verify(connection, checkpoint_keys.read(keys_dir).has_signed, kept)


async def disarm(connection: AsyncConnection) -> None:
    """Take away what keeps the owner from changing anything."""
    for name in TABLES:
        await connection.execute(text(f"ALTER TABLE {name} DISABLE TRIGGER append_only"))
    await connection.execute(text("ALTER TABLE sequenced_event DROP CONSTRAINT fk_sequenced_event_id_plan_id"))


async def test_what_nobody_touched_is_intact(own_service: Service, address: Address, keys_dir: Path) -> None:
    notes = await lived(own_service)

    async with as_owner(address, name_of(own_service)) as owner:
        verdict = await verdict_on(owner, keys_dir, *notes)

    assert verdict == FeedVerdict(events=37, signed=37, fault=None)


async def test_events_that_wait_for_their_place_or_for_a_checkpoint_are_no_fault(
    own_service: Service, address: Address, keys_dir: Path
) -> None:
    await lived(own_service)
    own_service.clock.now = TODAY
    await own_service.police.report(TRAINING)
    await own_service.jobs.number()
    await own_service.police.report(TRAINING)

    async with as_owner(address, name_of(own_service)) as owner:
        assert await verdict_on(owner, keys_dir) == FeedVerdict(events=38, signed=37, fault=None)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            "UPDATE sequenced_event SET content = content || ' ' WHERE seq = 20",
            "event 20: differs from what was numbered",
        ),
        ("UPDATE sequenced_event SET node = content WHERE seq = 20", "event 20: differs from what was numbered"),
        ("DELETE FROM sequenced_event WHERE seq = 19", "event 19: is gone"),
        ("UPDATE sequenced_event SET seq = 99 WHERE seq = 37", "event 37: is gone"),
        ("DELETE FROM sequenced_event WHERE seq > 32", "event 33: is gone; 37 were signed"),
        (
            "DELETE FROM event WHERE id = (SELECT id FROM sequenced_event WHERE seq = 20)",
            "event 20: differs from what its",
        ),
        ("UPDATE event SET type = 'review.accepted' WHERE type = 'update.reported'", "event 20: differs from what its"),
        ("UPDATE event SET occurred_at = occurred_at - interval '5 years'", "event 1: differs from what its"),
        ("UPDATE sequenced_event SET obligation_id = NULL", "event 20: differs from what its transaction told"),
        (
            "UPDATE checkpoint SET note = replace(note, 'signed 2026', 'signed 2025')",
            "the checkpoint over 25 events: dif",
        ),
        ("UPDATE checkpoint SET size = 32 WHERE size = 31", "the checkpoint over 32 events: differs"),
        ("DELETE FROM checkpoint WHERE size = 31", "the checkpoint over 31 events: is gone"),
        ("DELETE FROM checkpoint WHERE size = 25", "the checkpoint over 25 events: is gone"),
    ],
)
async def test_what_was_changed_is_named(
    own_service: Service, address: Address, keys_dir: Path, change: str, fault: str
) -> None:
    await lived(own_service)

    async with as_owner(address, name_of(own_service)) as owner:
        await disarm(owner)
        await owner.execute(text(change))
        verdict = await verdict_on(owner, keys_dir)

    assert verdict.fault
    assert verdict.fault.startswith(fault)


async def test_a_feed_that_was_made_anew_is_found_by_what_was_signed(
    own_service: Service, address: Address, keys_dir: Path
) -> None:
    await lived(own_service)

    async with as_owner(address, name_of(own_service)) as owner:
        await disarm(owner)
        await owner.execute(text("UPDATE event SET act_id = gen_random_uuid() WHERE type = 'update.reported'"))
        await make_anew(owner)
        verdict = await verdict_on(owner, keys_dir)

    assert verdict.fault == "event 1, or one up to 25: differs from what was signed"


async def make_anew(owner: AsyncConnection) -> None:
    """Number all events anew, as whoever has everything but the key can."""
    tree = Tree()
    kept = {row.id: row.record for row in await owner.execute(select(sequenced.c.id, sequenced.c.record))}
    rows = (await owner.execute(queries.told().order_by(text("event.xid, event.id")))).mappings().all()
    for row in rows:
        content = canonical(spelled(tree.size + 1, {**row, "record": kept[row["id"]]}))
        anew = {"content": content, "node": tree.add(content), "seq": tree.size}
        await owner.execute(update(sequenced).where(sequenced.c.id == row["id"]).values(anew))


async def test_an_end_that_was_cut_off_with_all_that_was_signed_of_it_is_found_by_what_was_kept(
    own_service: Service, address: Address, keys_dir: Path
) -> None:
    *_, last = await lived(own_service)

    async with as_owner(address, name_of(own_service)) as owner:
        await disarm(owner)
        for statement in ("sequenced_event WHERE seq > 31", "checkpoint WHERE size > 31"):
            await owner.execute(text(f"DELETE FROM {statement}"))  # noqa: S608
        blind, seeing = await verdict_on(owner, keys_dir), await verdict_on(owner, keys_dir, last)

    assert blind.fault is None
    assert seeing.fault == "event 32: is gone; 37 were signed"


async def test_a_checkpoint_that_another_key_signed_is_none(
    own_service: Service, address: Address, keys_dir: Path, tmp_path: Path
) -> None:
    await lived(own_service)
    forged = checkpoint_keys.load(tmp_path).sign(37, b"0" * 33, TODAY, 0).note

    async with as_owner(address, name_of(own_service)) as owner:
        kept = await verdict_on(owner, keys_dir, forged)
        stranger = await feed.verify(owner, checkpoint_keys.read(tmp_path).has_signed)

    assert kept.fault == "checkpoint 1 of those kept outside: is not signed by a key of this folder"
    assert stranger.fault == "the checkpoint over 25 events: differs from what was signed"


FLIP = "set_byte({0}, place % length({0}), get_byte({0}, place % length({0})) # 1)"
RANDOM, LATER = "gen_random_uuid()", "{0} + interval '1 microsecond'"
CHANGES = {
    "event": {
        **dict.fromkeys(("id", "plan_id", "act_id", "obligation_id", "cycle_id"), RANDOM),
        **dict.fromkeys(("occurred_at", "recorded_at"), LATER),
        "type": "'holiday.marked'",
        "xid": "({0}::text::bigint + 1)::text::xid8",
    },
    "sequenced_event": {
        **dict.fromkeys(("id", "plan_id", "obligation_id"), RANDOM),
        **dict.fromkeys(("content", "node"), FLIP),
        "seq": "{0} + 100",
    },
    "checkpoint": {
        "id": RANDOM,
        "size": "{0} + 100",
        "note": "overlay({0} placing '~' from 1 + place % length({0}))",
    },
}


async def test_every_tampering_is_found(own_service: Service, address: Address, keys_dir: Path) -> None:
    notes, chance = await lived(own_service), random.Random(6)  # noqa: S311  Chance, no secret.
    missed = []
    async with as_owner(address, name_of(own_service)) as owner:
        await disarm(owner)
        for _ in range(TAMPERINGS):
            savepoint = await owner.begin_nested()
            tampering = await tamper(owner, chance)
            verdict = await verdict_on(owner, keys_dir, *notes)
            await savepoint.rollback()
            missed += [tampering] if verdict.fault is None else []

    assert missed == []


async def tamper(owner: AsyncConnection, chance: random.Random) -> str:
    """Change one column of one row, or take the row away; the columns of all tables have their turn."""
    name = chance.choice([*CHANGES])
    column = chance.choice([*CHANGES[name], "DELETE"])
    rows = (await owner.execute(text(f"SELECT ctid::text FROM {name} ORDER BY 1"))).scalars().all()  # noqa: S608
    row = f"ctid = '{chance.choice(rows)}'::tid"
    if column == "DELETE":
        statement = f"DELETE FROM {name} WHERE {row}"  # noqa: S608
    else:
        change = CHANGES[name][column].format(column).replace("place %", f"{chance.randrange(10_000)} %")
        statement = f"UPDATE {name} SET {column} = {change} WHERE {row}"  # noqa: S608
    changed = await owner.execute(text(statement))
    assert changed.rowcount == 1, statement
    return statement


def run_verify(
    service: Service, address: Address, keys_dir: Path, *also: str, role: str = OWNER
) -> subprocess.CompletedProcess[str]:
    """Run the command as an operator does."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("DATABASE_", "DONDOC_"))}
    ours = {"DATABASE_OWNER_URL": url_of(address, role, name_of(service)), "DONDOC_KEYS_DIR": str(keys_dir)}
    return subprocess.run(  # noqa: S603  Our own command.
        [Path(sys.executable).with_name("dondoc"), "verify", *also],
        env=environment | ours,
        capture_output=True,
        text=True,
        check=False,
    )


async def test_the_command_names_what_is_not_as_it_was_and_fails(
    own_service: Service, address: Address, keys_dir: Path, tmp_path: Path
) -> None:
    await lived(own_service)
    kept, no_keys = tmp_path / "checkpoints.json", tmp_path / "none"
    pages = [(await own_service.integrator.get("/v1/audit/checkpoints", after=n)).text for n in (0, 25)]
    kept.write_text("\n".join(pages) + "\n")
    auditor = run_verify(own_service, address, no_keys, "--checkpoints", str(kept), "--files")
    async with as_owner(address, name_of(own_service)) as owner:
        await disarm(owner)
        await owner.execute(text("DELETE FROM sequenced_event WHERE seq > 31"))
        await owner.execute(text("DELETE FROM checkpoint WHERE size > 31"))
        await owner.execute(text("ALTER TABLE duty DISABLE TRIGGER USER"))
        duty = await owner.scalar(text("UPDATE duty SET text = 'Khác.' WHERE code = '3.4' RETURNING id"))

    operator = run_verify(own_service, address, keys_dir)
    altered = run_verify(own_service, address, no_keys, "--checkpoints", str(kept))

    assert auditor.returncode == 0, auditor.stdout + auditor.stderr
    assert auditor.stdout.splitlines()[0] == "Events: intact, 37 walked, 37 of them signed"
    assert [line.partition(",")[0] for line in auditor.stdout.splitlines()[1:]] == [
        "Record: intact",
        "Stored facts: intact",
        "Files: intact",
        "Closings: intact",
    ]
    assert operator.stdout.splitlines()[0] == "Events: intact, 31 walked, 31 of them signed"
    assert (operator.returncode, altered.returncode) == (1, 1)
    assert altered.stdout.splitlines()[:2] == [
        "Events: ALTERED, 31 walked, 31 of them signed",
        "    event 32: is gone; 37 were signed",
    ]
    for found in (operator, altered):
        assert f"    duty {duty}: was changed" in found.stdout.splitlines()


async def test_without_a_key_and_without_the_right_to_read_everything_nothing_is_said_to_be_intact(
    own_service: Service, address: Address, keys_dir: Path, tmp_path: Path
) -> None:
    await lived(own_service)

    keyless = run_verify(own_service, address, tmp_path / "none")
    blind = run_verify(own_service, address, keys_dir, role=APP)

    assert (keyless.returncode, keyless.stdout) == (1, "")
    assert "Nothing is here to verify signatures with" in keyless.stderr
    assert (blind.returncode, blind.stdout) == (1, "")
    assert "The login may not read every row" in blind.stderr


async def test_a_file_that_holds_no_checkpoints_is_refused(
    own_service: Service, address: Address, keys_dir: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.json"
    other.write_text("[1]")

    refused = run_verify(own_service, address, keys_dir, "--checkpoints", str(other))

    assert refused.returncode == 2
    assert "holds no answers" in refused.stderr
