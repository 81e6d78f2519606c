"""Filled-in forms over HTTP: what media types they have, and how what became of their lines is streamed.

The form is read to its end before anything is recorded, and the first lines are recorded before anything is answered,
so that a file nobody can read and a database that is away are problems like everywhere else.  From then on each line
is told of as soon as it is recorded; memory stays the same however many there are.  What takes long, or whose sender
would rather not wait, is kept instead, and recorded later.
"""

import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from pydantic import StringConstraints

from app.commands.imports import later
from app.commands.imports.reading import ReadForm
from app.commands.imports.recording import Import
from app.commands.imports.sayings import said
from app.database.engine import Database, Identity
from app.database.keyset import KeysetCursor
from app.database.statements import Row, fetch_one
from app.domain.access import Caller
from app.domain.errors import UnsupportedMediaType
from app.domain.imports import KEPT, HowMeant
from app.queries import imports
from app.schemas.bulk import ItemIn
from app.schemas.imports import ImportCounts, ImportLine, ImportProgress
from app.stores import Part
from app.web.bulk_items import read_each
from app.web.files.spreadsheets import MEDIA_TYPE as XLSX
from app.web.languages import prefers_vietnamese
from app.web.middleware.admission import Slot
from app.web.paging import End
from app.web.problems.handlers import from_failure, problem_of
from app.web.write import repeated

ODS = "application/vnd.oasis.opendocument.spreadsheet"
MACROS = "application/vnd.ms-excel.sheet.macroenabled"
NDJSON = "application/x-ndjson"
CSV = "text/csv"
TABLES = (CSV, XLSX, ODS, "text/tab-separated-values", "application/vnd.ms-excel", "application/octet-stream")
"""What a filled-in form may be said to be; what it is, its bytes tell.  Windows calls CSV an Excel file."""
OFFERED = {one: {"schema": {"type": "string", "format": "binary"}} for one in (CSV, XLSX, ODS, NDJSON)}
AT_ONCE_BYTES = 5 * 1024 * 1024
"""Up to which size a form is recorded while its sender waits: some ten thousand lines."""
RESPOND_ASYNC = "respond-async"
ASK_AGAIN = {"Retry-After": "2"}
ImportName = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,60}$")]


def says_json(request: Request) -> bool:
    """Say whether a form is said to be JSON, one object a line.

    Raises:
        UnsupportedMediaType: it is said to be nothing that a form can be, or is compressed.
    """
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    compressed = request.headers.get("content-encoding", "identity").lower() != "identity"
    if given.startswith(MACROS):
        raise UnsupportedMediaType(
            "The workbook may hold macros (XLSM); save it as XLSX, and send that.",
            detail_vi="Tệp có thể chứa macro (XLSM); hãy chọn Lưu thành (Save as) dạng XLSX rồi gửi.",
        )
    if compressed or given not in {*TABLES, NDJSON, "application/ndjson", "application/jsonl"}:
        raise UnsupportedMediaType
    return "json" in given


def would_not_wait(prefer: str | None) -> bool:
    """Say whether a caller would rather ask later than wait (RFC 7240)."""
    wishes = (prefer or "").lower().split(",")
    return RESPOND_ASYNC in {wish.partition(";")[0].strip() for wish in wishes}


async def accept(
    request: Request, part: Part, caller: Caller, plan_id: UUID, meant: HowMeant, received_at: datetime
) -> Response:
    """Keep a form until it is recorded, and say where to ask how far that has come."""
    state = request.app.state
    kept = {"form": part.path, "seal": state.secret_box.seal, "received_at": received_at}
    async with state.database.writing(Identity.of(caller)) as connection:
        import_id = await later.keep(connection, caller, plan_id, meant, **kept)
        row = await fetch_one(connection, imports.one, client_id=caller.client_id, slug=meant.plan, import_id=import_id)
    headers = {"Location": f"/v1/plans/{meant.plan}/imports/{import_id}", "Cache-Control": "no-store", **ASK_AGAIN}
    if would_not_wait(request.headers.get("prefer")):
        headers["Preference-Applied"] = RESPOND_ASYNC
    return Response(progress_of(request, row).model_dump_json(), 202, headers, media_type="application/json")


def progress_of(request: Request, row: Row) -> ImportProgress:
    """Show how far an import has come."""
    prefix, problem, finished_at = request.scope.get("prefix", ""), row["problem"], row["finished_at"]
    shown = {
        "counts": {name: row[name] for name in ImportCounts.model_fields},
        "problem": problem and {**problem, "type": f"{prefix}{problem['type']}"},
        "kept_until": finished_at and finished_at + KEPT,
    }
    return ImportProgress.model_validate({**row, **shown})


def is_under_way(row: Row) -> bool:
    """Say whether more is to come of an import."""
    return row["finished_at"] is None


def end_so_far(row: Row, lines: Sequence[Row], after: KeysetCursor | None) -> End | None:
    """Return where a list of lines ends that more will follow; none when no more will."""
    last = [lines[-1]["line"]] if lines else list(after.keys) if after else [0]
    return End(last, None) if is_under_way(row) else None


def import_of(database: Database, caller: Caller, meant: HowMeant) -> Import:
    """Prepare to record a form for whoever sent it."""
    return Import(
        caller=caller,
        meant=meant,
        transaction=partial(database.writing, Identity.of(caller)),
        read=partial(read_each, ItemIn),
        repeat=repeated,
    )


def is_vietnamese(request: Request) -> bool:
    """Say in which language the results are told."""
    return prefers_vietnamese(request.headers.get("accept-language"))


async def answer(request: Request, form: ReadForm, importing: Import, received_at: datetime) -> Response:
    """Record a form, and stream what becomes of its lines, each on a line of its own; it closes the form."""
    results = importing.results(form, received_at)
    try:
        first: list[ImportLine] = await anext(results, [])
    except BaseException:
        form.close()
        raise
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Language"}
    content = _spelled(request, form, importing, first, results)
    return StreamingResponse(content, 207, headers, media_type="application/json")


async def _spelled(
    request: Request,
    form: ReadForm,
    importing: Import,
    first: list[ImportLine],
    results: AsyncIterator[list[ImportLine]],
) -> AsyncIterator[str]:
    counts: Counter[str] = Counter()
    remarks = [said(one.say, vietnamese=importing.meant.vietnamese, **one.parts) for one in form.form.remarks]
    whole = {"plan": importing.meant.plan, "dry_run": importing.meant.dry_run, "remarks": remarks}
    problem = "null"
    slot: Slot = request.scope["place"]
    slot.give_back()
    yield json.dumps(whole, ensure_ascii=False)[:-1] + ', "results": [\n'
    try:
        yield _batch(first, counts)
        while batch := await _next(slot, results):
            yield _batch(batch, counts)
    except Exception as error:  # noqa: BLE001  What was told stays told: the rest says why there is no more.
        problem = problem_of(request, from_failure(error)).model_dump_json()
    finally:
        form.close()
    told = ImportCounts(
        recorded=counts["recorded"], replayed=counts["replayed"], refused=counts["refused"], blank=form.blank
    )
    yield f'\n], "counts": {told.model_dump_json()}, "problem": {problem}}}\n'


async def _next(slot: Slot, results: AsyncIterator[list[ImportLine]]) -> list[ImportLine]:
    """Record some more lines: only that takes a place at work, however slowly the results are read."""
    async with slot.taken():
        return await anext(results, [])


def _batch(batch: list[ImportLine], counts: Counter[str]) -> str:
    begun = bool(counts)
    counts.update(one.result.value for one in batch)
    lines = ",\n".join(one.model_dump_json() for one in batch)
    return f",\n{lines}" if begun and lines else lines
