"""The `dondoc import` command."""

import os
from pathlib import Path
from typing import Annotated

import httpx
import typer

from app.importing import run as importing
from app.importing.files import FileUnreadable
from app.importing.report import Row
from app.importing.run import Totals
from app.importing.service import Credentials, CredentialsMissing, Service, ServiceRefuses, credentials
from app.settings import Settings

TIMEOUT_SECONDS = 60
_STOPS = (FileUnreadable, CredentialsMissing, ServiceRefuses)


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
    try:
        if check:
            totals = importing.check(file, _show)
        else:
            with httpx.Client(base_url=url or Settings().issuer, timeout=TIMEOUT_SECONDS) as http:
                service = Service(http, _credentials(known, client))
                report = into or file.with_name(f"{file.name}.report.csv")
                totals = importing.run(file, service, report, anew=anew, show=_show, progress=_progress)
            typer.echo(f"The report is in {report}.", err=True)
    except _STOPS as error:
        typer.echo(f"{error} What was recorded stays; run the same command again to go on.", err=True)
        raise typer.Exit(2) from None
    if totals["replayed"]:
        typer.echo("What is replayed had been recorded before. Is this a new import? Then add --new.", err=True)
    typer.echo(_spelled(totals))
    raise typer.Exit(1 if totals["refused"] else 0)


def _credentials(path: Path | None, client: str | None) -> Credentials:
    if path:
        return credentials(path, client)
    shown = {name: os.environ.get(f"DONDOC_{name.upper()}") for name in ("client_id", "client_secret")}
    if not all(shown.values()):
        raise CredentialsMissing("DONDOC_CLIENT_ID and DONDOC_CLIENT_SECRET, or --credentials, are needed.")
    return Credentials.model_validate(shown)


def _show(row: Row) -> None:
    if row.result == "refused":
        typer.echo(f"line {row.line}: {row.detail}")


def _progress(totals: Totals) -> None:
    typer.echo(f"… {totals.total()} lines", err=True)


def _spelled(totals: Totals) -> str:
    return ", ".join(f"{number} {result}" for result, number in sorted(totals.items())) or "There is no line."
