"""PgBouncer before a PostgreSQL of the tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded_postgres import APP, OWNER, Address
from tests.outside.programs import every, private_folder, run, version_of, whoever_owns
from tests.process.running import free_port

KNOWS_STATEMENTS = (1, 21)


def of_version(*, new: bool) -> Path | None:
    """Find a PgBouncer that knows prepared statements, or one that does not."""
    found = [one for one in every("pgbouncer") if (version_of(one, "--version") >= KNOWS_STATEMENTS) is new]
    return found[-1] if found else None


@contextmanager
def pooling(program: Path, address: Address, **settings: str | int) -> Iterator[int]:
    """Run it on the loopback and give its port."""
    user, port = whoever_owns(address.socket_dir), free_port()
    with private_folder(user) as folder:
        logins = "".join(f'"{role}" "{address.password(role)}"\n' for role in (APP, OWNER))
        (folder / "users.txt").write_text(logins)
        usual = {
            "listen_addr": "127.0.0.1",
            "listen_port": port,
            "unix_socket_dir": "",
            "auth_type": "plain",
            "auth_file": folder / "users.txt",
            "default_pool_size": 5,
            "query_wait_timeout": 20,
        }
        spelled = "".join(f"{name} = {value}\n" for name, value in {**usual, **settings}.items())
        place = f"* = host={address.socket_dir} port={address.port}"
        (folder / "pgbouncer.ini").write_text(f"[databases]\n{place}\n[pgbouncer]\n{spelled}")
        for file in folder.iterdir():
            file.chmod(0o644)
        with run([program, folder / "pgbouncer.ini"], folder / "log", port, user):
            yield port


def url_through(port: int, address: Address, database: str, role: str = APP) -> str:
    """Spell the address of a database behind it."""
    return f"postgresql://{role}:{address.password(role)}@127.0.0.1:{port}/{database}"
