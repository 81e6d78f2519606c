"""How connections come about: none is used before it has proven what everything else relies on.

That is the role with the least privilege, the settings, Unicode, a server that is new enough, and that a prepared
statement is the one that we prepared.  Straight to PostgreSQL, role and settings are those of the session.  A pooler
lends a session for a transaction, so there every transaction begins with them (`Connection.entering`).  PgBouncer knows
prepared statements since 1.21; one that does not is refused, since it would give one caller the answer to another.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from asyncpg import PostgresError
from asyncpg.exceptions import ConnectionDoesNotExistError, InvalidSQLStatementNameError, ProtocolViolationError

from app.database.address import Address, Connection
from app.database.failures import DatabaseUnfit

OLDEST = 15
TRIES = 3
"""So often we look whether a pooler lends our session to somebody else."""
_POOLER = (
    "Between Dondoc and PostgreSQL is a connection pooler that mixes prepared statements up: "
    "use PgBouncer 1.21 or later with max_prepared_statements above 0, or its pool_mode=session, or an address without."
)
_NO_ROLE = (
    "The login of the database's address may not act as {role}: "
    "run `dondoc migrate` as the owner of the database, then GRANT {role} TO that login."
)
_REFUSED = {
    "42501": _NO_ROLE,
    "22023": _NO_ROLE,
    "42704": "The database's address asks in options for a setting that the server does not know.",
}
"""Why the server does not let a connection begin, by the SQLSTATE."""
_OWNER = (
    "The login of DATABASE_URL may act as the owner of the tables, so whoever takes the service over could change what "
    "was recorded: make a login for the service (CREATE ROLE dondoc_service LOGIN PASSWORD '…' IN ROLE dondoc_app), "
    "name it in DATABASE_URL, and this one in DATABASE_OWNER_URL."
)
_REGAINED = """
    SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = session_user AND (rolsuper OR rolcreaterole))
    OR EXISTS (
        SELECT FROM pg_class
        WHERE relnamespace = to_regnamespace('public') AND pg_has_role(session_user, relowner, 'MEMBER')
    )
"""
_NO_SESSION = (
    "The owner's address leads to a connection pooler that lends sessions by transaction: "
    "set DATABASE_OWNER_URL to an address of PostgreSQL itself."
)


@dataclass
class Entrance:
    """How the connections of a pool are made: where to, as what role, and with what settings."""

    address: Address
    role: str | None
    settings: Mapping[str, str]
    session: bool = False
    """Whether what is done with a connection needs a session of its own, as migrations do."""
    _lends_nothing: bool = field(default=False, init=False)

    @property
    def entered(self) -> dict[str, str]:
        """What a connection begins with."""
        named = {"application_name": "dondoc", **self.address.settings}
        return {**named, **self.settings, **({"role": self.role} if self.role else {})}

    async def open(self) -> Connection:
        """Open a connection, and prove it.

        Raises:
            DatabaseAway: nobody answers.
            DatabaseUnfit: it cannot be worked with.
        """
        connection = await self._connect()
        try:
            await self._prove(connection)
        except BaseException as error:
            connection.terminate()
            if _is_mixed_up(error):
                raise DatabaseUnfit(_POOLER) from None
            raise
        return connection

    async def refuse_owner(self, connection: Connection) -> None:
        """Refuse a login that could lay the lesser role down again, and be the owner or stronger.

        Raises:
            DatabaseUnfit: it could.
        """
        if self.role and await connection.fetchval(_REGAINED):
            raise DatabaseUnfit(_OWNER)

    async def _connect(self) -> Connection:
        """Connect; who does not know a setting, and is in between, gets none."""
        try:
            return await self.address.connect(self.entered)
        except ProtocolViolationError:
            return await self.address.connect({})
        except PostgresError as error:
            if said := _REFUSED.get(error.sqlstate):
                raise DatabaseUnfit(said.format(role=self.role or "its owner")) from None
            raise

    async def _prove(self, connection: Connection) -> None:
        if connection.get_server_version().major < OLDEST:
            raise DatabaseUnfit(f"Dondoc needs PostgreSQL {OLDEST} or later; upgrade the server.")
        seen = await self._seen(connection)
        if seen["encoding"] != "UTF8":
            raise DatabaseUnfit(
                f"The database is in {seen['encoding']}, which cannot hold Vietnamese: "
                "make another one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0."
            )
        if seen["backend"] != connection.get_server_pid() or not seen["entered"]:
            await self._prove_lent(connection)

    async def _prove_lent(self, connection: Connection) -> None:
        """Prove a connection that goes through somebody who lends sessions."""
        knows_statements = not await _is_kept_by_our_name(connection)
        if self.session and knows_statements:
            raise DatabaseUnfit(_NO_SESSION)
        if not (knows_statements or await self._is_ours_alone(connection)):
            raise DatabaseUnfit(_NO_SESSION if self.session else _POOLER)
        connection.entering = self._entering()
        try:
            entered = (await self._seen(connection))["entered"]
        except PostgresError:
            entered = False
        if not entered:
            raise DatabaseUnfit(_NO_ROLE.format(role=self.role or "its owner"))

    async def _is_ours_alone(self, connection: Connection) -> bool:
        """Say whether nobody else is lent the session of a connection while it is idle."""
        if not self._lends_nothing:
            other = await self.address.connect({})
            try:
                async with asyncio.timeout(self.address.timeout):
                    self._lends_nothing = not any([await _is_lent(connection, other) for _ in range(TRIES)])
            except TimeoutError:
                self._lends_nothing = False
            finally:
                other.terminate()
        return self._lends_nothing

    async def _seen(self, connection: Connection) -> Any:
        """Look at a connection as a transaction does: a role and settings that hold in it are enough."""
        holds = [f"current_setting('{name}') = {_quoted(value)}" for name, value in self.settings.items()]
        holds += [f"current_user = {_quoted(self.role)}"] if self.role else []
        asked = (
            "SELECT current_setting('server_encoding') AS encoding, pg_backend_pid() AS backend,"
            f" {' AND '.join(holds) or 'true'} AS entered"
        )
        await connection.execute(f"BEGIN; {connection.entering}")
        seen = await connection.fetchrow(asked)
        await connection.execute("ROLLBACK")
        return seen

    def _entering(self) -> str:
        values = ", ".join(f"set_config('{name}', {_quoted(value)}, true)" for name, value in self.entered.items())
        return f"SELECT {values};" if values else ""


def _is_mixed_up(error: BaseException) -> bool:
    """Say whether a pooler has lost our statement, or our transaction, to another session."""
    by_statement = isinstance(error, ConnectionDoesNotExistError) and "pooling mode" in str(error)
    return by_statement or isinstance(error, ProtocolViolationError | InvalidSQLStatementNameError)


async def _is_kept_by_our_name(connection: Connection) -> bool:
    """Say whether the server knows a statement by the name that we gave it; who tells them apart gives another one."""
    name = connection._get_unique_id("probe")
    asked = f"SELECT EXISTS (SELECT FROM pg_prepared_statements WHERE name = '{name}')"  # noqa: S608  Our own words.
    await connection.execute("BEGIN")
    statement = await connection.prepare(asked, name=name)
    kept = bool(await statement.fetchval())
    await connection.execute("ROLLBACK")
    return kept


async def _is_lent(connection: Connection, other: Connection) -> bool:
    """Say whether another connection was given the session that was ours, or took our place in it."""
    mine = await _backend(connection)
    await other.execute("BEGIN")
    theirs = await other.fetchval("SELECT pg_backend_pid()")
    again = await _backend(connection)
    await other.execute("ROLLBACK")
    return bool(theirs == mine or again != mine)


async def _backend(connection: Connection) -> Any:
    await connection.execute("BEGIN")
    backend = await connection.fetchval("SELECT pg_backend_pid()")
    await connection.execute("ROLLBACK")
    return backend


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
