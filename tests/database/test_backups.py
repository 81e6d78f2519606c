"""Backups: what is restored elsewhere is what was backed up, byte by byte, and goes on; what was changed is refused."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.database.engine import SYSTEM, Database, connect
from app.domain.errors import Hindrance
from app.jobs.audit import record
from app.jobs.audit.feed import verify
from app.security import checkpoint_keys
from app.server.backups import NotABackup, Place, back_up, check, restore
from app.stores.local import LocalStore
from embedded_postgres import APP, OWNER, Address, Embedded, binaries
from tests.conftest import url_of
from tests.files import pdf
from tests.given import INVESTIGATION, TODAY, TRAINING, Service

TOKEN = "/v1/oauth/token"


@pytest.fixture
def place(own_service: Service, own_database: Database, address: Address, keys_dir: Path) -> Place:
    """Give what there is to back up."""
    url = url_of(address, OWNER, str(own_database.engine.url.database))
    return Place(url, own_service.app.state.store, keys_dir / "parts", keys_dir)


@pytest.fixture
async def lived_in(own_service: Service) -> Service:
    """Give a service in which something has happened, with two files of which one is erased."""
    await own_service.police.upload(TRAINING, pdf("kept"))
    erased = await own_service.police.upload(INVESTIGATION, pdf("erased"))
    sent = {"reason": "Theo yêu cầu.", "legal_basis": "Điều 16 Nghị định 13/2023/NĐ-CP"}
    answer = await own_service.coordinator.post(f"/v1/evidence/{erased['id']}/erasure", sent)
    assert answer.status_code in {200, 201}, answer.text
    await own_service.jobs.number()
    return own_service


@pytest.fixture
async def elsewhere(tmp_path: Path) -> AsyncIterator[Address]:
    """Run another server, with nothing in it."""
    with Embedded(tmp_path / "postgres", durable=False) as other:
        yield other.address


async def test_what_is_restored_elsewhere_is_what_was_backed_up_and_goes_on(
    lived_in: Service, place: Place, elsewhere: Address, tmp_path: Path
) -> None:
    made = await back_up(place, tmp_path / "backup", now=TODAY)
    there = Place(elsewhere.url(OWNER), LocalStore(tmp_path / "files" / "kept"), tmp_path / "parts", tmp_path / "keys")

    restored = await restore(there, tmp_path / "backup")

    assert restored == check(tmp_path / "backup") == made
    assert made.position > 0
    assert len(made.names) == 1
    found = {path.name: path.read_bytes() for path in (tmp_path / "keys").iterdir()}
    assert found == {path.name: path.read_bytes() for path in place.keys.iterdir() if path.is_file()}
    (name,) = made.names
    assert (tmp_path / "files" / "kept" / name).read_bytes() == pdf("kept")

    database = connect(elsewhere.url(APP))
    async with database.reading(SYSTEM) as connection:
        verdict = await verify(connection, checkpoint_keys.load(tmp_path / "keys").has_signed)
    assert (verdict.events, verdict.fault) == (made.position, None)
    owner = connect(elsewhere.url(OWNER), role=None)
    async with owner.reading(SYSTEM) as connection:
        assert (await record.verify(connection)).faults == []
    await owner.close()
    async with Service.over(database, tmp_path / "keys", lived_in.cast) as service:
        police = service.police
        grant = {"grant_type": "client_credentials"}
        token = await service.http.post(TOKEN, data=grant, auth=(str(police.client_id), police.secret))
        assert token.status_code == 200
        service.clock.catch_up()
        assert (await police.report(TRAINING, "in_progress")).status_code == 201
        events = await service.events(after=made.position)
        assert [event["seq"] for event in events] == list(range(made.position + 1, made.position + 1 + len(events)))
        assert events
    await database.close()


async def test_a_backup_that_was_changed_is_refused_and_named(lived_in: Service, place: Place, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    made = await back_up(place, folder, now=TODAY)
    (name,) = made.names
    for path, why in ((f"files/{name}", "files/"), ("database.dump", "database.dump"), ("keys/pepper", "keys/pepper")):
        before = (folder / path).read_bytes()
        (folder / path).write_bytes(before + b"x")
        with pytest.raises(NotABackup, match=why):
            check(folder)
        (folder / path).unlink()
        with pytest.raises(NotABackup, match=why):
            check(folder)
        (folder / path).write_bytes(before)
    check(folder)
    (folder / "more").write_text("x")
    with pytest.raises(NotABackup, match="more"):
        check(folder)


def drafts(folder: Path) -> list[Path]:
    """Return what is left of backups that never became whole."""
    return list(folder.glob(".*"))


async def test_nothing_is_written_over(lived_in: Service, place: Place, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    await back_up(place, folder, now=TODAY)

    with pytest.raises(Hindrance, match="already"):
        await back_up(place, folder, now=TODAY)
    with pytest.raises(Hindrance, match="keys already"):
        await restore(place, folder)
    with pytest.raises(Hindrance, match="holds a plan already"):
        await restore(replace(place, keys=tmp_path / "keys"), folder)
    assert drafts(tmp_path) == []


async def test_a_backup_that_would_lack_a_file_is_not_made(lived_in: Service, place: Place, tmp_path: Path) -> None:
    made = await back_up(place, tmp_path / "first", now=TODAY)
    (name,) = made.names
    place.store.remove(name)

    with pytest.raises(Hindrance, match="promises 1 files"):
        await back_up(place, tmp_path / "second", now=TODAY)

    assert not (tmp_path / "second").exists()


async def test_a_backup_of_a_later_version_is_not_restored(lived_in: Service, place: Place, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    await back_up(place, folder, now=TODAY)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"revision": "9999"}))

    with pytest.raises(Hindrance, match="later"):
        await restore(replace(place, keys=tmp_path / "keys"), folder)


async def test_what_cannot_be_backed_up_is_said_in_words(own_database: Database, place: Place, tmp_path: Path) -> None:
    nowhere = replace(place, programs=tmp_path)
    with pytest.raises(Hindrance, match="pg_dump was not found"):
        await back_up(nowhere, tmp_path / "backup", now=TODAY)


async def test_a_password_is_on_no_command_line(place: Place, address: Address, tmp_path: Path) -> None:
    program, said = tmp_path / "pg_dump", tmp_path / "said"
    program.write_text(f"""#!/bin/sh\necho "$@" > {said}\nexec {binaries.find().path}/pg_dump "$@"\n""")
    program.chmod(0o700)

    await back_up(replace(place, programs=tmp_path), tmp_path / "backup", now=TODAY)

    assert "--format=custom" in said.read_text()
    assert address.password(OWNER) in place.url
    assert address.password(OWNER) not in said.read_text()
