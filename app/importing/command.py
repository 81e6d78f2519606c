"""What the `dondoc import` command does.

It ends with 0 when all is well, 1 when some lines were refused, 2 when the file cannot be read or nobody says who
sends it, and 3 when the service cannot be reached or refuses the whole.
"""

import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import typer

from app.commands.imports import faults
from app.commands.imports.form import Filled
from app.commands.imports.lines import FileUnreadable, Line
from app.commands.imports.sayings import Say, said
from app.domain.errors import Refusal
from app.domain.imports import LineResult
from app.importing import report
from app.importing.credentials import Credentials, CredentialsMissing, credentials
from app.importing.report import Row
from app.importing.service import FormRefused, Service, ServiceRefuses, ServiceSilent, is_json
from app.importing.words import Language, spelled
from app.schemas.bulk import ItemIn
from app.schemas.imports import ImportLine
from app.settings import Settings
from app.web.bulk_items import read_each

TIMEOUT = httpx.Timeout(60, read=300)
"""A form is read to its end before the first line is told of."""
PROGRESS_LINES = 100
DEFAULT_NAME = "form"
REFUSED, UNREADABLE, UNREACHABLE = 1, 2, 3


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a file is to be sent."""

    check: bool
    url: str | None
    known: Path | None
    client: str | None
    into: Path | None
    anew: bool
    plan: str | None
    as_is: bool
    tongue: Language


def import_file(file: Path, options: Options) -> None:
    """Send a filled-in form over the API, or only read it, and say what became of each line."""
    try:
        counts, why = _checked(file, options) if options.check else _sent(file, options)
    except (FormRefused, CredentialsMissing) as error:
        raise _stopped(str(error), UNREADABLE) from None
    except ServiceSilent as error:
        raise _stopped(f"{error} {spelled('again', options.tongue)}", UNREACHABLE) from None
    except ServiceRefuses as error:
        raise _stopped(str(error), UNREACHABLE) from None
    if counts["replayed"]:
        typer.echo(spelled("replayed", options.tongue), err=True)
    typer.echo(spelled("checked" if options.check else "summary", options.tongue, **counts))
    for problem, count in why.most_common():
        typer.echo(spelled("why", options.tongue, count=count, problem=problem))
    raise typer.Exit(REFUSED if counts["refused"] else 0)


def _stopped(sentence: str, status: int) -> typer.Exit:
    typer.echo(sentence, err=True)
    return typer.Exit(status)


def _sent(file: Path, options: Options) -> tuple[Mapping[str, int], Counter[str]]:
    into = options.into or file.with_name(f"{file.name}.report.csv")
    name = uuid4().hex[:16] if options.anew else report.name_of(into) or DEFAULT_NAME
    asked = {"name": name} | ({"as_is": "true"} if options.as_is else {})
    why: Counter[str] = Counter()
    counts: Mapping[str, int] = {}
    lines = 0
    with httpx.Client(base_url=options.url or Settings().issuer, timeout=TIMEOUT) as http:
        service = Service(http, _credentials(options), tongue=options.tongue)
        plan = options.plan or service.only_plan()
        rows: list[Row] = []
        for told in _begun(service.send(plan, file, asked), into, name, options.tongue, file):
            if "line" in told:
                rows.append(_row(name, told, options.tongue, why))
            else:
                counts = told["counts"]
                _remark(told["remarks"])
            if len(rows) == PROGRESS_LINES or counts:
                report.add(into, rows, options.tongue)
                lines += len(rows)
                rows.clear()
                _progress(lines, options.tongue)
        typer.echo(spelled("report", options.tongue, path=into), err=True)
    return counts, why


def _begun(
    told: Iterator[Mapping[str, Any]], into: Path, name: str, tongue: Language, file: Path
) -> Iterator[Mapping[str, Any]]:
    """Begin the report when the first line is told of: a file that cannot be read must not cost an earlier one."""
    begun = False
    for one in told:
        if not begun:
            report.begin(into, name, file.name, tongue)
            begun = True
        yield one


def _row(name: str, told: Mapping[str, Any], tongue: Language, why: Counter[str]) -> Row:
    """Make the row of a line, and show it when it was refused."""
    wrong = told["faults"]
    detail = "; ".join(_sentence(one, tongue) for one in wrong) or told["remark"]
    if told["result"] == LineResult.REFUSED:
        typer.echo(f"{spelled('line', tongue, line=told['line'])}: {detail or told['problem']}")
        why[wrong[0]["detail"] if wrong else told["problem"]] += 1
    known = {key: told[key] for key in ("line", "client_ref", "obligation", "update", "problem")}
    cell = next((one["cell"] for one in wrong if one["cell"]), None)
    return Row(name=name, result=told["result"], cell=cell, detail=detail, **known)


def _sentence(fault: Mapping[str, Any], tongue: Language) -> str:
    """Say what is wrong in the words of the file: by its cell, and by the name of the column."""
    cell = spelled("cell", tongue, cell=fault["cell"]) if fault["cell"] else ""
    names = [one for one in (cell, fault["heading"] or fault["column"]) if one]
    return f"{', '.join(names)}: {fault['detail']}" if names else str(fault["detail"])


def _checked(file: Path, options: Options) -> tuple[Mapping[str, int], Counter[str]]:
    """Read every line as the service would, and send nothing; whether an obligation exists, only the service knows."""
    filled = Filled(file, is_json=is_json(file), as_is=options.as_is)
    vietnamese = options.tongue is Language.VIETNAMESE
    counts, why = Counter({"recorded": 0, "refused": 0, "blank": 0, "replayed": 0}), Counter[str]()
    # The headings are known when the last line has been read.
    try:
        lines = list(filled.lines())
    except FileUnreadable as error:
        raise FormRefused(said(error.remark.say, vietnamese=vietnamese, **error.remark.parts)) from None
    if (small := _small(filled)) and not options.as_is:
        raise FormRefused(said(Say.SCALED, vietnamese=vietnamese, headings=", ".join(small)))
    for line in lines:
        result = _judged(filled, line, vietnamese)
        counts[result.result.value if result else "blank"] += 1
        if result:
            _row("", result.model_dump(mode="json"), options.tongue, why)
    _remark([said(one.say, vietnamese=vietnamese, **one.parts) for one in filled.form.remarks])
    return counts, why


def _small(filled: Filled) -> list[str]:
    """Name the columns that the service may ask about; here nobody knows what the plan's targets are measured in."""
    keys = ["percent"] if filled.scale.looks_wrong else [f"target:{code}" for code in filled.scale.small]
    return [filled.form.headings.get(key) or key for key in keys]


def _judged(filled: Filled, line: Line, vietnamese: bool) -> ImportLine | None:
    if line.item is None and not line.wrongs:
        return None
    told = faults.of_reading(filled.form, line, vietnamese=vietnamese)
    problem = "malformed-content" if line.wrongs else None
    if line.item is not None:
        # A form names its plan when it is sent.
        named = {"plan": "x", **line.item} if "obligation" not in line.item else line.item
        (read,) = read_each(ItemIn, [named])
        if isinstance(read, Refusal):
            told, problem = faults.of_refusal(filled.form, line, read, vietnamese=vietnamese), read.slug()
    result = LineResult.REFUSED if problem else LineResult.RECORDED
    unknown = {"client_ref": None, "obligation": None, "update": None, "remark": None}
    return ImportLine(line=line.number, result=result, problem=problem, faults=told, **unknown)


def _remark(remarks: list[str]) -> None:
    for remark in remarks:
        typer.echo(remark, err=True)


def _progress(lines: int, tongue: Language) -> None:
    """Say how far it is: on one line of a terminal, and line by line elsewhere."""
    end = "\r" if sys.stderr.isatty() else "\n"
    typer.echo(spelled("progress", tongue, lines=lines) + end, err=True, nl=False)


def _credentials(options: Options) -> Credentials:
    if options.known:
        return credentials(options.known, options.client)
    shown = {name: os.environ.get(f"DONDOC_{name.upper()}") for name in ("client_id", "client_secret")}
    if not all(shown.values()):
        raise CredentialsMissing(spelled("no_credentials", options.tongue))
    return Credentials.model_validate(shown)
