"""Obligations: the query of coordinators, one obligation, its history, and what owners post to it."""

from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends, Path, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import evidence, updates
from app.database.statements import fetch_first, fetch_only
from app.domain import errors
from app.domain.access import Caller, Permission
from app.domain.calendar import day_after
from app.domain.completion import ClaimState, Missing, Status
from app.queries import history as histories
from app.queries import obligations as queries
from app.queries.claims import fetch_claims
from app.queries.obligations import Sort
from app.queries.status import last_change
from app.routers.parameters import BodyCode, CycleCode, DutyCode, OwnerCode, PlanCode, WantedForce, WantedKind, Words
from app.schemas.claims import Include, ReviewableList
from app.schemas.evidence import EvidenceIn, EvidenceOut
from app.schemas.history import HistoryOut
from app.schemas.obligations import CountedObligationList, ObligationList, ObligationOut
from app.schemas.updates import Reported, UpdateIn
from app.schemas.views import obligation_out, obligation_shown, with_claim
from app.standing.filters import Filters
from app.standing.moment import Moment
from app.web.auth.access import may
from app.web.clock import now_of
from app.web.json_body import ExactRoute
from app.web.list_page import ListPage
from app.web.paging import CursorText, Limit, Pages, end_of
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.read import Asked, Reading, Since, answer
from app.web.response_cache import CachedAnswer, CountingRoute, answer_and_cache
from app.web.write import Writing

lists = Router(prefix="/v1/obligations", tags=["obligations"], route_class=CountingRoute)
router = Router(prefix="/v1/obligations", tags=["obligations"], route_class=ExactRoute)
Reader = Annotated[Caller, may(Permission.READ_STANDING)]
ObligationId = Annotated[UUID, Path(alias="id", description="The obligation's id.")]
READS = documented(errors.NotFound)
ACTS = (
    *(errors.NotFound, errors.LetterNeeded, errors.ObligationEnded),
    *(errors.PaperReportNotYours, errors.AssuranceNotYours),
)
"""What any act on an obligation can be refused for, beyond what every write can."""
REPORTS = (
    errors.ConditionNotWhole,
    errors.ConditionMet,
    errors.TargetUnknown,
    errors.FigureNeeded,
    errors.FigureImpossible,
)
"""What a report can be refused for besides."""
WRITES = (*ACTS, errors.PaperReportIncomplete, errors.ReceivedOnImpossible)
"""What an act that can come on paper can be refused for."""

PRINTED = {
    "cycle": "kỳ báo cáo",
    "cycles": "kỳ báo cáo",
    "body": "cơ quan",
    "owner": "cơ quan chủ trì",
    "duty": "nhiệm vụ",
    "status": "tình trạng",
    "past_due": "đã quá thời hạn",
    "awaiting_review": "chờ xem xét",
    "silent": "chưa có báo cáo",
    "missing": "còn thiếu",
    "claim": "trạng thái do cơ quan báo cáo",
    "waived": "chấp nhận, có miễn bổ sung hoặc chưa đạt chỉ tiêu",
    "due_after": "thời hạn sau",
    "due_before": "thời hạn đến",
    "force": "hình thức (giao/đề nghị)",
    "kind": "loại nhiệm vụ",
    "q": "có nội dung",
    "ended": "đã chấm dứt",
}
"""What each filter is called on paper; the plan has a line of its own there."""


async def filters(
    plan: PlanCode = None,
    cycle: CycleCode = None,
    body: BodyCode = None,
    owner: OwnerCode = None,
    duty: DutyCode = None,
    status: Annotated[list[Status] | None, Query(description="Repeat it to name several.")] = None,
    past_due: Annotated[bool | None, Query(description="Whether the deadline has passed at `as_of`.")] = None,
    awaiting_review: Annotated[bool | None, Query(description="Whether a claim waits for a review.")] = None,
    silent: Annotated[bool | None, Query(description="Whether no report counts.")] = None,
    missing: Annotated[list[Missing] | None, Query(description="What is missing; of several, any.")] = None,
    claim: Annotated[list[ClaimState] | None, Query(description="What the owner says; of several, any.")] = None,
    waived: Annotated[bool | None, Query(description="Whether an acceptance lets something pass.")] = None,
    due_after: Annotated[Since | None, Query(description="The others: those due after an instant, or a day.")] = None,
    due_before: Annotated[
        Since | None,
        Query(description="Those whose deadline has come by an instant; *trước ngày 17/12* has by 17/12."),
    ] = None,
    force: WantedForce = None,
    kind: WantedKind = None,
    q: Words = None,
    ended: Annotated[bool, Query(description="Those that nobody owes any more, instead of the others.")] = False,
) -> Filters:
    """Read what to list."""
    return Filters(
        plan=plan, cycle=cycle, body=body, owner=owner, duty=duty, status=status or (), past_due=past_due,
        awaiting_review=awaiting_review, silent=silent, missing=missing or (), claim=claim or (), waived=waived,
        due_after=due_after, due_before=due_before, force=force, kind=kind, q=q, ended=ended,
    )  # fmt: skip


@lists.get(
    "",
    operation_id="listObligations",
    summary="List obligations",
    response_model=CountedObligationList | ReviewableList | ObligationList,
    responses=documented(errors.BrokenCursor),
)
async def list_obligations(
    request: Request,
    caller: Reader,
    reading: Reading,
    asked: Asked,
    wanted: Annotated[Filters, Depends(filters)],
    sort: Annotated[Sort, Query(description="The order; ties follow the plan's.")] = Sort.DUE_BEFORE,
    limit: Limit = 100,
    cursor: CursorText = None,
    count: Annotated[bool, Query(description="Also count all matches, which reads them all.")] = False,
    include: Annotated[
        Include | None,
        Query(description="Show of claims all that a reviewer needs, to whoever may read their words."),
    ] = None,
) -> Response:
    """List obligations with their standing at `as_of`; all pages of one question are as of the same instant."""
    pages = Pages(request, caller)
    moment, after = pages.begin(asked, cursor)
    asked_for = {"caller": caller, "filters": wanted, "moment": moment}
    rows = await queries.find_page(reading, **asked_for, sort=sort, limit=limit, after=after)
    more = await fetch_only(reading, queries.total, **asked_for) if count else {}
    claims = await fetch_claims(reading, caller, [row["id"] for row in rows[:limit] if include], moment)
    shown = [with_claim(obligation_shown(row, moment.as_of), claims) for row in rows[:limit]]
    page = ListPage.of(pages, moment, shown, end_of(rows, limit, queries.SORT_COLUMNS[sort]), **more)
    # Who sees the same standings need not read the same words.
    return await _remembered(request, caller, reading, None if include else wanted.plan, page)


async def _remembered(
    request: Request, caller: Caller, reading: AsyncConnection, plan: str | None, page: ListPage
) -> Response:
    """Answer with a page, which is remembered if it is of one plan: it counts days, and so holds for one at most."""
    now = now_of(request)
    since = plan and await fetch_first(reading, last_change, slug=plan, moment=Moment(page.moment.as_of))
    if not since:
        return page.give(request, caller, now)
    tomorrow = day_after(now, ZoneInfo(since["time_zone"]))
    until = None if page.pinned else min(since["next_due"] or tomorrow, tomorrow)
    made = CachedAnswer(since["plan_id"], since["snapshot"], now, until, len(page.items), page.give)
    return answer_and_cache(request, caller, made, whole=page.pinned or not since["ahead"])


router.routes.extend(lists.routes)


@router.get(
    "/{id}",
    operation_id="getObligation",
    summary="Get an obligation",
    response_model=ObligationOut,
    responses=READS,
)
async def get_obligation(
    request: Request, obligation_id: ObligationId, caller: Reader, reading: Reading, asked: Asked
) -> Response:
    """Get one obligation with its standing at `as_of`; its ETag goes into `If-Match` of a write."""
    row = await queries.find_one(reading, caller, obligation_id, asked)
    return answer(request, obligation_out(row, asked.as_of), version=row["version"])


@router.get(
    "/{id}/history",
    operation_id="getHistory",
    summary="Get the history of an obligation",
    response_model=HistoryOut,
    responses=READS,
)
async def get_history(
    request: Request,
    obligation_id: ObligationId,
    caller: Annotated[Caller, may(Permission.READ_HISTORY)],
    reading: Reading,
    asked: Asked,
) -> Response:
    """Get every act on an obligation that the caller may read, in order."""
    row = await queries.find_one(reading, caller, obligation_id, asked)
    acts = await histories.acts_on(reading, histories.history, caller, row, asked)
    body = HistoryOut.model_validate({"obligation": row["id"], "items": acts})
    return answer(request, body, version=row["version"])


@router.post(
    "/{id}/updates",
    operation_id="reportUpdate",
    summary="Report progress",
    status_code=201,
    tags=["updates"],
    response_model=Reported,
    responses=documented(*WRITES, *REPORTS),
)
async def report_update(
    obligation_id: ObligationId, caller: Annotated[Caller, may(Permission.REPORT)], write: Writing, sent: UpdateIn
) -> Response:
    """Report progress on an obligation that the caller owns, or enter a paper report as a coordinator."""

    return await write.run(updates.report, caller, obligation_id, sent, now=write.now, expected=write.expected)


@router.post(
    "/{id}/evidence",
    operation_id="attachEvidence",
    summary="Attach evidence",
    status_code=201,
    tags=["evidence"],
    response_model=EvidenceOut,
    responses=documented(*WRITES, errors.PartnersOnly, errors.AlreadySuperseded, errors.SupersededUnknown),
)
async def attach_evidence(
    request: Request,
    obligation_id: ObligationId,
    caller: Annotated[Caller, may(Permission.ATTACH)],
    write: Writing,
    sent: EvidenceIn,
) -> Response:
    """Attach a link, a document or a file to an obligation that the caller owns or coordinates.

    The bytes of a file follow by `PUT /v1/evidence/{id}/content`; until they are there, it proves nothing.
    """
    largest = request.app.state.settings.limits.file

    return await write.at("/v1/evidence/{id}").run(
        evidence.attach, caller, obligation_id, sent, now=write.now, largest=largest, expected=write.expected
    )
