"""The embedded PostgreSQL, with real servers: it is private, keeps its data, and gets up again whatever killed it."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from embedded_postgres import (
    APP,
    OWNER,
    Address,
    DataDirectoryInUse,
    Embedded,
    EmbeddedUnavailable,
    binaries,
    health,
    launch,
    running,
    stale,
    supervisor,
)
from embedded_postgres.folder import Folder
from embedded_postgres.server import Programs

pytestmark = pytest.mark.load

ROOT = Path(__file__).parents[2]
DEADLINE_SECONDS = 60
SECRET = "what nobody may read"
KEEP, KEPT = "CREATE TABLE kept AS SELECT 42 AS answer", "SELECT answer FROM kept"
OVERRIDE, READ_SEARCH = 1 << 1, 1 << 2
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
# A service in another process: it runs until its input ends, and then leaves without a word.
SERVICE = """
import sys
from pathlib import Path
from embedded_postgres import Embedded
embedded = Embedded(Path(sys.argv[1]), durable=False)
embedded.start()
embedded.watch()
print(embedded.pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that was started once, to copy."""
    directory = tmp_path_factory.mktemp("made") / "postgres"
    with Embedded(directory, durable=False):
        pass
    return directory


@pytest.fixture
def directory(made: Path, tmp_path: Path) -> Path:
    return copied(made, tmp_path / "postgres")


def copied(made: Path, to: Path) -> Path:
    subprocess.run(["cp", "-a", made, to], check=True)  # noqa: S603, S607
    return to


def sql(role: str, address: Address, statement: str, *values: object, **instead: Any) -> Any:
    """Run one statement on a connection of its own, and give its first value."""

    async def run() -> Any:
        where = {
            "host": str(address.socket_dir),
            "port": address.port,
            "database": "dondoc",
            "user": role,
            "ssl": False,
        }
        connection = await asyncpg.connect(**where | {"password": address.password(role)} | instead)
        try:
            return await connection.fetchval(statement, *values)
        finally:
            await connection.close()

    return asyncio.run(run())


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "It did not come to pass."
        time.sleep(0.02)


def answers(address: Address) -> bool:
    return health.ask(address)[0] is health.Health.ANSWERS


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def effective_capabilities(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return int(next(line for line in lines if line.startswith("CapEff:")).split()[1], 16)


def kill_while_working(address: Address, statement: str) -> None:
    """Kill the process that runs the statement: the server tells its log what ended, and starts all others again."""
    working = "SELECT pid FROM pg_stat_activity WHERE starts_with(query, $1)"
    with ThreadPoolExecutor(1) as beside:
        run = beside.submit(sql, OWNER, address, statement)
        until(lambda: sql(OWNER, address, working, statement))
        os.kill(sql(OWNER, address, working, statement), signal.SIGKILL)
        assert run.exception()
    until(lambda: answers(address))


def holding(directory: Path, words: str) -> set[Path]:
    """Find the files that hold the words."""
    return {path for path in directory.rglob("*") if path.is_file() and words.encode() in path.read_bytes()}


def there(directory: Path) -> Address:
    address = running(directory)
    assert address is not None
    return address


async def through_sqlalchemy(url: str) -> object:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        answer = await connection.scalar(text("SELECT current_user"))
    await engine.dispose()
    return answer


def through_psql(conninfo: str) -> str:
    psql = str(binaries.find().path / "psql")
    command = (psql, "--no-psqlrc", "--tuples-only", "--no-align", "-c", "SELECT current_user", conninfo)
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603


@contextmanager
def service(directory: Path, *prefix: str) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """Run the service in another process, and give it and the number of its server."""
    with subprocess.Popen(  # noqa: S603
        [*prefix, sys.executable, "-c", SERVICE, str(directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        try:
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


def test_a_first_start_makes_a_database_whatever_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"PGHOST": "elsewhere", "PGPORT": "1", "PGDATA": "/nowhere", "PGSSLMODE": "require"}.items():
        monkeypatch.setenv(name, value)

    with Embedded(tmp_path / "new" / "postgres") as embedded:
        assert sql(APP, embedded.address, "SELECT current_user") == APP
        assert sql(APP, embedded.address, "SHOW fsync") == "on"


def test_a_second_start_finds_the_data_of_the_first(directory: Path) -> None:
    with Embedded(directory, durable=False) as embedded:
        sql(OWNER, embedded.address, KEEP)

    with Embedded(directory, durable=False) as embedded:
        assert sql(OWNER, embedded.address, KEPT) == 42


def test_it_can_be_started_beside_a_running_event_loop(directory: Path) -> None:
    async def start_and_stop() -> None:
        with Embedded(directory, durable=False) as embedded:
            assert embedded.address.database == "dondoc"

    asyncio.run(start_and_stop())


def test_the_owner_may_build_and_the_service_may_only_enter(directory: Path) -> None:
    with Embedded(directory, durable=False) as embedded:
        address = embedded.address

        sql(OWNER, address, "CREATE TABLE built (id int)")
        sql(OWNER, address, "CREATE DATABASE another")
        sql(OWNER, address, f"SET ROLE {APP}")
        for role, statement in (
            (APP, "CREATE TABLE built_too (id int)"),
            (APP, "SELECT * FROM built"),
            (APP, f"SET ROLE {OWNER}"),
            (OWNER, "CREATE ROLE intruder"),
            (OWNER, "ALTER SYSTEM SET log_statement = 'all'"),
            (OWNER, "COPY (SELECT 1) TO PROGRAM 'true'"),
        ):
            with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.FeatureNotSupportedError)):
                sql(role, address, statement)


def test_no_superuser_can_log_in_and_nobody_without_the_password(directory: Path) -> None:
    with Embedded(directory, durable=False) as embedded:
        for instead in ({"user": "postgres"}, {"user": "postgres", "database": "postgres"}, {"password": "guessed"}):
            with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
                sql(OWNER, embedded.address, "SELECT 1", **instead)


def test_the_server_is_set_up_as_promised(directory: Path) -> None:
    promised = {"listen_addresses": "", "data_checksums": "on", "timezone": "UTC", "server_encoding": "UTF8"}
    with Embedded(directory, durable=False) as embedded:
        for name, value in promised.items():
            assert sql(APP, embedded.address, f"SHOW {name}") == value
        locale = "SELECT datlocale FROM pg_database WHERE datname = current_database()"
        assert sql(APP, embedded.address, locale) == "PG_UNICODE_FAST"


def test_the_folders_and_the_passwords_are_private(directory: Path) -> None:
    with Embedded(directory, durable=False) as embedded:
        address = embedded.address

        assert mode(address.passfile) == 0o600
        assert mode(address.socket_dir) == mode(directory / "cluster") == mode(directory / "log") == 0o700
        assert address.app_password not in repr(address) + address.conninfo(APP)
        assert not holding(directory, address.app_password) - {address.passfile}


def test_the_log_never_tells_what_people_store(directory: Path) -> None:
    with Embedded(directory, durable=False) as embedded:
        address = embedded.address
        sql(OWNER, address, "CREATE TABLE people (name text PRIMARY KEY)")
        sql(OWNER, address, "INSERT INTO people VALUES ($1)", SECRET)
        with pytest.raises(asyncpg.UniqueViolationError):
            sql(OWNER, address, "INSERT INTO people VALUES ($1)", SECRET)
        with pytest.raises(asyncpg.InvalidTextRepresentationError):
            sql(OWNER, address, "SELECT $1::text::int", SECRET)
        with pytest.raises(asyncpg.PostgresSyntaxError):
            sql(OWNER, address, f"SELEKT '{SECRET}'")
        kill_while_working(address, f"SELECT pg_sleep(600), '{SECRET}'")

    log = (directory / "log" / "postgres.log").read_text(encoding="utf-8")
    assert "was terminated by signal 9" in log
    assert SECRET not in log


def test_both_spellings_of_the_address_lead_to_the_server_from_a_folder_with_a_strange_name(
    made: Path, tmp_path: Path
) -> None:
    strange = tmp_path / "a, b: 100% 'đơn đốc' & \"c\"?#"
    strange.mkdir()

    with Embedded(copied(made, strange / "postgres"), durable=False) as embedded:
        assert asyncio.run(through_sqlalchemy(embedded.address.url(APP))) == APP
        assert through_psql(embedded.address.conninfo(OWNER)) == OWNER


def test_a_long_path_gets_its_socket_elsewhere(made: Path, tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)

    with Embedded(copied(made, deep / "postgres"), durable=False) as embedded:
        address = embedded.address
        assert not address.socket_dir.is_relative_to(deep)
        assert mode(address.socket_dir) == 0o700
        assert running(deep / "postgres") == address

    assert not address.socket_dir.exists()


def test_other_commands_learn_whether_a_server_runs(directory: Path) -> None:
    assert running(directory) is None
    with Embedded(directory, durable=False) as embedded:
        assert running(directory) == embedded.address
    assert running(directory) is None


def test_a_second_process_is_told_who_holds_the_data(directory: Path) -> None:
    with (
        service(directory) as (holder, _),
        pytest.raises(DataDirectoryInUse, match=rf"^Process {holder.pid} .* DONDOC_DATA_DIR"),
    ):
        Embedded(directory, durable=False).start()


def test_a_killed_server_is_started_again_at_the_same_address_with_all_that_was_committed(directory: Path) -> None:
    with Embedded(directory) as embedded:
        address, killed = embedded.address, embedded.pid
        sql(OWNER, address, KEEP)
        embedded.watch()

        os.kill(killed, signal.SIGKILL)

        until(lambda: embedded.pid != killed and answers(address))
        assert sql(OWNER, address, KEPT) == 42


def test_a_statement_that_outlives_its_server_holds_nothing_up(directory: Path) -> None:
    busy = "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b"
    with Embedded(directory, durable=False) as embedded, ThreadPoolExecutor(1) as beside:
        address, killed = embedded.address, embedded.pid
        run = beside.submit(sql, APP, address, busy)
        until(lambda: sql(OWNER, address, "SELECT count(*) FROM pg_stat_activity WHERE usename = $1", APP))
        embedded.watch()

        os.kill(killed, signal.SIGKILL)

        until(lambda: embedded.pid != killed and answers(address))
        assert run.exception()


def test_a_server_that_hangs_is_replaced(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(supervisor, "_HUNG_SECONDS", 0.2)
    monkeypatch.setattr(supervisor, "_PULSES_PER_QUESTION", 1)
    with Embedded(directory, durable=False) as embedded:
        hung = embedded.pid
        embedded.watch()

        os.kill(hung, signal.SIGSTOP)

        until(lambda: embedded.pid != hung and answers(embedded.address))


def test_a_killed_service_leaves_no_server_and_loses_nothing(directory: Path) -> None:
    with service(directory) as (killed, _):
        sql(OWNER, there(directory), KEEP)
        killed.kill()
        killed.wait()

        with Embedded(directory, durable=False) as embedded:
            assert stale.servers(Folder(directory)) == [embedded.pid]
            assert sql(OWNER, embedded.address, KEPT) == 42


def test_a_service_that_forgets_to_stop_leaves_no_server(directory: Path) -> None:
    with service(directory) as (forgetful, _):
        forgetful.communicate()
        assert forgetful.returncode == 0
        assert not stale.servers(Folder(directory))
        assert "database system is shut down" in (directory / "log" / "postgres.log").read_text(encoding="utf-8")


def test_a_server_that_outlived_its_service_is_stopped_first(directory: Path) -> None:
    with Embedded(directory, durable=False) as embedded:
        found = Programs(binaries.find(), Folder(directory).prepare(), Folder(directory))
    (directory / "socket").mkdir(0o700)
    os.chown(directory / "socket", found.account.uid, found.account.gid)
    command = found.command("postgres", "-D", str(directory / "cluster"), "-c", f"config_file={directory}/dondoc.conf")
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as orphan:  # noqa: S603
        until((directory / "socket" / ".s.PGSQL.5432").exists)

        with embedded:
            assert orphan.wait() == 0
            assert answers(embedded.address)


def test_a_process_that_got_a_dead_servers_number_is_left_alone(directory: Path) -> None:
    with Embedded(directory, durable=False) as embedded:
        embedded.watch()
        owner = (directory / "cluster").stat().st_uid
        with subprocess.Popen(["sleep", "600"], user=owner if os.geteuid() == 0 else None) as stranger:  # noqa: S607
            noted = directory / "cluster" / "postmaster.pid"
            killed = embedded.pid
            noted.write_text(noted.read_text().replace(str(killed), str(stranger.pid), 1))
            os.kill(killed, signal.SIGKILL)

            until(lambda: embedded.pid != killed and answers(embedded.address))
            assert stranger.poll() is None
            stranger.kill()


def test_an_interrupted_first_start_is_begun_anew(tmp_path: Path) -> None:
    directory = tmp_path / "postgres"
    with subprocess.Popen([sys.executable, "-c", SERVICE, directory], cwd=ROOT) as interrupted:  # noqa: S603
        until(lambda: list(directory.glob("cluster.new-*")))
        interrupted.kill()

    with Embedded(directory, durable=False) as embedded:
        assert answers(embedded.address)
        assert not list(directory.glob("cluster.new-*"))


def test_lost_passwords_are_made_anew(directory: Path) -> None:
    (directory / "pgpass").unlink()

    with Embedded(directory, durable=False) as embedded:
        assert sql(OWNER, embedded.address, "SELECT current_user") == OWNER


def test_wrong_passwords_are_named_as_the_reason(directory: Path) -> None:
    passfile = directory / "pgpass"
    passfile.write_text(f"*:*:*:{OWNER}:wrong\n*:*:*:{APP}:wrong\n")

    with pytest.raises(EmbeddedUnavailable, match="remove that file"):
        Embedded(directory, durable=False).start()


def test_data_of_another_release_is_not_touched(directory: Path) -> None:
    (directory / "cluster" / "PG_VERSION").write_text("17\n")

    with pytest.raises(EmbeddedUnavailable, match="was written by PostgreSQL 17"):
        Embedded(directory, durable=False).start()


def test_a_server_that_cannot_start_says_why_and_lets_the_data_go(directory: Path) -> None:
    control = directory / "cluster" / "global" / "pg_control"
    control.rename(control.with_name("hidden"))
    embedded = Embedded(directory, durable=False)
    with pytest.raises(EmbeddedUnavailable, match="pg_control"):
        embedded.start()

    control.with_name("hidden").rename(control)
    with embedded:
        assert answers(embedded.address)


@as_root
def test_root_runs_it_as_nobody_with_one_capability_under_a_closed_folder_and_none_under_an_open_one(
    made: Path, tmp_path: Path
) -> None:
    assert mode(tmp_path) == 0o700
    with Embedded(copied(made, tmp_path / "postgres"), durable=False) as embedded:
        assert Path(f"/proc/{embedded.pid}").stat().st_uid == (made / "cluster").stat().st_uid != 0
        assert effective_capabilities(embedded.pid) == READ_SEARCH
        assert mode(tmp_path) == 0o700
    if not all(mode(parent) & stat.S_IXOTH for parent in binaries.find().path.parents):
        pytest.skip("the programs lie under a closed folder themselves")
    with TemporaryDirectory() as opened:
        Path(opened).chmod(0o755)
        with Embedded(copied(made, Path(opened) / "postgres"), durable=False) as embedded:
            assert effective_capabilities(embedded.pid) == 0


@as_root
@pytest.mark.skipif(which("setpriv") is None, reason="setpriv takes the privileges away")
def test_it_works_with_the_privileges_that_containers_leave_to_root(directory: Path) -> None:
    left = "-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap"

    with service(directory, "setpriv", f"--bounding-set={left}", "--") as (_, server):
        assert answers(there(directory))
        assert effective_capabilities(server) == OVERRIDE


@as_root
@pytest.mark.skipif(which("setpriv") is None, reason="setpriv takes the privileges away")
def test_a_folder_that_cannot_be_reached_is_named(tmp_path: Path) -> None:
    left = "-all,+chown,+kill,+setgid,+setuid"
    command = ["setpriv", f"--bounding-set={left}", "--", sys.executable, "-c", SERVICE, str(tmp_path / "postgres")]

    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603

    assert f"{tmp_path / 'postgres'} cannot be reached by the user nobody" in ended.stderr


@as_root
def test_an_ordinary_user_can_run_it(tmp_path: Path) -> None:
    """The user is `nobody`, and passes the closed folder of this test by the same launcher."""
    directory = tmp_path / "postgres"
    directory.mkdir(0o700)
    os.chown(directory, 65534, 65534)
    launcher = (sys.executable, "-I", "-S", launch.__file__, "65534", "65534", str(os.getpid()), str(directory))

    with service(directory, *launcher) as (process, server):
        assert Path(f"/proc/{process.pid}").stat().st_uid == Path(f"/proc/{server}").stat().st_uid == 65534
        assert mode(directory) == 0o700
        assert answers(there(directory))
