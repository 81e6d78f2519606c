"""Filled-in forms over HTTP: what media types they have, and how what became of their lines is streamed.

The form is read to its end before anything is recorded, and the first lines are recorded before anything is answered,
so that a file nobody can read and a database that is away are problems like everywhere else.  From then on each line
is told of as soon as it is recorded; memory stays the same however many there are.
"""

import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from pydantic import StringConstraints

from app.commands.imports.lines import FileUnreadable
from app.commands.imports.reading import ReadForm, read
from app.commands.imports.recording import Import
from app.commands.imports.sayings import Say, said
from app.domain.errors import FiguresLookScaled, FormUnreadable, UnsupportedMediaType
from app.schemas.imports import ImportCounts, ImportLine
from app.web.files.spreadsheets import MEDIA_TYPE as XLSX
from app.web.files.uploads import Upload
from app.web.languages import prefers_vietnamese
from app.web.middleware.admission import Slot
from app.web.problems.handlers import from_failure, problem_of

ODS = "application/vnd.oasis.opendocument.spreadsheet"
NDJSON = "application/x-ndjson"
CSV = "text/csv"
TABLES = (CSV, XLSX, ODS, "text/tab-separated-values", "application/vnd.ms-excel", "application/octet-stream")
"""What a filled-in form may be said to be; what it is, its bytes tell.  Windows calls CSV an Excel file."""
OFFERED = {one: {"schema": {"type": "string", "format": "binary"}} for one in (CSV, XLSX, ODS, NDJSON)}
ImportName = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,60}$")]


def says_json(request: Request) -> bool:
    """Say whether a form is said to be JSON, one object a line.

    Raises:
        UnsupportedMediaType: it is said to be nothing that a form can be, or is compressed.
    """
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    compressed = request.headers.get("content-encoding", "identity").lower() != "identity"
    if compressed or given not in {*TABLES, NDJSON, "application/ndjson", "application/jsonl"}:
        raise UnsupportedMediaType
    return "json" in given


async def received(request: Request, upload: Upload, *, as_is: bool) -> ReadForm:
    """Receive a form and read it; who asked closes it.

    Raises:
        FormUnreadable: it cannot be read.
        FiguresLookScaled: no percentage is above 1, and nobody said that it is meant so.
        UnsupportedMediaType, ContentTooLarge, UploadTooSlow: see `says_json` and `Upload.spool`.
    """
    is_json = says_json(request)
    async with upload.spool() as part:
        try:
            form = await read(part.path, is_json=is_json)
        except FileUnreadable as error:
            english, vietnamese = _worded(error.remark.say, **error.remark.parts)
            raise FormUnreadable(english, detail_vi=vietnamese) from None
    if form.looks_scaled and not as_is:
        form.close()
        english, vietnamese = _worded(Say.SCALED)
        raise FiguresLookScaled(english, detail_vi=vietnamese)
    return form


def _worded(say: Say, **parts: str) -> tuple[str, str]:
    """Word a refusal of a form as it is said at the terminal, in English and in Vietnamese."""
    return said(say, vietnamese=False, **parts), said(say, vietnamese=True, **parts)


def is_vietnamese(request: Request) -> bool:
    """Say in which language the results are told."""
    return prefers_vietnamese(request.headers.get("accept-language"))


async def answer(request: Request, form: ReadForm, importing: Import) -> Response:
    """Record a form, and stream what becomes of its lines, each on a line of its own."""
    results = importing.results(form, request.app.state.clock)
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
    remarks = [said(one.say, vietnamese=importing.vietnamese, **one.parts) for one in form.form.remarks]
    whole = {"plan": importing.plan, "dry_run": importing.dry_run, "remarks": remarks}
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
