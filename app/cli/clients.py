"""`dondoc client`: the systems that call the service, and their secrets."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import typer

from app.cli.running import owner, plainly, run
from app.commands import clients
from app.database.statements import fetch_all
from app.domain.access import Permission, Role
from app.queries.clients import every_client
from app.schemas.clients import BodyGrant, ClientOut
from app.schemas.views import client_out
from app.security import token_keys
from app.settings import Settings

cli = typer.Typer(help="Clients: the systems that call the service.", no_args_is_help=True)
Id = Annotated[UUID, typer.Argument(help="The client's id.")]
Plan = Annotated[str | None, typer.Option(help="The plan of the bodies.")]
Bodies = Annotated[list[str] | None, typer.Option("--body", help="A body that a reporter may report for; repeat it.")]
Scopes = Annotated[list[Permission] | None, typer.Option("--scope", help="Only this of what the role may; repeat it.")]
Subject = Annotated[str | None, typer.Option(help="Its name at the external issuer.")]


@cli.command("add")
def add(
    name: Annotated[str, typer.Argument(help="A name that tells people whose system it is.")],
    role: Annotated[Role, typer.Option(help="What it may do.")],
    plan: Plan = None,
    bodies: Bodies = None,
    scopes: Scopes = None,
    subject: Subject = None,
) -> None:
    """Add a client and print its id and its secret, which is shown only now."""
    settings = Settings()
    with plainly(), owner() as url:
        digest, granted = token_keys.load(settings.keys_dir).digest_of, grants(plan, bodies)
        added = run(
            url,
            clients.add,
            digest,
            name=name,
            role=role,
            bodies=granted,
            scopes=scopes or None,
            issuer=settings.oidc_issuer,
            subject=subject,
        )
        typer.echo(f"client_id={added.id}\nclient_secret={added.secret}")


@cli.command("list")
def show() -> None:
    """List the clients with their roles, bodies and the ids of their secrets."""
    with plainly(), owner() as url:
        rows = run(url, fetch_all, every_client)
        typer.echo("\n".join(_line(client_out(row)) for row in rows))


@cli.command("change")
def change(
    client: Id,
    name: Annotated[str | None, typer.Option(help="Another name.")] = None,
    plan: Plan = None,
    bodies: Bodies = None,
    no_bodies: Annotated[bool, typer.Option("--no-bodies", help="Take all bodies away.")] = False,
    scopes: Scopes = None,
    whole_role: Annotated[bool, typer.Option("--whole-role", help="Allow all that the role may.")] = False,
    subject: Subject = None,
) -> None:
    """Change what is named; it takes effect within ten seconds."""
    changes: dict[str, Any] = {"name": name, "scopes": scopes, "subject": subject, "bodies": grants(plan, bodies)}
    kept = {field: value for field, value in changes.items() if value}
    kept |= ({"bodies": []} if no_bodies else {}) | ({"scopes": None} if whole_role else {})
    _change(client, kept)


@cli.command("disable")
def disable(client: Id) -> None:
    """Let a client do nothing any more; its history stays."""
    _change(client, {"disabled": True})


@cli.command("enable")
def enable(client: Id) -> None:
    """Let a disabled client call again."""
    _change(client, {"disabled": False})


@cli.command("add-secret")
def add_secret(client: Id) -> None:
    """Add a second secret and print it, which is shown only now."""
    with plainly(), owner() as url:
        digest = token_keys.load(Settings().keys_dir).digest_of
        added = run(url, clients.add_secret, digest, client)
        typer.echo(f"secret_id={added.id}\nclient_secret={added.client_secret}")


@cli.command("remove-secret")
def remove_secret(client: Id, secret: Annotated[UUID, typer.Argument(help="The secret's id.")]) -> None:
    """Remove a secret that nobody uses any more."""
    with plainly(), owner() as url:
        run(url, clients.remove_secret, client, secret)


def _change(client: UUID, changes: dict[str, Any]) -> None:
    now, issuer = datetime.now(UTC), Settings().oidc_issuer
    with plainly(), owner() as url:
        run(url, clients.change, client, changes, now=now, issuer=issuer)


def grants(plan: str | None, bodies: list[str] | None) -> list[BodyGrant]:
    """Read the bodies that somebody may report for."""
    return [BodyGrant.model_construct(plan=plan or "", body=code) for code in bodies or ()]


def _line(client: ClientOut) -> str:
    state = "disabled " if client.disabled_at else ""
    bodies = ", ".join(one.body for one in client.bodies)
    secrets = " ".join(str(one.id) for one in client.secrets)
    limited = f"  only {' '.join(client.scopes)}" if client.scopes_limited else ""
    return f"{client.id}  {client.role:12} {state}{client.name}  {bodies}{limited}  secrets: {secrets or 'none'}"
