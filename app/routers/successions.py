"""Successions: bodies that hand their obligations to others."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Request, Response

from app.commands import succession_annulments, successions
from app.database.statements import fetch_all, fetch_one
from app.domain import errors
from app.domain.access import Caller, Permission
from app.queries.plans import plan
from app.queries.successions import successions_of
from app.routers.cycles import WRITES
from app.routers.parameters import Slug
from app.routers.plans import READS, Reader
from app.schemas.successions import (
    SuccessionAnnulmentIn,
    SuccessionDecisionIn,
    SuccessionIn,
    SuccessionList,
    SuccessionOut,
)
from app.schemas.views import succession_out
from app.web.auth.access import may
from app.web.json_body import ExactRoute
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.read import Asked, Reading, answer
from app.web.write import Creating

router = Router(prefix="/v1/plans/{plan}/successions", tags=["successions"], route_class=ExactRoute)
Coordinator = Annotated[Caller, may(Permission.RECORD_SUCCESSIONS)]
SuccessionId = Annotated[UUID, Path(alias="succession", description="The succession's id.")]


@router.get(
    "",
    operation_id="listSuccessions",
    summary="List the successions of a plan's bodies",
    response_model=SuccessionList,
    responses=READS,
)
async def list_successions(request: Request, slug: Slug, _: Reader, reading: Reading, asked: Asked) -> Response:
    """List the successions by the day from which they hold, with what was decided."""
    await fetch_one(reading, plan, slug=slug)
    rows = await fetch_all(reading, successions_of, slug=slug, moment=asked)
    return answer(request, SuccessionList(items=list(map(succession_out, rows))))


@router.get(
    "/{succession}",
    operation_id="getSuccession",
    summary="Get a succession",
    response_model=SuccessionOut,
    responses=READS,
)
async def get_succession(
    request: Request, slug: Slug, succession_id: SuccessionId, _: Reader, reading: Reading, asked: Asked
) -> Response:
    """Get one succession with what was decided."""
    row = await fetch_one(reading, successions_of, slug=slug, moment=asked, succession_id=succession_id)
    return answer(request, succession_out(row))


@router.post(
    "",
    operation_id="proposeSuccession",
    summary="Propose a succession",
    status_code=201,
    response_model=SuccessionOut,
    responses=documented(*WRITES, errors.BodyUnknown, errors.DutyUnknown, errors.NotAnOwner, errors.SuccessorUnclear),
)
async def propose_succession(slug: Slug, caller: Coordinator, write: Creating, sent: SuccessionIn) -> Response:
    """Propose that a body is succeeded from a day on, by one or several or nobody; nothing changes until confirmed."""

    return await write.at("/v1/plans/{plan}/successions/{id}").run(
        successions.propose, caller, slug, sent, now=write.now
    )


@router.post(
    "/{succession}/decision",
    operation_id="decideSuccession",
    summary="Confirm or reject a succession",
    status_code=201,
    response_model=SuccessionOut,
    responses=documented(
        *WRITES,
        errors.AlreadyDecided,
        errors.AlreadySucceeded,
        errors.SuccessionAhead,
        errors.DutyUnknown,
        errors.NotAnOwner,
        errors.SuccessorUnclear,
        errors.LetterNeeded,
    ),
)
async def decide_succession(
    slug: Slug, succession_id: SuccessionId, caller: Coordinator, write: Creating, sent: SuccessionDecisionIn
) -> Response:
    """Confirm a succession: what is open and due from its day on passes on, or ends; or reject it."""

    return await write.at("/v1/plans/{plan}/successions/{id}").run(
        successions.decide, caller, slug, succession_id, sent, now=write.now
    )


@router.post(
    "/{succession}/annulments",
    operation_id="annulSuccession",
    summary="Annul a succession",
    status_code=201,
    response_model=SuccessionOut,
    responses=documented(
        *WRITES,
        errors.ActUnknown,
        errors.AlreadyAnnulled,
        errors.AlreadySucceeded,
        errors.SuccessionNotConfirmed,
        errors.SuccessionActedOn,
        errors.AssuranceNotYours,
        errors.LetterNeeded,
    ),
)
async def annul_succession(
    slug: Slug, succession_id: SuccessionId, caller: Coordinator, write: Creating, sent: SuccessionAnnulmentIn
) -> Response:
    """Take back a confirmed succession that should never have been recorded, while nobody has acted under it.

    With `act`, the id of what took it back (`annulled.id`), take that back instead: it has passed over what it did.
    """
    created = write.at("/v1/plans/{plan}/successions/{id}")
    return await created.run(succession_annulments.annul, caller, slug, succession_id, sent, now=write.now)
