"""`dondoc keys`: the keys that sign our tokens."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from app.cli.running import plainly
from app.security import token_keys
from app.settings import Settings

cli = typer.Typer(help="Keys: what signs and verifies access tokens.", no_args_is_help=True)


@cli.command("list")
def show() -> None:
    """List the keys with what each is for just now."""
    with plainly():
        now, held = datetime.now(UTC), token_keys.load(Settings().keys_dir)
        ring = held.at(now)
        for key in held.all:
            typer.echo(f"{key.kid}  {_use(key, ring, now):10} {key.path.name}")


@cli.command("rotate")
def rotate(
    at_once: Annotated[
        bool, typer.Option("--at-once", help="Others may have the key: end it, and every token that it signed.")
    ] = False,
) -> None:
    """Make the key that signs next: it is published now and signs in five minutes, the old one verifies on."""
    with plainly():
        made = token_keys.rotate(Settings().keys_dir, now=datetime.now(UTC), at_once=at_once)
        typer.echo(f"{made.kid}  signs from {made.signs_from.isoformat()}")


def _use(key: token_keys.SigningKey, ring: token_keys.Keyring, now: datetime) -> str:
    if key.kid not in ring.live:
        return "ended"
    if key.kid == ring.current.kid:
        return "signs"
    return "next" if key.signs_from > now else "verifies"
