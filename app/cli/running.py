"""What every command needs: the owner's address, one transaction, and plain words when something is wrong."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Concatenate, ParamSpec, TypeVar

import typer
from asyncpg import InternalClientError, PostgresError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection

import embedded_postgres
from app.database.engine import SYSTEM, connect, refuse_hidden_rows
from app.database.failures import DatabaseAway, Failure, cause_of, kind_of, sqlstate_of
from app.domain.errors import Hindrance, Refusal
from app.settings import Settings

FORBIDDEN = "42501"
Given = ParamSpec("Given")
Result = TypeVar("Result")


class RowsHidden(Hindrance):
    """The login may not read every row, as the owner of the database does: name one that may by DATABASE_OWNER_URL."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


@contextmanager
def owner() -> Iterator[str]:
    """Give the owner's address: of the operator's server, or of the embedded one, which is started if need be."""
    settings = Settings()
    if settings.owner_url:
        yield settings.owner_url.get_secret_value()
        return
    folder = settings.data_dir / "postgres"
    if address := embedded_postgres.running(folder):
        yield address.url(embedded_postgres.OWNER)
        return
    with embedded_postgres.Embedded(folder, say=say) as server:
        yield server.address.url(embedded_postgres.OWNER)


def run(
    url: str,
    command: Callable[Concatenate[AsyncConnection, Given], Awaitable[Result]],
    *args: Given.args,
    **named: Given.kwargs,
) -> Result:
    """Run a command in one transaction as the database's owner."""

    async def once() -> Result:
        database = connect(url, role=None)
        try:
            async with database.writing(SYSTEM) as connection:
                return await command(connection, *args, **named)
        finally:
            await database.close()

    return asyncio.run(once())


def look(
    url: str,
    command: Callable[Concatenate[AsyncConnection, Given], Awaitable[Result]],
    *args: Given.args,
    **named: Given.kwargs,
) -> Result:
    """Run a command that only looks, in one view of the database; a login from which rows are hidden is told so."""

    async def once() -> Result:
        database = connect(url, role=None)
        try:
            async with database.reading(SYSTEM) as connection:
                await refuse_hidden_rows(connection)
                return await command(connection, *args, **named)
        finally:
            await database.close()

    try:
        return asyncio.run(once())
    except (DBAPIError, PostgresError) as error:
        if sqlstate_of(error) == FORBIDDEN:
            raise RowsHidden from None
        raise


@contextmanager
def plainly() -> Iterator[None]:
    """Say what is wrong in words, without a trace."""
    try:
        yield
    except (DBAPIError, PostgresError, PoolTimeout, DatabaseAway, InternalClientError) as error:
        if kind_of(error) is not Failure.UNAVAILABLE:
            raise
        say(f"The database cannot be used: {cause_of(error)}.")
        raise typer.Exit(1) from None
    except (Hindrance, Refusal, embedded_postgres.Hindrance) as error:
        faults = getattr(error, "faults", ())
        say("\n".join([str(error), *(f"  {fault.pointer} {fault.detail}" for fault in faults)]))
        raise typer.Exit(1) from None


def say(line: str) -> None:
    """Tell the operator something on standard error."""
    typer.echo(line, err=True)
