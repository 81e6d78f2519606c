"""`dondoc person`: who comes in by the pages."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer

from app.cli.clients import Bodies, Plan, grants
from app.cli.running import owner, plainly, run
from app.commands import people
from app.database.statements import fetch_all
from app.domain.access import Role
from app.models.client import ClientKind
from app.queries.clients import every_client
from app.schemas.people import PersonOut
from app.schemas.views import person_out
from app.security import token_keys
from app.settings import Settings

cli = typer.Typer(help="People: who comes in by the pages.", no_args_is_help=True)
Id = Annotated[UUID, typer.Argument(help="The person's id.")]


@cli.command("add")
def add(
    name: Annotated[str, typer.Argument(help="A name that tells people apart in histories.")],
    role: Annotated[Role, typer.Option(help="What they may do: coordinator, reporter, auditor or admin.")],
    plan: Plan = None,
    bodies: Bodies = None,
) -> None:
    """Add a person and print their id; `invite` gives them a link to come in by."""
    with plainly(), owner() as url:
        person = run(url, people.add, name=name, role=role, bodies=grants(plan, bodies))
        typer.echo(f"person_id={person}")


@cli.command("list")
def show() -> None:
    """List people with their roles and bodies."""
    with plainly(), owner() as url:
        rows = run(url, fetch_all, every_client, kind=ClientKind.PERSON)
        typer.echo("\n".join(_line(person_out(row)) for row in rows))


@cli.command("invite")
def invite(person: Id) -> None:
    """Print a link by which a person comes in: it works once, within 15 minutes."""
    settings, now = Settings(), datetime.now(UTC)
    with plainly(), owner() as url:
        secret = run(url, people.invite, token_keys.load(settings.keys_dir).digest_of, person, now=now)
        typer.echo(f"{settings.issuer}/desk/sign-in/{secret}")


@cli.command("disable")
def disable(person: Id) -> None:
    """Sign a person out at once, and let nobody in by their links; their history stays."""
    _change(person, disabled=True)


@cli.command("enable")
def enable(person: Id) -> None:
    """Let a disabled person come in again."""
    _change(person, disabled=False)


def _change(person: UUID, *, disabled: bool) -> None:
    with plainly(), owner() as url:
        run(url, people.change, person, {"disabled": disabled}, now=datetime.now(UTC))


def _line(person: PersonOut) -> str:
    state = "disabled " if person.disabled_at else ""
    return f"{person.id}  {person.role:12} {state}{person.name}  {', '.join(one.body for one in person.bodies)}"
