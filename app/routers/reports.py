"""The consolidated report of a cycle."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response

from app.domain import errors
from app.domain.access import Caller, Permission
from app.queries.consolidated_report import Asking, report_of
from app.reports.consolidated import paper_of
from app.routers.parameters import Slug
from app.schemas.base import Code
from app.schemas.consolidated_report import ConsolidatedReport
from app.web.auth.access import may
from app.web.clock import Now
from app.web.files.papers import OFFERED, Wanted, paper_answer
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.read import Until, Viewing

router = Router(prefix="/v1/plans", tags=["reports"])


async def asking(
    slug: Slug,
    cycle: Annotated[Code, Query(description="The cycle that it is about.", examples=["2026"])],
    caller: Annotated[Caller, may(Permission.READ_REPORTS)],
    now: Now,
    as_of: Annotated[Until | None, Query(description="Where things stood, or will stand if nobody posts.")] = None,
    known_at: Annotated[Until | None, Query(description="Only what had been recorded by then.")] = None,
    sealed: Annotated[bool, Query(description="As of the closing of the cycle, by what was known then.")] = False,
) -> Asking:
    """Read which report is asked for."""
    return Asking(caller=caller, slug=slug, cycle=cycle, now=now, as_of=as_of, known_at=known_at, sealed=sealed)


async def reported(asked: Annotated[Asking, Depends(asking)], view: Viewing) -> ConsolidatedReport:
    """Read the report, and give the connection back before anything is made of it."""
    async with view() as connection:
        return await report_of(connection, asked)


@router.get(
    "/{plan}/report",
    operation_id="getReport",
    summary="Get the consolidated report of a cycle",
    response_model=ConsolidatedReport,
    responses=OFFERED | documented(errors.NotFound, errors.CycleNotClosed),
)
async def get_report(
    request: Request, report: Annotated[ConsolidatedReport, Depends(reported)], wanted: Wanted
) -> Response:
    """Get what the standing body reports of a cycle: figures, what is open, what bodies wrote, letters and documents.

    Without `as_of` it is dated at the last change, or at the first instant of today: the same state gives the same
    report all day.  Nothing restricted is in it, and no text that may hold personal data.  The document has the form of
    Decree 30/2020/NĐ-CP; number, date and signature are left to the office's document system.
    """
    name = f"bao-cao-{report.plan.slug}-{report.cycle.code}"
    return await paper_answer(request, report, wanted, name, lambda: paper_of(report))
