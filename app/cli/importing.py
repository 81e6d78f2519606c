"""The `dondoc import` command, as the terminal shows it."""

from pathlib import Path
from typing import Annotated

import typer


def import_file(
    file: Annotated[Path, typer.Argument(help="Updates as .ndjson, .csv or .xlsx.", exists=True, dir_okay=False)],
    check: Annotated[bool, typer.Option("--check", help="Only read the file and say what is wrong.")] = False,
    url: Annotated[str | None, typer.Option(envvar="DONDOC_URL", help="The service's address.")] = None,
    known: Annotated[
        Path | None,
        typer.Option("--credentials", envvar="DONDOC_CREDENTIALS", help="A JSON file with client_id, client_secret."),
    ] = None,
    client: Annotated[str | None, typer.Option(help="Which client, in a file that holds several by name.")] = None,
    into: Annotated[Path | None, typer.Option("--report", help="The report; FILE.report.csv by default.")] = None,
    anew: Annotated[bool, typer.Option("--new", help="A new import, although there is a report of this file.")] = False,
) -> None:
    """Send a file of updates over the API; killed or with lines put right, run it again: nothing is recorded twice.

    The client's id and secret come from --credentials, or from DONDOC_CLIENT_ID and DONDOC_CLIENT_SECRET.
    """
    # What speaks to a service takes longer to load than most commands run.
    from app.importing import command  # noqa: PLC0415

    command.import_file(file, check=check, url=url, known=known, client=client, into=into, anew=anew)
