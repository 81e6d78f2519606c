"""What the `dondoc import` command does."""

import os
from pathlib import Path

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
    file: Path, *, check: bool, url: str | None, known: Path | None, client: str | None, into: Path | None, anew: bool
) -> None:
    """Send a file of updates over the API, or only read it, and say what became of each line."""
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
