"""The status document for integrators."""

from datetime import datetime
from typing import Annotated

from fastapi import Query, Request, Response

from app.database.statements import fetch_one
from app.domain import errors
from app.domain.access import Caller, Permission
from app.domain.totals import By
from app.queries import status
from app.queries.status_document import Asking, document_of, sealed_document
from app.routers.parameters import BodyCode, CycleCodes, Slug
from app.schemas.status import StatusOut
from app.standing.filters import Filters
from app.standing.moment import Moment
from app.web.auth.access import may
from app.web.clock import Now
from app.web.etags import etag_of
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.read import Reading, Until, lasting, tagged
from app.web.response_cache import CachedAnswer, CachingRoute, answer_and_cache

router = Router(prefix="/v1/plans", tags=["status"], route_class=CachingRoute)


@router.get(
    "/{plan}/status",
    operation_id="getStatus",
    summary="Get the status of a plan",
    response_model=StatusOut,
    responses=documented(errors.NotFound, errors.CycleNotClosed),
)
async def get_status(
    request: Request,
    slug: Slug,
    caller: Annotated[Caller, may(Permission.READ_STANDING)],
    reading: Reading,
    now: Now,
    cycle: CycleCodes = None,
    body: BodyCode = None,
    by: Annotated[By, Query(description="Whether cycles show figures of bodies, or of duties.")] = By.BODY,
    as_of: Annotated[Until | None, Query(description="Where things stood, or will stand if nobody posts.")] = None,
    known_at: Annotated[Until | None, Query(description="Only what had been recorded by then.")] = None,
    sealed: Annotated[bool, Query(description="The figures of closed cycles as they were sealed.")] = False,
) -> Response:
    """Get totals, rates and a status for each cycle, and for each body and member or for each duty.

    Without `as_of` the document is dated at its last change, so that it stays the same bytes until the next one.
    """
    since = await fetch_one(reading, status.last_change, slug=slug, moment=Moment(as_of or now))
    wanted = Filters(plan=slug, cycles=cycle or (), body=body)
    asking = Asking(caller=caller, filters=wanted, as_of=as_of, known_at=known_at, now=now, by=by)
    document, until = await (sealed_document if sealed else document_of)(reading, asking, since)
    content = document.model_dump_json().encode()
    tag = etag_of(content)

    def give(asking: Request, _: Caller, at: datetime) -> Response:
        return tagged(asking, content, tag, headers=lasting(until, at))

    made = CachedAnswer(since["plan_id"], since["snapshot"], now, until, len(content), give)
    return answer_and_cache(request, caller, made, whole=as_of is not None or not since["ahead"])
