"""Members of open classes, and partners that the plan leaves open."""

from typing import Annotated

from fastapi import Path, Response

from app.commands import member_annulments, members, partners
from app.domain import errors
from app.domain.access import Caller, Permission
from app.routers.cycles import WRITES
from app.routers.parameters import Slug
from app.schemas.base import Code
from app.schemas.members import (
    MemberEndingIn,
    MemberIn,
    MembershipAnnulled,
    MembershipAnnulmentIn,
    MembershipOut,
    PartnerIn,
    PartnerNamed,
)
from app.web.auth.access import may
from app.web.json_body import ExactRoute
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.write import Creating

router = Router(prefix="/v1/plans/{plan}", tags=["plans"], route_class=ExactRoute)
Coordinator = Annotated[Caller, may(Permission.RECORD_SUCCESSIONS)]
ClassCode = Annotated[Code, Path(alias="body", description="The class's code.", examples=["so-ban-nganh"])]
MemberCode = Annotated[Code, Path(alias="member", description="The member's code.", examples=["thanh-tra"])]
Duty = Annotated[Code, Path(alias="duty", description="The duty's code.", examples=["2.5"])]
LETTERS = (
    errors.LetterDateImpossible,
    errors.LetterNumberNeeded,
    errors.LetterDecidedTooLate,
    errors.DeadlineNotAfter,
)
JOINS = (*WRITES, *LETTERS, errors.NotAnOwner)
"""What can be refused when a body is given a place."""


@router.post(
    "/bodies/{body}/members",
    operation_id="addMember",
    summary="Add a member to an open class",
    status_code=201,
    response_model=MembershipOut,
    responses=documented(*JOINS, errors.MemberUnclear, errors.ClassNotOpen, errors.AlreadyMember),
)
async def add_member(slug: Slug, code: ClassCode, caller: Coordinator, write: Creating, sent: MemberIn) -> Response:
    """Make a body a member of an open class from a day on: it owes its share of cycles that are opened after that."""
    created = write.at("/v1/plans/{plan}/bodies/{member.code}")
    return await created.run(members.add, caller, slug, code, sent, now=write.now)


@router.post(
    "/bodies/{body}/members/{member}/ending",
    operation_id="endMember",
    summary="End a membership",
    status_code=201,
    response_model=MembershipOut,
    responses=documented(*WRITES, *LETTERS, errors.MembershipEnded),
)
async def end_member(
    slug: Slug, code: ClassCode, member: MemberCode, caller: Coordinator, write: Creating, sent: MemberEndingIn
) -> Response:
    """End a membership with a day: in cycles that are opened after that the body owes nothing by it."""
    created = write.at("/v1/plans/{plan}/bodies/{member.code}")
    return await created.run(members.end, caller, slug, code, member, sent, now=write.now)


@router.post(
    "/bodies/{body}/members/{member}/annulments",
    operation_id="annulMembership",
    summary="Take back a membership or its ending",
    status_code=201,
    response_model=MembershipAnnulled,
    responses=documented(
        *WRITES,
        errors.ActUnknown,
        errors.AlreadyAnnulled,
        errors.MembershipActedOn,
        errors.AlreadyMember,
        errors.AssuranceNotYours,
    ),
)
async def annul_membership(
    slug: Slug, code: ClassCode, member: MemberCode, caller: Coordinator, write: Creating, sent: MembershipAnnulmentIn
) -> Response:
    """Take back what was recorded of a member by mistake, while nobody has acted under it."""
    return await write.run(member_annulments.annul, caller, slug, code, member, sent, now=write.now)


@router.post(
    "/duties/{duty}/partners",
    operation_id="namePartner",
    summary="Name a partner of a duty",
    status_code=201,
    response_model=PartnerNamed,
    responses=documented(*JOINS, errors.PartnersNotOpen, errors.AlreadyPartner),
)
async def name_partner(slug: Slug, duty: Duty, caller: Coordinator, write: Creating, sent: PartnerIn) -> Response:
    """Say who helps with a duty, where the plan names a class and not its bodies, or not all of them."""
    created = write.at("/v1/plans/{plan}/duties/{duty}")
    return await created.run(partners.name, caller, slug, duty, sent, now=write.now)
