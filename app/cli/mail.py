"""`dondoc mail`: where owners are reminded, and how often."""

import re
from datetime import datetime
from typing import Annotated

import typer

from app.cli.running import owner, plainly, run
from app.commands import mail
from app.database.statements import Row, fetch_all
from app.domain.errors import Hindrance
from app.domain.mail import ADDRESS
from app.queries.mail import every_address

cli = typer.Typer(help="Mail: where owners are reminded, and how often.", no_args_is_help=True)
Plan = Annotated[str, typer.Option(help="The plan of the body.")]
Body = Annotated[str, typer.Argument(help="A body by its code.")]
Every = Annotated[int, typer.Option(min=1, max=366, help="After how many days it is told again.")]


@cli.command("give")
def give(
    body: Body,
    address: Annotated[str, typer.Argument(help="An office's address, and nobody's own.")],
    plan: Plan,
    due_soon_every: Every = 7,
    overdue_every: Every = 7,
    returned_every: Every = 1,
) -> None:
    """Remind a body at an address, or at another one than before; it is told everything at once, once a day at most."""
    with plainly():
        if not re.fullmatch(ADDRESS, address):
            raise Hindrance("That is no address for mail.")
        every = {"due_soon": due_soon_every, "overdue": overdue_every, "returned": returned_every}
        wanted = {"address": address, **{f"{kind}_every_days": days for kind, days in every.items()}}
        with owner() as url:
            run(url, mail.give, plan, body, wanted)


@cli.command("silence")
def silence(
    body: Body,
    plan: Plan,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day without mail.")] = None,
) -> None:
    """Send a body nothing up to and on a day; without one, let mail go out again."""
    with plainly(), owner() as url:
        _told(there=run(url, mail.change, plan, body, {"silent_until": until and until.date()}))


@cli.command("remove")
def remove(body: Body, plan: Plan) -> None:
    """Send a body nothing more."""
    with plainly(), owner() as url:
        _told(there=run(url, mail.take_away, plan, body))


@cli.command("list")
def show() -> None:
    """List the addresses, each with its last mail and what became of it."""
    with plainly(), owner() as url:
        typer.echo("\n".join(_line(row) for row in run(url, fetch_all, every_address)))


def _told(*, there: bool) -> None:
    if not there:
        raise Hindrance("That body has no address.")


def _line(row: Row) -> str:
    silent = f"  silent until {row['silent_until']}" if row["silent_until"] else ""
    last = f"{row['on_day']} {row['state']}" if row["on_day"] else "never"
    return f"{row['slug']}  {row['code']}  {row['address']}  last: {last}{silent}"
