"""Cycles: opened, their deadlines moved before they start, closed under a seal."""

from typing import Annotated

from fastapi import Path, Request, Response

from app.commands import cycle_annulments, cycles, deadlines, seals
from app.database.statements import fetch_all, fetch_one
from app.domain import errors
from app.domain.access import Caller, Permission
from app.queries.plans import plan
from app.routers.parameters import Slug
from app.routers.plans import READS, Reader
from app.schemas.annulments import AnnulmentIn, CycleAnnulled
from app.schemas.base import Code
from app.schemas.cycles import ClosingIn, CycleDeadlineIn, CycleDetail, CycleIn, CycleList, SealOut
from app.schemas.views import cycle_detail, cycle_out
from app.standing import cycles as queries
from app.web.auth.access import may
from app.web.json_body import ExactRoute
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.read import Asked, Reading, answer
from app.web.write import Creating

router = Router(prefix="/v1/plans/{plan}/cycles", tags=["cycles"], route_class=ExactRoute)
Coordinator = Annotated[Caller, may(Permission.OPEN_CYCLES)]
CycleCode = Annotated[Code, Path(alias="cycle", description="The cycle's code.", examples=["2026"])]
WRITES = (errors.NotFound,)
"""What any act on a plan can be refused for, beyond what every write can."""
NO_SUCH_LETTER = (
    errors.LetterDateImpossible,
    errors.LetterNumberNeeded,
    errors.LetterDecidedTooLate,
    errors.DeadlineNotAfter,
)
"""Why a letter does not decide a deadline."""
NO_SUCH_CYCLE = (
    errors.CycleUnknown,
    errors.CycleAhead,
    errors.CycleCodeReserved,
    errors.PeriodImpossible,
    errors.DutyUnknown,
    errors.DutyNotEveryCycle,
    errors.CycleOpeningAnnulled,
    errors.LetterDateImpossible,
    errors.LetterNumberNeeded,
    errors.LetterDecidedTooLate,
    errors.DeadlineNotAfter,
)
"""Why a cycle cannot be opened."""
NOT_YOURS = (errors.PaperReportNotYours, errors.AssuranceNotYours)
"""What is the coordinator's alone."""
UNANNULLABLE = (
    errors.ActUnknown,
    errors.AlreadyAnnulled,
    errors.CycleHasReports,
    errors.CycleClosed,
    errors.LetterNeeded,
)
"""Why an act on a cycle cannot be taken back."""


@router.get(
    "", operation_id="listCycles", summary="List a plan's open cycles", response_model=CycleList, responses=READS
)
async def list_cycles(request: Request, slug: Slug, _: Reader, reading: Reading, asked: Asked) -> Response:
    """List the open cycles by deadline, with the basis of each."""
    await fetch_one(reading, plan, slug=slug)
    rows = await fetch_all(reading, queries.cycles_of, slug=slug, moment=asked)
    return answer(request, CycleList(items=list(map(cycle_out, rows))))


@router.get(
    "/{cycle}", operation_id="getCycle", summary="Get an open cycle", response_model=CycleDetail, responses=READS
)
async def get_cycle(
    request: Request, slug: Slug, code: CycleCode, _: Reader, reading: Reading, asked: Asked
) -> Response:
    """Get one open cycle with every act on its deadline, and its seal once it is closed."""
    return answer(request, cycle_detail(*await queries.find_cycle(reading, slug, code, asked)))


@router.post(
    "",
    operation_id="openCycle",
    summary="Open a cycle",
    status_code=201,
    response_model=CycleDetail,
    responses=documented(*WRITES, *NO_SUCH_CYCLE, errors.AlreadyExists),
)
async def open_cycle(slug: Slug, _: Coordinator, write: Creating, sent: CycleIn) -> Response:
    """Open a cycle of the plan, or one that a letter orders, which creates its obligations; again changes nothing.

    The service itself opens each annual cycle on the first day of its period.
    """
    return await write.at("/v1/plans/{plan}/cycles/{code}").run(cycles.open_cycle, slug, sent, now=write.now)


@router.post(
    "/{cycle}/deadlines",
    operation_id="moveCycleDeadline",
    summary="Move or confirm the deadline of a cycle",
    status_code=201,
    response_model=CycleDetail,
    responses=documented(*WRITES, *NOT_YOURS, *NO_SUCH_LETTER, errors.LetterNeeded),
)
async def move_deadline(
    slug: Slug, code: CycleCode, caller: Coordinator, write: Creating, sent: CycleDeadlineIn
) -> Response:
    """Record a letter that moves the deadline of a cycle, earlier or later; the day that is in force confirms it."""
    return await write.run(deadlines.move, caller, slug, code, sent, now=write.now)


@router.post(
    "/{cycle}/closing",
    operation_id="closeCycle",
    summary="Close a cycle under a seal",
    status_code=201,
    response_model=SealOut,
    responses=documented(*WRITES, errors.CycleClosed, errors.CycleNotDue, errors.AssuranceNotYours),
)
async def close_cycle(slug: Slug, code: CycleCode, caller: Coordinator, write: Creating, sent: ClosingIn) -> Response:
    """Close a cycle: a digest over every standing in it tells for ever what was changed afterwards."""

    return await write.at("/v1/plans/{plan}/cycles/{cycle}").run(seals.close, caller, slug, code, sent, now=write.now)


@router.post(
    "/{cycle}/annulments",
    operation_id="annulActOnCycle",
    summary="Take back a letter on a deadline, a closing or an opening",
    status_code=201,
    response_model=CycleAnnulled,
    responses=documented(*WRITES, *NOT_YOURS, *UNANNULLABLE),
)
async def annul_on_cycle(
    slug: Slug, code: CycleCode, caller: Coordinator, write: Creating, sent: AnnulmentIn
) -> Response:
    """Take back what was recorded on a cycle by mistake; its opening, only while nobody has reported in it."""
    return await write.run(cycle_annulments.annul, caller, slug, code, sent, now=write.now)
