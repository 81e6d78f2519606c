"""Exports: rows as CSV, NDJSON or a spreadsheet, streamed, so that memory stays the same however many there are.

CSV and NDJSON go out as they are read.  A spreadsheet is a compressed archive that can be opened only when it is
complete: it is written to a file first, row by row.  The first rows are read before anything is answered, so that a
database that is away is a problem like everywhere else.
"""

import csv
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from io import StringIO
from typing import IO, Annotated, Any

from anyio import to_thread
from fastapi import Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from app.domain.calendar import HOME_ZONE
from app.domain.errors import NotAcceptable
from app.schemas.columns import Cell, Column
from app.schemas.printed import Paper
from app.web.accept import accepted
from app.web.clock import now_of
from app.web.files import spreadsheets
from app.web.files.csv_injection import harmless
from app.web.files.printing import Printout
from app.web.files.transfers import Transferring
from app.web.languages import prefers_english, prefers_vietnamese
from app.web.middleware.admission import Slot
from app.web.problems.handlers import refuses

Rows = AsyncIterator[Sequence[Any]]
"""Shapes, some at a time."""
CHUNK_BYTES = 64 * 1024
BOM = "\ufeff"


class Format(StrEnum):
    """What an export can be."""

    CSV = "csv"
    NDJSON = "ndjson"
    XLSX = "xlsx"


class Layout(StrEnum):
    """Whom a spreadsheet is for: people who read and print it, or programs that want every column."""

    PRINT = "print"
    DATA = "data"


MEDIA_TYPES = {
    Format.CSV: "text/csv",
    Format.NDJSON: "application/x-ndjson",
    Format.XLSX: spreadsheets.MEDIA_TYPE,
}
OFFERED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "All that matches, as it is read.",
        "headers": {
            "Cache-Control": {"$ref": "#/components/headers/Cache-Control"},
            "Content-Disposition": {"description": "Under which name to keep it.", "schema": {"type": "string"}},
        },
        "content": {
            MEDIA_TYPES[Format.CSV]: {"schema": {"type": "string"}},
            MEDIA_TYPES[Format.NDJSON]: {"schema": {"type": "string"}},
            MEDIA_TYPES[Format.XLSX]: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@dataclass(frozen=True)
class Export:
    """How one caller wants to have rows."""

    format: Format
    bom: bool
    vietnamese: bool
    day: date
    slot: Slot
    layout: Layout = Layout.DATA

    @property
    def is_for_paper(self) -> bool:
        """Whether people read and print it."""
        return self.format is Format.XLSX and self.layout is Layout.PRINT

    async def answer(self, name: str, columns: Sequence[Column], rows: Rows, paper: Paper | None = None) -> Response:
        """Answer with rows under their columns' names, or as they are printed."""
        first = await _first(rows)
        if paper and self.is_for_paper:
            content: Content = await _printed(paper, _joined(first, rows))
        else:
            content = await _WRITERS[self.format](self, name, columns, _joined(first, rows))
        self.slot.give_back()
        headers = {
            "Content-Disposition": f'attachment; filename="{name}-{self.day}.{self.format}"',
            "Cache-Control": "private, no-store",
            "Vary": "Authorization, Accept, Accept-Language",
        }
        return StreamingResponse(content, headers=headers, media_type=MEDIA_TYPES[self.format])


@refuses(NotAcceptable)
async def export(
    request: Request,
    slot: Transferring,
    format_: Annotated[Format | None, Query(alias="format", description="Or ask for it by `Accept`.")] = None,
    layout: Annotated[
        Layout | None,
        Query(description="A spreadsheet to print, as by `Accept-Language: vi`, or with all columns and for programs."),
    ] = None,
    bom: Annotated[bool, Query(description="Begin CSV with a byte order mark, for old spreadsheet programs.")] = False,
) -> Export:
    """Read in which form rows are wanted: `format`, else what `Accept` names, else CSV; a layout is a spreadsheet's.

    Raises:
        NotAcceptable: `Accept` names nothing that is offered.
    """
    usual = Format.XLSX if layout else Format.CSV
    chosen = format_ or accepted(request, {usual: MEDIA_TYPES[usual], **MEDIA_TYPES})
    day = now_of(request).astimezone(HOME_ZONE).date()
    language = request.headers.get("accept-language")
    laid_out = layout or (Layout.PRINT if prefers_vietnamese(language) else Layout.DATA)
    return Export(chosen, bom, not prefers_english(language), day, slot, laid_out)


Exporting = Annotated[Export, Depends(export)]


async def _first(rows: Rows) -> Sequence[Any]:
    async for some in rows:
        return some
    return ()


async def _joined(first: Sequence[Any], rows: Rows) -> Rows:
    yield first
    async for some in rows:
        yield some


async def _csv(export: Export, _: str, columns: Sequence[Column], rows: Rows) -> AsyncIterator[str]:
    async def lines() -> AsyncIterator[str]:
        yield (BOM if export.bom else "") + _spelled([[column.key for column in columns]])
        async for some in rows:
            yield _spelled([_plain(column.of(shape)) for column in columns] for shape in some)

    return lines()


def _spelled(table: Iterable[Iterable[Any]]) -> str:
    """Spell rows as RFC 4180 does; a text that a spreadsheet would run begins with an apostrophe."""
    text = StringIO()
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in table)
    return text.getvalue()


def _plain(cell: Cell) -> Any:
    """Spell a cell as JSON would."""
    if isinstance(cell, datetime):
        return cell.isoformat().replace("+00:00", "Z")
    return cell.value if isinstance(cell, StrEnum) else cell


async def _ndjson(_: Export, __: str, ___: Sequence[Column], rows: Rows) -> AsyncIterator[str]:
    async def lines() -> AsyncIterator[str]:
        async for some in rows:
            yield "".join(f"{shape.model_dump_json()}\n" for shape in some)

    return lines()


async def _xlsx(export: Export, name: str, columns: Sequence[Column], rows: Rows) -> Iterator[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115  It is closed when it has been sent.
    book = spreadsheets.Workbook(file, vietnamese=export.vietnamese)
    table = spreadsheets.Table(book, name, columns)
    async for some in rows:
        await to_thread.run_sync(table.extend, some)
    table.finish()
    await to_thread.run_sync(book.close)
    return _chunks(file)


async def _printed(paper: Paper, rows: Rows) -> Iterator[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115  It is closed when it has been sent.
    printout, count = Printout(file, paper), 0
    async for some in rows:
        await to_thread.run_sync(printout.extend, some)
        count += len(some)
    await to_thread.run_sync(printout.finish, f"Tổng số: {count}" if paper.counts_rows else None)
    return _chunks(file)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


Content = AsyncIterator[str] | Iterator[bytes]
_WRITERS: dict[Format, Callable[[Export, str, Sequence[Column], Rows], Awaitable[Content]]] = {
    Format.CSV: _csv,
    Format.NDJSON: _ndjson,
    Format.XLSX: _xlsx,
}
