"""What crashed uploads left behind goes, and nothing else."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from app.commands.tidying import FEW, StoreOfAnotherDatabase, Tidied, tidy
from app.models.base import new_id
from app.stores import LocalStore, Parts
from app.stores.base import name_of
from tests.files import pdf, sha256
from tests.given import TRAINING, Service

LATER = timedelta(days=2)


@pytest.fixture
def folder(service: Service, tmp_path: Path) -> Path:
    """Give the service a store of its own for one test."""
    service.app.state.store, service.app.state.parts = LocalStore(tmp_path / "files"), Parts(tmp_path / "parts")
    return tmp_path


async def tidied(service: Service, *, before: datetime | None = None, force: bool = False) -> Tidied:
    """Tidy up as of two days from now, when everything is old."""
    state = service.app.state
    async with state.database.reading() as connection:
        instant = before or datetime.now(UTC) + LATER
        return await tidy(connection, state.store, state.parts, before=instant, force=force)


def orphan(folder: Path) -> Path:
    """Leave a file that no row knows."""
    digest = sha256(uuid4().bytes)
    path = folder / "files" / name_of(new_id(), digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"orphan")
    return path


async def test_orphans_and_stale_parts_go_and_what_is_recorded_stays(service: Service, folder: Path) -> None:
    await service.police.upload(TRAINING, pdf())
    kept = set((folder / "files").glob("*/*"))
    lost, part = orphan(folder), folder / "parts" / "x.part"
    part.write_bytes(b"half")

    assert await tidied(service) == Tidied(parts=1, files=1)

    assert not lost.exists()
    assert not part.exists()
    assert set((folder / "files").glob("*/*")) == kept
    assert len(kept) == 1


async def test_what_is_young_may_be_an_upload_under_way_and_stays(service: Service, folder: Path) -> None:
    young, part = orphan(folder), folder / "parts" / "x.part"
    part.parent.mkdir()
    part.write_bytes(b"half")

    assert await tidied(service, before=datetime.now(UTC) - timedelta(hours=24)) == Tidied(parts=0, files=0)

    assert young.exists()
    assert part.exists()


async def test_age_is_counted_from_the_last_byte(service: Service, folder: Path) -> None:
    old, young = orphan(folder), orphan(folder)
    yesterday = (datetime.now(UTC) - timedelta(hours=25)).timestamp()
    os.utime(old, (yesterday, yesterday))

    assert await tidied(service, before=datetime.now(UTC) - timedelta(hours=24)) == Tidied(parts=0, files=1)

    assert (old.exists(), young.exists()) == (False, True)


async def test_what_is_no_name_of_ours_is_left_alone(service: Service, folder: Path) -> None:
    foreign = orphan(folder).with_name("notes.txt")
    foreign.write_text("of somebody else's")

    await tidied(service)

    assert foreign.exists()


async def test_a_store_that_the_database_hardly_knows_is_not_emptied(service: Service, folder: Path) -> None:
    for _ in range(FEW + 1):
        orphan(folder)

    with pytest.raises(StoreOfAnotherDatabase, match="101 kept files are unknown"):
        await tidied(service)
    assert len(list((folder / "files").glob("*/*"))) == FEW + 1

    assert await tidied(service, force=True) == Tidied(parts=0, files=FEW + 1)


async def test_the_service_tidies_up_by_itself(own_service: Service, tmp_path: Path) -> None:
    own_service.app.state.store = LocalStore(tmp_path / "files")
    lost = orphan(tmp_path)
    own_service.clock.now = datetime.now(UTC) + LATER

    async with own_service.app.router.lifespan_context(own_service.app):
        for _ in range(1000):
            if not lost.exists():
                break
            await asyncio.sleep(0.01)

    assert not lost.exists()
