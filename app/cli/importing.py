"""The `dondoc import` command, as the terminal shows it."""

from pathlib import Path
from typing import Annotated

import typer

from app.importing.words import Language, language


def import_file(  # noqa: PLR0913, PLR0917  They are what can be typed.
    file: Annotated[Path, typer.Argument(help="A form as .xlsx, .ods, .csv or .ndjson.", exists=True, dir_okay=False)],
    check: Annotated[bool, typer.Option("--check", help="Only read the file and say what is wrong.")] = False,
    url: Annotated[str | None, typer.Option(envvar="DONDOC_URL", help="The service's address.")] = None,
    known: Annotated[
        Path | None,
        typer.Option("--credentials", envvar="DONDOC_CREDENTIALS", help="A JSON file with client_id, client_secret."),
    ] = None,
    client: Annotated[str | None, typer.Option(help="Which client, in a file that holds several by name.")] = None,
    into: Annotated[Path | None, typer.Option("--report", help="The report; FILE.report.csv by default.")] = None,
    anew: Annotated[bool, typer.Option("--new", help="A new import, although there is a report of this file.")] = False,
    plan: Annotated[
        str | None, typer.Option(envvar="DONDOC_PLAN", help="The plan; not needed where there is only one.")
    ] = None,
    as_is: Annotated[bool, typer.Option("--as-is", help="Percentages that are all at most 1 are meant so.")] = False,
    lang: Annotated[Language | None, typer.Option(help="The language; that of the terminal by default.")] = None,
) -> None:
    """Send a filled-in form over the API; killed or with lines put right, run it again: nothing is recorded twice.

    The client's id and secret come from --credentials, or from DONDOC_CLIENT_ID and DONDOC_CLIENT_SECRET.  It ends with
    0 when all is well, 1 when lines were refused, 2 when the file cannot be read, 3 when the service cannot be reached.
    """
    # What speaks to a service takes longer to load than most commands run.
    from app.importing import command  # noqa: PLC0415

    options = command.Options(
        check=check,
        url=url,
        known=known,
        client=client,
        into=into,
        anew=anew,
        plan=plan,
        as_is=as_is,
        tongue=language(lang),
    )
    command.import_file(file, options)
