"""Stores: a folder and a bucket keep, give, name and lose bytes alike; the bucket is one of a server that speaks S3."""

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from moto.server import ThreadedMotoServer
from pydantic import ValidationError

from app.commands.tidying import Tidied
from app.models.base import new_id
from app.settings import Settings
from app.stores import ContentLost, LocalStore, Store
from app.stores.base import content_id_of, name_of
from app.stores.objects import PIECE_BYTES, ObjectStore
from app.stores.opening import ObjectStoresMissing, open_store
from tests.api.asking import problem_of, rows_of
from tests.api.test_tidying import tidied
from tests.files import pdf, sha256
from tests.given import TRAINING, Service

BUCKET = "minh-chung"
LATER = timedelta(days=2)
LAW = {"reason": "Theo yêu cầu.", "legal_basis": "Luật 91/2025/QH15, Điều 14"}


@pytest.fixture(scope="module")
def s3() -> Iterator[ThreadedMotoServer]:
    """Run a server that speaks S3, with one bucket."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    httpx.put(f"{address(server)}/{BUCKET}").raise_for_status()
    yield server
    server.stop()


def address(server: ThreadedMotoServer) -> str:
    """Return where a server listens."""
    host, port = server.get_host_and_port()
    return f"http://{host}:{port}"


@pytest.fixture
def bucket(s3: ThreadedMotoServer, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    """Give a store under a prefix of its own."""
    named = {"ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "x", "REGION": "us-east-1", "ENDPOINT_URL": address(s3)}
    for name, value in named.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    store = open_store(Settings(evidence_url=f"s3://{BUCKET}/{new_id()}"))
    assert isinstance(store, ObjectStore)
    return store


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """Give one store after the other."""
    if request.param == "folder":
        return LocalStore(tmp_path / "files")
    found: ObjectStore = request.getfixturevalue("bucket")
    return found


def keep(store: Store, folder: Path, content: bytes) -> str:
    """Keep bytes, and return their name."""
    part, name = folder / "one.part", name_of(new_id(), sha256(content))
    part.write_bytes(content)
    store.keep(part, name)
    return name


@pytest.mark.parametrize("size", [1, 100, 2 * PIECE_BYTES + 1])
def test_what_is_kept_comes_back_whole_and_in_part(store: Store, tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    name = keep(store, tmp_path, content)

    assert b"".join(store.open(name, 0, size)) == content
    assert b"".join(store.open(name, size // 3, size // 2 + 1)) == content[size // 3 : size // 2 + 1]


def test_what_is_not_there_is_told_before_a_byte_is_asked_for(store: Store) -> None:
    with pytest.raises(ContentLost):
        store.open(name_of(new_id(), sha256(b"x")), 0, 1)


def test_what_is_shorter_than_it_was_is_told(store: Store, tmp_path: Path) -> None:
    name = keep(store, tmp_path, b"0123456789")

    with pytest.raises(ContentLost):
        b"".join(store.open(name, 5, 20))


def test_what_is_removed_is_gone_and_can_be_removed_again(store: Store, tmp_path: Path) -> None:
    name = keep(store, tmp_path, b"0123456789")

    store.remove(name)
    store.remove(name)

    with pytest.raises(ContentLost):
        store.open(name, 0, 10)


def test_names_are_told_by_age(store: Store, tmp_path: Path) -> None:
    names = {keep(store, tmp_path, bytes([n])) for n in range(3)}

    assert set(store.names(older_than=datetime.now(UTC) + LATER)) == names
    assert set(store.names(older_than=datetime.now(UTC) - LATER)) == set()
    assert all(isinstance(content_id_of(name), UUID) for name in names)


async def test_a_service_keeps_its_files_in_a_bucket(service: Service, bucket: ObjectStore) -> None:
    service.app.state.store = bucket
    content = pdf("Trong kho", size=3 * PIECE_BYTES)

    evidence = (await service.police.upload(TRAINING, content))["id"]

    path = f"/v1/evidence/{evidence}/content"
    assert (await service.police.get(path)).content == content
    assert (await service.police.get(path, headers={"Range": "bytes=-10"})).content == content[-10:]
    (name,) = bucket.names(older_than=datetime.now(UTC) + LATER)
    assert name.split("/")[1].startswith(sha256(content))
    assert await tidied(service) == Tidied(parts=0, files=0)

    assert (await service.coordinator.post(f"/v1/evidence/{evidence}/erasure", LAW)).status_code == 201
    assert list(bucket.names(older_than=datetime.now(UTC) + LATER)) == []


async def test_orphans_in_a_bucket_are_tidied_away(service: Service, bucket: ObjectStore, tmp_path: Path) -> None:
    service.app.state.store = bucket
    keep(bucket, tmp_path, b"orphan")

    assert (await tidied(service)).files == 1
    assert list(bucket.names(older_than=datetime.now(UTC) + LATER)) == []


async def test_a_bucket_that_is_away_is_a_problem_and_nothing_is_recorded(
    service: Service, bucket: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.app.state.store = bucket
    content = pdf("Kho đi vắng")
    there = (await service.police.upload(TRAINING, content))["id"]
    # No service listens on the port for "discard".
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    service.app.state.store = open_store(Settings(evidence_url=f"s3://{BUCKET}"))
    coming = (await service.police.announce(TRAINING, content)).json()["id"]
    before = await rows_of(service)

    problem_of(await service.police.put(coming, content), 503, "service-unavailable")
    assert await rows_of(service) == before

    problem_of(await service.police.get(f"/v1/evidence/{there}/content"), 503, "service-unavailable")
    service.app.state.store = bucket
    assert (await service.police.put(coming, content)).status_code == 200


def test_a_bucket_that_refuses_says_so(bucket: ObjectStore, s3: ThreadedMotoServer) -> None:
    nowhere = ObjectStore("s3://khong-co")

    with pytest.raises(OSError):  # noqa: PT011  Whichever: each becomes the same problem.
        list(nowhere.names(older_than=datetime.now(UTC)))


@pytest.mark.parametrize("url", ["gs://kho/minh-chung", "az://dondoc/minh-chung/tep"])
def test_the_other_providers_are_known(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "dondoc")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", "a2V5")
    monkeypatch.setenv("GOOGLE_SKIP_SIGNATURE", "true")

    assert isinstance(open_store(Settings(evidence_url=url)), ObjectStore)


def test_without_the_extra_a_bucket_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "app.stores.objects")
    monkeypatch.setitem(sys.modules, "obstore", None)

    with pytest.raises(ObjectStoresMissing, match="needs the extra"):
        open_store(Settings(evidence_url=f"s3://{BUCKET}"))


@pytest.mark.parametrize("url", ["", "minh-chung", "s3:minh-chung", "s3:///minh-chung", "file:///tmp", "http://x"])
def test_what_is_no_address_of_a_bucket_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ValidationError):
        Settings(evidence_url=url)
