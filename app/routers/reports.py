"""The consolidated report of a cycle, and the table for leaders."""

from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Query, Request, Response

from app.domain import errors
from app.domain.access import Caller, Permission
from app.queries.consolidated_report import Asking, report_of
from app.queries.leaders_table import table_of
from app.reports.consolidated import paper_of
from app.routers.parameters import Slug
from app.schemas.base import Code
from app.schemas.consolidated_report import ConsolidatedReport
from app.schemas.leaders_table import LeadersTable
from app.web.auth.access import may
from app.web.clock import Now
from app.web.files import sheets
from app.web.files.papers import OFFERED, Wanted, paper_answer
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.read import Since, Until, Viewing

router = Router(prefix="/v1/plans", tags=["reports"])


async def asking_of_any(
    slug: Slug,
    cycle: Annotated[Code, Query(description="The cycle that it is about.", examples=["2026"])],
    caller: Annotated[Caller, may(Permission.READ_REPORTS)],
    now: Now,
    as_of: Annotated[Until | None, Query(description="Where things stood, or will stand if nobody posts.")] = None,
    known_at: Annotated[Until | None, Query(description="Only what had been recorded by then.")] = None,
) -> Asking:
    """Read which cycle is asked about, as of when."""
    return Asking(caller=caller, slug=slug, cycle=cycle, now=now, as_of=as_of, known_at=known_at)


async def asking(
    asked: Annotated[Asking, Depends(asking_of_any)],
    sealed: Annotated[bool, Query(description="As of the closing of the cycle, by what was known then.")] = False,
) -> Asking:
    """Read which report is asked for."""
    return replace(asked, sealed=sealed)


Earlier = Annotated[
    Since | None, Query(description="With when it is compared, by what was known then; a week before by default.")
]


async def compared(
    asked: Annotated[Asking, Depends(asking_of_any)], view: Viewing, since: Earlier = None
) -> LeadersTable:
    """Read the table for leaders, and give the connection back before anything is made of it."""
    async with view() as connection:
        return await table_of(connection, asked, since)


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


@router.get(
    "/{plan}/leaders-table",
    operation_id="getLeadersTable",
    summary="Get the table for leaders",
    response_model=LeadersTable,
    responses=sheets.OFFERED | documented(errors.NotFound, errors.CycleNotClosed),
)
async def get_leaders_table(
    request: Request, table: Annotated[LeadersTable, Depends(compared)], wanted: sheets.Wanted
) -> Response:
    """Get where a cycle stands on one page: the four cells by body, what has changed since, and three lists.

    The lists are of the bodies of which most is overdue, of those that have reported nothing, and of those that have
    something due within 15 days.  As a document it has the form of Decree 30/2020/NĐ-CP.
    """
    return await sheets.sheet_answer(request, table, wanted)
