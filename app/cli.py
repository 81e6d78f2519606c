"""The `dondoc` command: serve, migrate, seed, verify, client, import, holidays, db."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from app import serving
from app.commands import clients, holidays, seals
from app.commands.seeds.apply import SeedRefused, apply
from app.commands.seeds.reader import SeedInvalid, read
from app.database import embedded, migrations
from app.database.engine import connect
from app.domain.access import Role
from app.domain.calendar import FIRST_YEAR, LAST_YEAR
from app.domain.errors import Refusal
from app.importing.command import import_file
from app.queries.clients import every_client
from app.settings import Settings
from app.web import keys

cli = typer.Typer(help="Dondoc tracks what public bodies owe under a plan.", no_args_is_help=True, add_completion=False)
client = typer.Typer(help="Clients: the systems that call the service.", no_args_is_help=True)
calendar = typer.Typer(help="Holidays: the days that working days step over.", no_args_is_help=True)
cli.add_typer(client, name="client")
cli.command("import")(import_file)
cli.add_typer(calendar, name="holidays")
Result = TypeVar("Result")
EXPECTED = (SeedInvalid, SeedRefused, Refusal, embedded.DataDirectoryInUse, embedded.EmbeddedUnavailable)


@cli.command()
def serve() -> None:
    """Serve the API: on DATABASE_URL, or on an embedded PostgreSQL that is made, migrated and seeded first."""
    with _plainly():
        serving.serve(Settings(), say=_say)


@cli.command()
def migrate(
    down: Annotated[str | None, typer.Option(help="Go down to this revision; `base` takes everything away.")] = None,
) -> None:
    """Bring the database up to this version's tables, or down to a revision."""
    with _plainly(), _owner() as url:
        if down is None:
            migrations.upgrade(url)
        else:
            migrations.downgrade(url, down)
        _say(f"The database is at {down or 'head'}.")


@cli.command()
def seed(
    folder: Annotated[Path, typer.Argument(help="A plan's seed, such as seeds/115-kh-ubnd-2021.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
) -> None:
    """Bring a plan in the database to what its files say; nothing with history is ever dropped."""
    with _plainly():
        plan = read(folder)
        with _owner() as url:
            changes = _run(url, lambda connection: apply(connection, plan, now=datetime.now(UTC), dry_run=dry_run))
        typer.echo("\n".join(changes.lines()) or "Nothing changes.")


@cli.command()
def db() -> None:
    """Print the address of the running embedded database, for `psql "$(dondoc db)"`; the password stays in its file."""
    address = embedded.running(Settings().data_dir / "postgres")
    if address is None:
        _say("No embedded database is running on this data directory.")
        raise typer.Exit(1)
    typer.echo(address.conninfo(embedded.OWNER))


@cli.command()
def verify() -> None:
    """Work the seal of every closed cycle out anew; name what was changed since, and exit with 1 if anything was."""
    with _plainly(), _owner() as url:
        verdicts = _run(url, seals.verify)
    for verdict in verdicts:
        state = "ALTERED" if verdict.differences else "intact"
        typer.echo(f"{verdict.plan} {verdict.cycle}: {state}, {verdict.covered} obligations, sha256 {verdict.digest}")
        for difference in verdict.differences:
            typer.echo(f"    {difference}")
    if not verdicts:
        typer.echo("No cycle is closed.")
    if any(verdict.differences for verdict in verdicts):
        raise typer.Exit(1)


@calendar.command("import")
def import_holidays(
    year: Annotated[int, typer.Argument(min=FIRST_YEAR, max=LAST_YEAR)],
    plan: Annotated[str, typer.Option(help="The plan whose calendar grows.")],
) -> None:
    """Add a year's public holidays of Vietnam that nobody has marked yet; the authority's announcement prevails."""
    with _plainly(), _owner() as url:
        added = _run(url, lambda connection: holidays.import_year(connection, plan, year))
    typer.echo("\n".join(f"+ {day.observed_on} {day.name}" for day in added) or "Nothing changes.")


@client.command("add")
def add_client(
    name: Annotated[str, typer.Argument(help="A name that tells people whose system it is.")],
    role: Annotated[Role, typer.Option(help="What it may do.")],
    plan: Annotated[str | None, typer.Option(help="The plan of the bodies.")] = None,
    body: Annotated[list[str] | None, typer.Option(help="A body that a reporter may report for; repeat it.")] = None,
) -> None:
    """Add a client and print its id and its secret, which is shown only now."""
    with _plainly(), _owner() as url:
        digest = keys.load(Settings().keys_dir).digest_of
        added = _run(
            url, lambda connection: clients.add(connection, digest, name=name, role=role, plan=plan, bodies=body or ())
        )
        typer.echo(f"client_id={added.id}\nclient_secret={added.secret}")


@client.command("list")
def list_clients() -> None:
    """List the clients with their roles and bodies."""

    async def rows(connection: AsyncConnection) -> list[str]:
        found = await connection.execute(every_client())
        return [
            f"{row.id}  {row.role:12} {'disabled ' if row.disabled_at else ''}{row.name}  {', '.join(row.bodies or ())}"
            for row in found
        ]

    with _plainly(), _owner() as url:
        typer.echo("\n".join(_run(url, rows)))


@contextmanager
def _owner() -> Iterator[str]:
    """Give the owner's address: of the operator's server, or of the embedded one, which is started if need be."""
    settings = Settings()
    if settings.owner_url:
        yield settings.owner_url.get_secret_value()
        return
    folder = settings.data_dir / "postgres"
    if address := embedded.running(folder):
        yield address.url(embedded.OWNER)
        return
    with embedded.Embedded(folder, say=_say) as server:
        yield server.address.url(embedded.OWNER)


def _run(url: str, act: Callable[[AsyncConnection], Awaitable[Result]]) -> Result:
    """Run an act in one transaction as the database's owner."""

    async def run() -> Result:
        database = connect(url, role=None)
        try:
            async with database.writing() as connection:
                return await act(connection)
        finally:
            await database.close()

    return asyncio.run(run())


@contextmanager
def _plainly() -> Iterator[None]:
    """Say what is wrong in words, without a trace."""
    try:
        yield
    except EXPECTED as error:
        _say(str(error))
        raise typer.Exit(1) from None


def _say(line: str) -> None:
    typer.echo(line, err=True)
