"""What became of the lines of a filled-in form, on the wire."""

from uuid import UUID

from app.domain.imports import ImportState, LineResult
from app.schemas.base import Instant, ResponseModel
from app.schemas.problem import Problem


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

    `problem` is the name of the problem for which it was refused.  `remark` says of a line that had been recorded
    before whether that is still what counts, and how to record it anew.
    """

    line: int
    result: LineResult
    client_ref: str | None
    obligation: UUID | None
    update: UUID | None
    problem: str | None
    faults: list[LineFault]
    remark: str | None


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


class ImportProgress(ResponseModel):
    """How far an import has come that is recorded later.

    `lines` are those that were filled in, null until the form has been read; `counts` say what became of those that
    have been looked at.  `problem` says why there is no more when it `failed`: what was recorded stays, and the same
    file sent again is recorded from there.  What became of each line can be asked for until `kept_until`.
    """

    id: UUID
    plan: str
    name: str
    dry_run: bool
    state: ImportState
    received_at: Instant
    finished_at: Instant | None
    kept_until: Instant | None
    lines: int | None
    counts: ImportCounts
    remarks: list[str]
    problem: Problem | None


class ImportLineList(ResponseModel):
    """One page of what became of the lines of an import, in order."""

    items: list[ImportLine]
    next_cursor: str | None
