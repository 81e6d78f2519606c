"""Paper reports: what came in on paper and reports on many duties, registered once."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Request, Response

from app.commands import paper_annulments, paper_reports, scans
from app.domain import errors
from app.domain.access import Caller, Permission
from app.routers.evidence import SENT
from app.schemas.paper_reports import (
    PaperAnnulled,
    PaperAnnulmentIn,
    PaperReportEntered,
    PaperReportIn,
    PaperReportWhole,
)
from app.web.auth.access import may
from app.web.bulk_acts import DryRun
from app.web.clock import Now
from app.web.files.downloads import BYTES
from app.web.files.uploads import NO_BODY_LIMIT, Uploading
from app.web.json_body import ExactRoute
from app.web.languages import prefers_vietnamese
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.read import Reading, answer
from app.web.write import Creating

router = Router(prefix="/v1/paper-reports", tags=["paper-reports"], route_class=ExactRoute)
TRIED: dict[int | str, dict[str, Any]] = {
    200: {"model": PaperReportEntered, "description": "What would be recorded: it was only tried."}
}
PaperReportId = Annotated[UUID, Path(alias="paper_report", description="The paper report's id.")]


@router.post(
    "",
    operation_id="enterPaperReport",
    summary="Enter a paper that reports on many duties",
    status_code=201,
    response_model=PaperReportEntered,
    responses=TRIED
    | documented(
        *(errors.NotFound, errors.BodyUnknown, errors.ReceivedOnImpossible, errors.ItemsRefused),
        *(errors.AmbiguousObligation, errors.PaperReportExists),
    ),
)
async def enter_paper_report(
    request: Request,
    caller: Annotated[Caller, may(Permission.ENTER_PAPER_REPORTS)],
    write: Creating,
    sent: PaperReportIn,
    dry_run: DryRun = False,
) -> Response:
    """Enter one paper of a body and what it says of each obligation: all of it is recorded, or none.

    The paper is itself evidence of each.  It counts as received at the end of the day on which it came in; one that is
    entered later than the next working day is taken with a warning.
    """
    return (
        await write.at("/v1/paper-reports/{paper_report.id}")
        .trying(dry_run, status=200)
        .run(
            paper_reports.enter,
            caller,
            sent,
            now=write.now,
            vietnamese=prefers_vietnamese(request.headers.get("accept-language")),
            dry_run=dry_run,
        )
    )


@router.get(
    "/{paper_report}",
    operation_id="getPaperReport",
    summary="Get a paper report",
    response_model=PaperReportWhole,
    responses=documented(errors.NotFound),
)
async def get_paper_report(
    request: Request,
    paper_report_id: PaperReportId,
    caller: Annotated[Caller, may(Permission.READ_HISTORY)],
    reading: Reading,
    now: Now,
) -> Response:
    """Get a paper, what it says of each obligation whose history the caller may read, and whether that counts."""
    return answer(request, await paper_reports.whole(reading, caller, paper_report_id, now=now))


@router.put(
    "/{paper_report}/content",
    operation_id="putScan",
    summary="Send the scan of a paper report",
    response_model=PaperReportWhole,
    max_body_size=NO_BODY_LIMIT,
    openapi_extra={"requestBody": {"required": True, "content": BYTES}},
    responses=documented(errors.AlreadyAnnulled, *SENT),
)
async def put_scan(
    paper_report_id: PaperReportId,
    caller: Annotated[Caller, may(Permission.ENTER_PAPER_REPORTS)],
    upload: Uploading,
    now: Now,
) -> Response:
    """Send the raw bytes of a paper's scan, once: it is the content of every evidence that the paper is.

    Sending the same bytes again gives the same answer.
    """
    media_type = upload.media_type()
    awaited = await upload.look(scans.awaited, caller, paper_report_id, media_type, now=now)
    async with upload.receive(media_type, upload.limits.file) as part:
        scans.refuse_other_bytes(awaited, part.sha256)
        await upload.inspect(part, media_type)
        return await upload.record(scans.record, caller, awaited, part)


@router.post(
    "/{paper_report}/annulments",
    operation_id="annulPaperReport",
    summary="Take back a paper report",
    status_code=201,
    response_model=PaperAnnulled,
    responses=documented(
        *(errors.NotFound, errors.ActUnknown, errors.AlreadyAnnulled, errors.LetterNeeded, errors.PaperReportExists),
        *(errors.ExtensionLimitReached, errors.AlreadyWithdrawn, errors.PaperReportNotYours, errors.AssuranceNotYours),
    ),
)
async def annul_paper_report(
    paper_report_id: PaperReportId,
    caller: Annotated[Caller, may(Permission.ENTER_PAPER_REPORTS)],
    write: Creating,
    sent: PaperAnnulmentIn,
) -> Response:
    """Take back a whole paper with all that it recorded, or some of its lines; or take back such an annulment.

    What falls with it stays in the histories and counts nowhere; it comes back with it.
    """
    return await write.run(paper_annulments.annul, caller, paper_report_id, sent, now=write.now)
