"""Makes the database and its two roles, once, in single-user mode: no superuser ever comes over a connection."""

# ruff: noqa: S608  What the statements are made of stands in this file.

import base64
import hashlib
import hmac
import os
import secrets
import shutil
import tempfile
from pathlib import Path

from embedded_postgres.address import APP, DATABASE, OWNER, random_passwords, read_passwords, write_passwords
from embedded_postgres.errors import EmbeddedUnavailable
from embedded_postgres.folder import Folder
from embedded_postgres.server import Programs

_DRAFT = "cluster.new-"
_ROUNDS = 4096
_INITDB = (
    "--username=postgres",
    # The superuser gets no password, and the rules that are written before each start do not let it in.
    "--auth=reject",
    "--encoding=UTF8",
    "--no-locale",
    "--locale-provider=builtin",
    "--builtin-locale=PG_UNICODE_FAST",
    "--data-checksums",
    "--no-instructions",
)
_LARGE_OBJECTS = (
    *("lo_creat(integer)", "lo_create(oid)", "lo_from_bytea(oid, bytea)"),
    *("lo_put(oid, bigint, bytea)", "lowrite(integer, bytea)"),
)
"""What PostgreSQL lets everybody do to fill a disk, and no role of ours has a use for."""


def missing(folder: Folder) -> bool:
    """Say whether there is no cluster yet."""
    return not folder.cluster.exists() or not any(folder.cluster.iterdir())


def ensure(programs: Programs, *, durable: bool) -> None:
    """Have a cluster with our roles and our passwords, whatever an interrupted start left."""
    folder = programs.folder
    _remove_drafts(folder)
    new = missing(folder)
    known = read_passwords(folder)
    passwords = known or random_passwords()
    if new:
        _make(programs, passwords, durable=durable)
    _check_release(programs)
    if not folder.shut.exists():
        # A new one was made shut.
        for database in () if new else ("template1", DATABASE):
            _run_statements(programs, folder.cluster, _shut(), durable=durable, database=database)
        folder.write(folder.shut, "")
    if not new and known is None:
        _run_statements(programs, folder.cluster, _new_passwords(passwords), durable=durable)
    if known is None:
        write_passwords(folder, passwords)


def _make(programs: Programs, passwords: dict[str, str], *, durable: bool) -> None:
    """Make the cluster aside and rename it when it is complete, so that there is never half of one."""
    folder, account = programs.folder, programs.account
    draft = Path(tempfile.mkdtemp(prefix=_DRAFT, dir=folder.path))
    if os.geteuid() != account.uid:
        os.chown(draft, account.uid, account.gid)
    hasty = () if durable else ("--no-sync",)
    programs.run("initdb", "-D", str(draft), *_INITDB, *hasty)
    _run_statements(programs, draft, _shut(), durable=durable, database="template1")
    _run_statements(programs, draft, _roles(passwords) + _database(), durable=durable)
    draft.rename(folder.cluster)
    _persist(folder.path)


def _persist(directory: Path) -> None:
    """See the renaming onto the disk: a power cut must not turn a cluster in use back into a draft."""
    opened = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _roles(passwords: dict[str, str]) -> list[str]:
    return [
        f"CREATE ROLE {OWNER} LOGIN CREATEDB PASSWORD '{_verifier(passwords[OWNER])}'",
        f"CREATE ROLE {APP} LOGIN PASSWORD '{_verifier(passwords[APP])}'",
        f"GRANT {APP} TO {OWNER} WITH INHERIT FALSE, SET TRUE",
        "ALTER ROLE postgres NOLOGIN",
    ]


def _database() -> list[str]:
    return [
        f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
        f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {DATABASE} TO {APP}",
        "REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC",
    ]


def _shut() -> list[str]:
    """Take large objects away; a dump then takes it for what a new database begins with, and restores anywhere."""
    shut: list[str] = []
    for function in _LARGE_OBJECTS:
        this = f"'{function}'::regprocedure"
        shut += [
            f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC",
            f"DELETE FROM pg_init_privs WHERE classoid = 'pg_proc'::regclass AND objoid = {this}",
            "INSERT INTO pg_init_privs (objoid, classoid, objsubid, privtype, initprivs)"
            f" SELECT oid, 'pg_proc'::regclass, 0, 'i', proacl FROM pg_proc WHERE oid = {this}",
        ]
    return shut


def _new_passwords(passwords: dict[str, str]) -> list[str]:
    return [f"ALTER ROLE {role} PASSWORD '{_verifier(secret)}'" for role, secret in passwords.items()]


def _run_statements(
    programs: Programs, cluster: Path, statements: list[str], *, durable: bool, database: str = "postgres"
) -> None:
    """Run each as a transaction of its own; the first error ends it, and its message repeats no statement."""
    careful = ("-c", "exit_on_error=on", "-c", "log_min_error_statement=panic")
    hasty = () if durable else ("-F",)
    arguments = ("--single", "-D", str(cluster), *careful, *hasty, database)
    programs.run("postgres", *arguments, told="".join(f"{line}\n" for line in statements))


def _check_release(programs: Programs) -> None:
    """A cluster is only read by the major release that wrote it; another one must not even try."""
    mark = programs.folder.cluster / "PG_VERSION"
    if not mark.exists():
        raise EmbeddedUnavailable(f"{mark.parent} is not a PostgreSQL data directory.  Move it away, or restore it.")
    found, ours = mark.read_text(encoding="ascii", errors="replace").strip(), str(programs.binaries.major)
    if found != ours:
        raise EmbeddedUnavailable(
            f"The data in {mark.parent} was written by PostgreSQL {found}; the installed one is PostgreSQL {ours}.  "
            f"Nothing was changed.  Install the release of Dondoc that wrote it, or move the data with pg_dump."
        )


def _remove_drafts(folder: Folder) -> None:
    """Remove what interrupted attempts left."""
    for draft in folder.path.glob(f"{_DRAFT}*"):
        shutil.rmtree(draft, ignore_errors=True)


def _verifier(password: str) -> str:
    """Compute what PostgreSQL stores of a password (RFC 5803), so that it never sees the password itself."""
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ROUNDS)
    client, server = (hmac.digest(salted, key, "sha256") for key in (b"Client Key", b"Server Key"))
    stored = hashlib.sha256(client).digest()
    parts = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return "SCRAM-SHA-256${}:{}${}:{}".format(_ROUNDS, *parts)
