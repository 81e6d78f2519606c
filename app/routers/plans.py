"""Plans, their bodies and duties."""

from typing import Annotated

from fastapi import Path, Query, Request, Response

from app.database.statements import fetch_all, fetch_one
from app.domain.access import Caller, Permission
from app.domain.errors import NotFound
from app.queries import plans as queries
from app.routers.parameters import Slug, WantedForce, WantedKind, Words
from app.schemas import plans as shapes
from app.schemas.base import Code
from app.schemas.views import cycle_out
from app.standing import cycles
from app.standing.moment import Moment
from app.web.auth.access import may
from app.web.clock import Now
from app.web.json_body import ExactRoute
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.read import Asked, Reading, answer

router = Router(prefix="/v1/plans", tags=["plans"], route_class=ExactRoute)
Reader = Annotated[Caller, may(Permission.READ_PLANS)]
READS = documented(NotFound)


@router.get("", operation_id="listPlans", summary="List plans", response_model=shapes.PlanList)
async def list_plans(request: Request, _: Reader, reading: Reading) -> Response:
    """List the plans by slug."""
    rows = await fetch_all(reading, queries.every_plan)
    return answer(request, shapes.PlanList.model_validate({"items": rows}))


@router.get("/{plan}", operation_id="getPlan", summary="Get a plan", response_model=shapes.PlanOut, responses=READS)
async def get_plan(request: Request, slug: Slug, _: Reader, reading: Reading, now: Now) -> Response:
    """Get a plan with its counts, cycles and legal bases."""
    plan = await fetch_one(reading, queries.plan, slug=slug)
    found = await fetch_all(reading, cycles.cycles_of, slug=slug, moment=Moment(now))
    return answer(request, shapes.PlanOut.model_validate({**plan, "cycles": list(map(cycle_out, found))}))


@router.get(
    "/{plan}/bodies",
    operation_id="listBodies",
    summary="List a plan's bodies",
    response_model=shapes.BodyList,
    responses=READS,
)
async def list_bodies(request: Request, slug: Slug, _: Reader, reading: Reading, asked: Asked) -> Response:
    """List the numbered bodies in the plan's order, then those that came after it, their members nested."""
    await fetch_one(reading, queries.plan, slug=slug)
    rows = await fetch_all(reading, queries.all_bodies, slug=slug, moment=asked)
    return answer(request, shapes.BodyList.model_validate({"items": rows}))


@router.get(
    "/{plan}/bodies/{body}",
    operation_id="getBody",
    summary="Get a body",
    response_model=shapes.BodyOut,
    responses=READS,
)
async def get_body(
    request: Request,
    slug: Slug,
    body: Annotated[Code, Path(description="The body's code.", examples=["cong-an"])],
    _: Reader,
    reading: Reading,
    asked: Asked,
) -> Response:
    """Get one body, numbered or a member of a group."""
    row = await fetch_one(reading, queries.one_body, slug=slug, code=body, moment=asked)
    return answer(request, shapes.BodyOut.model_validate(row))


@router.get(
    "/{plan}/duties",
    operation_id="listDuties",
    summary="List a plan's duties",
    response_model=shapes.DutyList,
    responses=READS,
)
async def list_duties(
    request: Request,
    slug: Slug,
    _: Reader,
    reading: Reading,
    body: Annotated[
        Code | None, Query(description="Those of a body, or that it or its members own.", examples=["cong-an"])
    ] = None,
    kind: WantedKind = None,
    force: WantedForce = None,
    q: Words = None,
) -> Response:
    """List the duties in the plan's order, with their verbatim text."""
    await fetch_one(reading, queries.plan, slug=slug)
    rows = await queries.find_duties(reading, slug, body=body, kind=kind, force=force, q=q)
    return answer(request, shapes.DutyList.model_validate({"items": rows}))


@router.get(
    "/{plan}/duties/{duty}",
    operation_id="getDuty",
    summary="Get a duty",
    response_model=shapes.DutyOut,
    responses=READS,
)
async def get_duty(
    request: Request,
    slug: Slug,
    duty: Annotated[Code, Path(description="The duty's code.", examples=["3.2"])],
    _: Reader,
    reading: Reading,
) -> Response:
    """Get one duty."""
    row = await fetch_one(reading, queries.duties_of, slug=slug, code=duty)
    return answer(request, shapes.DutyOut.model_validate(row))
