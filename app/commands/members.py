"""Members: a body joins an open class from a day on, or leaves it, by a letter."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import events
from app.commands.bodies import NamedBody, body_named, join, one_body
from app.commands.letters import dated
from app.database.locks import lock
from app.database.statements import Row, fetch_all, fetch_one
from app.domain.access import Caller
from app.domain.errors import AlreadyMember, ClassNotOpen, Fault, MembershipEnded, MemberUnclear, NotFound
from app.models import Membership, MembershipEnding
from app.models.base import new_id
from app.queries.members import memberships_of, plan_of
from app.schemas.members import LetterIn, MemberEndingIn, MemberIn, MembershipOut


async def add(
    connection: AsyncConnection, caller: Caller, slug: str, code: str, sent: MemberIn, *, now: datetime
) -> MembershipOut:
    """Make a body a member of an open class; in cycles that are opened from the day on it owes what its kind owes.

    Raises:
        NotFound: there is no such plan, or no such body in it.
        ClassNotOpen: the body takes no members.
        MemberUnclear, NotAnOwner: the member is the class, a group, or new and without a name.
        AlreadyMember: it is a member on that day.
        LetterDateImpossible, LetterNumberNeeded: see `letters.dated`.
    """
    plan = await fetch_one(connection, plan_of, slug=slug)
    await lock(connection, plan["id"].bytes)
    letter = letter_of(plan, sent, now=now)
    body = await _open_class(connection, plan["id"], code)
    if sent.code == code:
        raise MemberUnclear(None, Fault("/code", "is the class itself"))
    member = await body_named(connection, plan["id"], sent.code, sent.name, "", nameless=MemberUnclear)
    await _refuse_member(connection, plan, body, member, sent)
    joining = {"group": body["id"], "force": body["force"], "joined_on": sent.from_on}
    member_id = await join(connection, plan["id"], member, **joining)
    row = {"id": new_id(), "plan_id": plan["id"], "client_id": caller.client_id, "class_id": body["id"]}
    await events.write(connection, Membership, [row | letter | {"member_id": member_id, "from_on": sent.from_on}])
    return await _shown(connection, plan, body, NamedBody(member_id, member.code, member.name))


async def end(
    connection: AsyncConnection,
    caller: Caller,
    slug: str,
    code: str,
    member_code: str,
    sent: MemberEndingIn,
    *,
    now: datetime,
) -> MembershipOut:
    """End a membership with a day; what is open in cycles that are open by then the body goes on to owe.

    Raises:
        NotFound: there is no such plan, or the body is no member by a letter.
        MembershipEnded: it has ended already, or would end before it began.
        LetterDateImpossible, LetterNumberNeeded: see `letters.dated`.
    """
    plan = await fetch_one(connection, plan_of, slug=slug)
    await lock(connection, plan["id"].bytes)
    letter = letter_of(plan, sent, now=now)
    body = await fetch_one(connection, one_body, plan_id=plan["id"], code=code)
    member = await fetch_one(connection, one_body, plan_id=plan["id"], code=member_code)
    last = next(iter(await _of(connection, body, member["id"])), None)
    if last is None:
        raise NotFound
    if last["ending_id"] or sent.until_on < last["from_on"]:
        raise MembershipEnded(None, Fault("/until_on", "must end a membership that lasts, and not before it began"))
    row = {"id": new_id(), "plan_id": plan["id"], "client_id": caller.client_id, "membership_id": last["id"]}
    await events.write(connection, MembershipEnding, [row | letter | {"until_on": sent.until_on}])
    return await _shown(connection, plan, body, NamedBody(member["id"], member_code, member["name"]))


def letter_of(plan: Row, sent: LetterIn, *, now: datetime) -> dict[str, Any]:
    """Return a letter as the columns of what it decides.

    Raises:
        LetterDateImpossible, LetterNumberNeeded: see `letters.dated`.
    """
    zone = ZoneInfo(plan["time_zone"])
    letter = dated(sent.decided_on, sent.document_number, issued_on=plan["issued_on"], zone=zone, now=now)
    decided = {"decided_on": letter.decided_on, "received_at": letter.received_at}
    return decided | {"document_number": sent.document_number, "reason": sent.reason}


async def _open_class(connection: AsyncConnection, plan_id: UUID, code: str) -> Row:
    body = await fetch_one(connection, one_body, plan_id=plan_id, code=code)
    if not (body["open_class"] or body["others"]):
        raise ClassNotOpen
    return body


async def _refuse_member(connection: AsyncConnection, plan: Row, body: Row, member: NamedBody, sent: MemberIn) -> None:
    if member.id is None:
        return
    known = await fetch_one(connection, one_body, plan_id=plan["id"], code=member.code)
    named_by_plan = known["group_id"] == body["id"] and known["joined_on"] is None
    earlier = await _of(connection, body, member.id)
    lasting = [one for one in earlier if one["ending_id"] is None or one["ending_until_on"] >= sent.from_on]
    if named_by_plan or lasting:
        raise AlreadyMember(None, Fault("/code", "is a member on that day"))


async def _of(connection: AsyncConnection, body: Row, member_id: UUID | None) -> list[Row]:
    asked = {"plan_id": body["plan_id"], "class_id": body["id"], "member_id": member_id}
    return await fetch_all(connection, memberships_of, **asked)


async def _shown(connection: AsyncConnection, plan: Row, body: Row, member: NamedBody) -> MembershipOut:
    return membership_out((await _of(connection, body, member.id))[0], plan, body, member.code, member.name)


def membership_out(row: Row, plan: Row, body: Row, code: str, name: str) -> MembershipOut:
    """Show a membership with its ending, if it has one."""
    ending = {name.removeprefix("ending_"): row[name] for name in row if name.startswith("ending_")}
    names: dict[str, Any] = {
        "plan": plan["slug"],
        "body": {"code": body["code"], "name": body["name"]},
        "member": {"code": code, "name": name},
        "ending": {**ending, "client": ending["client_id"]} if ending["id"] else None,
    }
    return MembershipOut.model_validate({**row, **names, "client": row["client_id"]})
