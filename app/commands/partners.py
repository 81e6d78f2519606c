"""Partners: a coordinator says who helps with a duty, where the plan leaves that open."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import events
from app.commands.bodies import body_named, join
from app.commands.members import letter_of
from app.database.locks import lock
from app.database.statements import fetch_all, fetch_one
from app.domain.access import Caller
from app.domain.completion import Force
from app.domain.errors import AlreadyPartner, Fault, MemberUnclear, PartnersNotOpen
from app.models import PartnerNaming
from app.models.base import new_id
from app.queries.members import concerned, duty_by_code, plan_of
from app.schemas.members import PartnerIn, PartnerNamed


async def name(
    connection: AsyncConnection, caller: Caller, slug: str, code: str, sent: PartnerIn, *, now: datetime
) -> PartnerNamed:
    """Name a partner of a duty, who may contribute from now on.

    Raises:
        NotFound: there is no such plan, or no such duty in it.
        PartnersNotOpen: the plan itself says who the partners are.
        MemberUnclear, NotAnOwner: the body is a group, or new and without a name.
        AlreadyPartner: it is a partner or an owner already.
        LetterDateImpossible, LetterNumberNeeded: see `letters.dated`.
    """
    plan = await fetch_one(connection, plan_of, slug=slug)
    await lock(connection, plan["id"].bytes)
    letter = letter_of(plan, sent, now=now)
    duty = await fetch_one(connection, duty_by_code, plan_id=plan["id"], code=code)
    if not duty["is_open"]:
        raise PartnersNotOpen
    body = await body_named(connection, plan["id"], sent.code, sent.name, "", nameless=MemberUnclear)
    alone = {"group": None, "force": Force.REQUESTED, "joined_on": letter["decided_on"]}
    body_id = await join(connection, plan["id"], body, **alone)
    if await fetch_all(connection, concerned, duty_id=duty["id"], body_id=body_id):
        raise AlreadyPartner(None, Fault("/code", "is a partner or an owner of this duty"))
    ids = {"id": new_id(), "plan_id": plan["id"], "client_id": caller.client_id}
    row = ids | letter | {"duty_id": duty["id"], "body_id": body_id}
    recorded = await events.write(connection, PartnerNaming, [row])
    names = {"plan": slug, "duty": code, "body": {"code": body.code, "name": body.name}, "client": caller.client_id}
    return PartnerNamed.model_validate({**row, **names, "recorded_at": recorded[row["id"]]})
