"""Upgrading while it runs: the next version comes beside this one under load, and nobody is turned away."""

import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from anyio import to_thread

from app.commands.clients import NewClient
from app.database.engine import Database
from app.database.revision import head
from app.settings import ROOT
from embedded_postgres import APP, OWNER, Address
from tests.conftest import create_database, url_of
from tests.given import TRAINING
from tests.process.running import PATIENCE, Running, lay_out

pytestmark = pytest.mark.load

CALLERS, CALLS = 4, 40
NEXT = '''"""Adds to a table, as most migrations do."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{before}", None, None
{says}


def upgrade() -> None:
    op.add_column("obligation", sa.Column("later", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("obligation", "later")
'''


def next_version(folder: Path, says: str = "") -> Path:
    """Lay out the version after this one: it is like this one, and has one migration more."""
    tree = folder / "next"
    for name in ("app", "docs", "embedded_postgres", "migrations", "seeds"):
        shutil.copytree(ROOT / name, tree / name)
    shutil.copy2(ROOT / "alembic.ini", tree)
    (tree / "migrations" / "versions" / "9999_later.py").write_text(NEXT.format(before=head(), says=says))
    return tree


class Version(Running):
    """A service of one version, by where its code is."""

    def __init__(self, data_dir: Path, tree: Path, **settings: str) -> None:
        data_dir.mkdir(exist_ok=True)
        super().__init__(data_dir, **settings)
        self._tree = tree

    def command(self, *words: str) -> list[str | Path]:
        """Return what is run: not the command that is installed, which is this version's."""
        return [sys.executable, "-P", "-m", "app", *(words or ["serve"])]

    def environment(self) -> dict[str, str]:
        """Let the code be found where this version is."""
        return super().environment() | {"PYTHONPATH": str(self._tree)}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of this version to its end."""
        return subprocess.run(  # noqa: S603  Our own command.
            self.command(*words), env=self.environment(), capture_output=True, text=True, check=False
        )


class Load:
    """Callers who read and report without a pause, and the proxy that asks services whether they are ready."""

    def __init__(self, token: str) -> None:
        self.statuses: Counter[tuple[str, int]] = Counter()
        self.told: set[str] = set()
        self.services: list[Version] = []
        self._ready: list[str] = []
        self._headers, self._numbers, self._ended = {"Authorization": f"Bearer {token}"}, count(), threading.Event()

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Call for as long as the block lasts."""
        self._look()
        threads = [threading.Thread(target=self._call) for _ in range(CALLERS)]
        threads.append(threading.Thread(target=self._watch))
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._ended.set()
            for thread in threads:
                thread.join()

    def wait(self, until: Callable[[], bool]) -> None:
        """Let the calls go on until something is so."""
        for _ in range(PATIENCE):
            if until():
                return
            time.sleep(0.1)
        raise AssertionError(self.statuses)

    def answered(self, by: Version) -> int:
        """Say how many calls a service has answered."""
        return sum(number for (base, _), number in list(self.statuses.items()) if base == by.base)

    def _watch(self) -> None:
        while not self._ended.wait(0.2):
            self._look()

    def _look(self) -> None:
        self._ready = [one.base for one in self.services if _is_ready(one)]

    def _call(self) -> None:
        with httpx.Client(headers=self._headers, timeout=60) as http:
            while not self._ended.is_set():
                number = next(self._numbers)
                base = self._ready[number % len(self._ready)]
                answer = self._ask(http, base, number)
                self.statuses[base, answer.status_code] += 1

    def _ask(self, http: httpx.Client, base: str, number: int) -> httpx.Response:
        if number % 4:
            return http.get(f"{base}/v1/obligations", params={"owner": "cong-an", "limit": 5})
        sent = {"state": "in_progress", "summary": f"Lần báo cáo {number}."}
        key = {"Idempotency-Key": f"upgrade-{number}"}
        answer = http.post(f"{base}/v1/obligations/{TRAINING}/updates", json=sent, headers=key)
        if answer.status_code == 201:
            self.told.add(sent["summary"])
        return answer


def _is_ready(service: Version) -> bool:
    try:
        return httpx.get(f"{service.base}/readyz").status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def versions(settings: Mapping[str, str], *laid_out: tuple[Path, Path]) -> Iterator[list[Version]]:
    """Give a service of each version, none of them started, and end those that were."""
    made = [Version(data_dir, tree, **settings) for data_dir, tree in laid_out]
    try:
        yield made
    finally:
        for one in made:
            one.stop()
            one.http.close()


@pytest.fixture
def settings(own_database: Database, address: Address, keys_dir: Path) -> dict[str, str]:
    """Say what all services have in common: a database and the keys."""
    name = str(own_database.engine.url.database)
    return {
        "DATABASE_URL": url_of(address, APP, name),
        "DATABASE_OWNER_URL": url_of(address, OWNER, name),
        "DONDOC_KEYS_DIR": str(keys_dir),
        "DONDOC_ISSUER": "http://dondoc.test",
        "DONDOC_DRAIN_SECONDS": "2",
    }


async def test_the_next_version_comes_beside_this_one_and_nobody_is_turned_away(
    settings: dict[str, str], cast: Mapping[str, NewClient], tmp_path: Path, record_property: Any
) -> None:
    load = await to_thread.run_sync(_upgraded, settings, cast["police"], tmp_path)

    calls = sum(load.statuses.values())
    record_property("figure", f"Upgrading: {calls} calls, of which none failed, and {len(load.told)} reports")
    assert {status for _, status in load.statuses} == {200, 201}


def _upgraded(settings: Mapping[str, str], police: NewClient, folder: Path) -> Load:
    laid_out = (folder / "this", ROOT), (folder / "following", next_version(folder))
    with versions(settings, *laid_out) as (this, following):
        this.start()
        load = Load(_token(this, police))
        load.services.append(this)
        with load.going_on():
            load.wait(lambda: load.answered(this) >= CALLS)
            migrated = following.run("migrate")
            assert migrated.returncode == 0, migrated.stderr
            assert _is_ready(this)
            following.start()
            load.services.append(following)
            load.wait(lambda: load.answered(following) >= CALLS)
            assert this.process is not None
            this.stop()
            assert this.process.returncode == 0
            before = load.answered(following)
            load.wait(lambda: load.answered(following) >= before + CALLS)
        history = following.http.get(f"/v1/obligations/{TRAINING}/history", headers=_bearer(_token(following, police)))
    assert sorted(one["summary"] for one in history.json()["items"]) == sorted(load.told)
    return load


def _token(service: Version, client: NewClient) -> str:
    proof = (str(client.id), client.secret)
    answer = service.http.post("/v1/oauth/token", data={"grant_type": "client_credentials"}, auth=proof)
    return str(answer.json()["access_token"])


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_what_the_version_before_would_not_survive_waits_until_it_is_told_that_nobody_serves(
    settings: dict[str, str], address: Address, tmp_path: Path
) -> None:
    tree = next_version(tmp_path, says='version_before_stops = "It drops what they read."')
    empty = f"empty_{uuid4().hex}"
    await create_database(address, empty)
    with versions(settings, (tmp_path / "following", tree), (tmp_path / "this", ROOT)) as (following, this):
        refused = await to_thread.run_sync(following.run, "migrate")
        assert refused.returncode == 1
        assert refused.stderr.splitlines()[1:] == ["  9999: It drops what they read."]
        assert "dondoc migrate --stopped" in refused.stderr
        # Nothing was done: this version finds its own migrations, and no later ones.
        assert (await to_thread.run_sync(this.run, "migrate")).returncode == 0

        assert (await to_thread.run_sync(following.run, "migrate", "--stopped")).returncode == 0
        assert (await to_thread.run_sync(following.run, "migrate")).returncode == 0
        # Whoever starts this version again, as long as it still serves, finds nothing to do.
        behind = await to_thread.run_sync(this.run, "migrate")
        assert (behind.returncode, "9999, which is later" in behind.stderr) == (0, True)
    anew = {**settings, "DATABASE_OWNER_URL": url_of(address, OWNER, empty)}
    with versions(anew, (tmp_path / "anew", tree)) as (first,):
        made = await to_thread.run_sync(first.run, "migrate")
        assert made.returncode == 0, made.stderr


def test_embedded_data_of_a_later_version_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with versions({}, (tmp_path / "data", next_version(tmp_path)), (tmp_path / "data", ROOT)) as (following, this):
        lay_out(following.data_dir)
        migrated = following.run("migrate")
        assert migrated.returncode == 0, migrated.stderr

        refused = this.run("serve")

    assert refused.returncode == 1
    assert "later version (migration 9999)" in refused.stderr.splitlines()[-1]
    assert "Traceback" not in refused.stderr
