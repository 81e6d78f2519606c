"""Evidence by its own address."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Request, Response

from app.commands import contents, erasures
from app.commands import downloads as given
from app.database.engine import Identity
from app.database.statements import fetch_all, fetch_one
from app.domain import errors
from app.domain.access import Caller, Permission
from app.queries import evidence as queries
from app.schemas.evidence import ErasureIn, EvidenceOut, ReadList, ReadOut
from app.schemas.views import evidence_out
from app.standing.moment import Moment
from app.web.auth.access import may
from app.web.clock import Now
from app.web.files.downloads import ASKED_WITH, BYTES, OFFERED, download, remove_bytes, wanted
from app.web.files.transfers import Transferring
from app.web.files.uploads import NO_BODY_LIMIT, Uploading
from app.web.json_body import ExactRoute
from app.web.paging import CursorText, Limit, Pages, end_of
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.read import Asked, Reading, answer
from app.web.write import Writing

router = Router(prefix="/v1/evidence", tags=["evidence"], route_class=ExactRoute)
SENT = (
    *(errors.NotFound, errors.UploadTooSlow, errors.ContentAlreadyThere, errors.QuotaReached, errors.EvidenceErased),
    *(errors.ContentTooLarge, errors.UnsupportedMediaType, errors.ContentDiffers, errors.FileRefused),
    errors.StorageFull,
)
"""What the bytes of a file can be refused for, whatever it is."""
EvidenceId = Annotated[UUID, Path(alias="id", description="The evidence's id.")]


@router.get(
    "/{id}",
    operation_id="getEvidence",
    summary="Get evidence",
    response_model=EvidenceOut,
    responses=documented(errors.NotFound),
)
async def get_evidence(
    request: Request,
    evidence_id: EvidenceId,
    caller: Annotated[Caller, may(Permission.READ_EVIDENCE)],
    reading: Reading,
    asked: Asked,
) -> Response:
    """Get one evidence, if its classification lets the caller read it."""
    row = await fetch_one(reading, queries.one_readable, caller=caller, evidence_id=evidence_id, moment=asked)
    return answer(request, evidence_out(row))


@router.put(
    "/{id}/content",
    operation_id="putContent",
    summary="Send the bytes of a file",
    response_model=EvidenceOut,
    max_body_size=NO_BODY_LIMIT,
    openapi_extra={"requestBody": {"required": True, "content": BYTES}},
    responses=documented(errors.ObligationEnded, errors.EvidenceHasNoBytes, errors.EvidenceEnded, *SENT),
)
async def put_content(
    evidence_id: EvidenceId, caller: Annotated[Caller, may(Permission.ATTACH)], upload: Uploading, now: Now
) -> Response:
    """Send the raw bytes of a file that was announced; only from then on does it prove anything.

    Sending the same bytes again gives the same answer; other bytes are a new evidence that supersedes this one.
    """
    awaited = await upload.look(contents.awaited, caller, evidence_id, upload.limits, now=now)
    async with upload.receive(awaited.media_type, awaited.size) as part:
        contents.refuse_other_bytes(awaited, part.size, part.sha256)
        await upload.inspect(part, awaited.media_type)
        return await upload.record(contents.record, caller, awaited, part)


@router.get(
    "/{id}/content",
    operation_id="getContent",
    summary="Get the bytes of a file",
    response_class=Response,
    openapi_extra={"parameters": ASKED_WITH},
    responses=OFFERED
    | documented(
        errors.NotFound,
        errors.ContentNotArrived,
        errors.EvidenceHasNoBytes,
        errors.EvidenceErased,
        errors.RangeNotSatisfiable,
    ),
)
async def get_content(
    request: Request,
    evidence_id: EvidenceId,
    caller: Annotated[Caller, may(Permission.READ_EVIDENCE)],
    slot: Transferring,
    now: Now,
) -> Response:
    """Get the bytes of a file, if its classification lets the caller read it.

    That they were given is recorded before the first of them goes.
    """
    async with request.app.state.database.writing(Identity.of(caller)) as connection:
        content = await given.content(connection, caller, evidence_id, now=now)
        part = wanted(request, content)
        if part.is_given:
            await given.note(connection, caller, content, now=now)
    return await download(slot, request, content, part)


@router.get(
    "/{id}/reads",
    operation_id="listReads",
    summary="List who was given the bytes of a file",
    response_model=ReadList,
    responses=documented(errors.BrokenCursor, errors.NotFound),
)
async def list_reads(
    request: Request,
    evidence_id: EvidenceId,
    caller: Annotated[Caller, may(Permission.READ_READS)],
    reading: Reading,
    now: Now,
    limit: Limit = 100,
    cursor: CursorText = None,
) -> Response:
    """List who was given the bytes of a file, the latest first."""
    asked, pages = Moment(now), Pages(request, caller)
    await fetch_one(reading, queries.one_readable, caller=caller, evidence_id=evidence_id, moment=asked)
    moment, after = pages.begin(asked, cursor)
    rows = await fetch_all(reading, queries.reads_of, evidence_id=evidence_id, limit=limit, after=after)
    next_cursor = pages.next_cursor(moment, end_of(rows, limit, ("recorded_at", "id")))
    items = [ReadOut.model_validate(row) for row in rows[:limit]]
    return answer(request, ReadList(items=items, next_cursor=next_cursor), headers=pages.link(next_cursor))


@router.post(
    "/{id}/erasure",
    operation_id="eraseEvidence",
    summary="Erase evidence by law",
    status_code=201,
    response_model=EvidenceOut,
    responses=documented(errors.NotFound, errors.ObligationEnded, errors.EvidenceErased, errors.AssuranceNotYours),
)
async def erase_evidence(
    request: Request,
    evidence_id: EvidenceId,
    caller: Annotated[Caller, may(Permission.ERASE)],
    write: Writing,
    sent: ErasureIn,
) -> Response:
    """Erase what was written of an evidence, and its bytes; that it was there, who erased it and why stays."""
    answered = await write.run(erasures.erase, caller, evidence_id, sent, now=write.now, expected=write.expected)
    await remove_bytes(request, evidence_id)
    return answered
