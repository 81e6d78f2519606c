"""What became of the lines of a filled-in form, on the wire."""

from enum import StrEnum
from uuid import UUID

from app.schemas.base import ResponseModel
from app.schemas.problem import Problem


class LineResult(StrEnum):
    """What became of one line: recorded now, there already, refused; with `dry_run` what would become of it."""

    RECORDED = "recorded"
    REPLAYED = "replayed"
    REFUSED = "refused"


class LineFault(ResponseModel):
    """One thing that is wrong with a line: in which cell (`D8`), under which heading of the file, and what to do.

    There is no cell when it is about the whole line, and no heading in JSON.
    """

    cell: str | None
    column: str | None
    heading: str | None
    detail: str


class ImportLine(ResponseModel):
    """One line that was filled in: `line` counts the lines of a text and the rows of a sheet from 1.

    `problem` is the name of the problem for which it was refused.
    """

    line: int
    result: LineResult
    client_ref: str | None
    obligation: UUID | None
    update: UUID | None
    problem: str | None
    faults: list[LineFault]


class ImportCounts(ResponseModel):
    """How many lines had which result; blank ones are those that nobody filled in."""

    recorded: int
    replayed: int
    refused: int
    blank: int


class ImportOut(ResponseModel):
    """What became of a form: one result for each line that was filled in, in order.

    `remarks` say what is to be known of the file as a whole.  `problem` is there when the service could not go on:
    the lines that follow were not looked at, and the same file is to be sent again; nothing is recorded twice.
    """

    plan: str
    dry_run: bool
    remarks: list[str]
    results: list[ImportLine]
    counts: ImportCounts
    problem: Problem | None
