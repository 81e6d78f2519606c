"""The `dondoc` command: serve, worker, migrate, seed, verify, backup, move, client, person, keys, evidence, …"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

import embedded_postgres
from app import __version__
from app.cli import auditing, backups, clients, doctor, evidence, importing, keys, people
from app.cli.running import owner, plainly, run, say
from app.commands import holidays
from app.database.revision import head, revision_of
from app.domain.calendar import FIRST_YEAR, LAST_YEAR
from app.domain.errors import Hindrance
from app.settings import Settings

STOPS = "Services of the version before cannot go on after this: end them, then run `dondoc migrate --stopped`."
cli = typer.Typer(no_args_is_help=True, add_completion=False)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"dondoc {__version__}")
        raise typer.Exit


@cli.callback()
def begin(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which this is.")
    ] = False,
) -> None:
    """Dondoc tracks what public bodies owe under a plan."""


cli.add_typer(clients.cli, name="client")
cli.add_typer(people.cli, name="person")
cli.add_typer(keys.cli, name="keys")
cli.add_typer(evidence.cli, name="evidence")
cli.command("import")(importing.import_file)
cli.command("verify")(auditing.verify)
cli.command("doctor")(doctor.doctor)
cli.command("backup")(backups.back_up)
cli.command("restore")(backups.restore)
cli.command("move")(backups.move)
calendar = typer.Typer(help="Holidays: the days that working days step over.", no_args_is_help=True)
cli.add_typer(calendar, name="holidays")


@cli.command()
def serve(
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="How many processes serve.")] = None,
) -> None:
    """Serve the API: on DATABASE_URL, or on an embedded PostgreSQL that is made, migrated and seeded first."""
    # The web application takes longer to load than most commands run.
    from app.server import serve  # noqa: PLC0415

    with plainly():
        serve.serve(Settings(workers=workers) if workers else Settings(), say=say)


@cli.command()
def worker() -> None:
    """Number and deliver events, watch deadlines and tidy up, apart from services that run with DONDOC_JOBS=apart."""
    settings = Settings()
    if settings.database_url is None:
        say("A worker needs DATABASE_URL: on the embedded PostgreSQL the service does its duties itself.")
        raise typer.Exit(1)
    from app.server import serve  # noqa: PLC0415

    with plainly():
        serve.work(settings)


@cli.command()
def migrate(
    down: Annotated[str | None, typer.Option(help="Go down to this revision; `base` takes everything away.")] = None,
    stopped: Annotated[
        bool, typer.Option("--stopped", help="No service of the version before runs; do what would break it, too.")
    ] = False,
) -> None:
    """Bring the database up to this version's tables, or down to a revision."""
    # Alembic takes longer to load than most commands run.
    from app.database import migrations  # noqa: PLC0415

    with plainly(), owner() as url:
        if down is not None:
            migrations.downgrade(url, down)
            say(f"The database is at {down}.")
        elif (before := run(url, revision_of)) and before > head():
            say(f"The database is at {before}, which is later than this version's {head()}: there is nothing to do.")
        else:
            stops = {} if stopped else migrations.stops(url, before)
            if stops:
                raise Hindrance("\n".join([STOPS, *(f"  {number}: {why}" for number, why in stops.items())]))
            migrations.upgrade(url)
            say("The database is at head.")


@cli.command()
def seed(
    folder: Annotated[Path, typer.Argument(help="A plan's seed, such as seeds/115-kh-ubnd-2021.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
) -> None:
    """Bring a plan in the database to what its files say; nothing with history is ever dropped."""
    # Seeds are read by few commands.
    from app.commands.seeds.apply import apply  # noqa: PLC0415
    from app.commands.seeds.reader import read  # noqa: PLC0415

    with plainly():
        plan = read(folder)
        with owner() as url:
            changes = run(url, lambda connection: apply(connection, plan, now=datetime.now(UTC), dry_run=dry_run))
        typer.echo("\n".join(changes.lines()) or "Nothing changes.")


@cli.command()
def db() -> None:
    """Print the address of the running embedded database, for `psql "$(dondoc db)"`; the password stays in its file."""
    address = embedded_postgres.running(Settings().data_dir / "postgres")
    if address is None:
        say("No embedded database is running on this data directory.")
        raise typer.Exit(1)
    typer.echo(address.conninfo(embedded_postgres.OWNER))


@calendar.command("import")
def import_holidays(
    year: Annotated[int, typer.Argument(min=FIRST_YEAR, max=LAST_YEAR)],
    plan: Annotated[str, typer.Option(help="The plan whose calendar grows.")],
) -> None:
    """Add a year's public holidays of Vietnam that nobody has marked yet; the authority's announcement prevails."""
    with plainly(), owner() as url:
        added = run(url, lambda connection: holidays.import_year(connection, plan, year))
    typer.echo("\n".join(f"+ {day.observed_on} {day.name}" for day in added) or "Nothing changes.")
