"""Annulling a membership, or its ending: the body was never a member, or never ceased to be one."""

from collections.abc import Collection
from datetime import datetime
from itertools import pairwise

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.bodies import one_body
from app.commands.members import membership_out
from app.commands.taking_back import take_all_back, taking
from app.database.locks import lock
from app.database.statements import Row, fetch_all, fetch_one
from app.domain.access import Caller
from app.domain.acts import Act, ActKind
from app.domain.errors import AlreadyMember, Fault, MembershipActedOn
from app.queries.members import acted_under, acts_on_membership, memberships_of, plan_of
from app.schemas.members import MembershipAnnulled, MembershipAnnulmentIn


async def annul(
    connection: AsyncConnection,
    caller: Caller,
    slug: str,
    code: str,
    member_code: str,
    sent: MembershipAnnulmentIn,
    *,
    now: datetime,
) -> MembershipAnnulled:
    """Take back a membership or its ending, while nobody has acted under it: afterwards, a letter ends it.

    Raises:
        NotFound: there is no such plan, or no such body in it.
        ActUnknown, AlreadyAnnulled: see `taking_back.taking`.
        MembershipActedOn: a cycle was opened by it, or the member has helped as one of its class.
        AlreadyMember: it would be a member twice on one day, or its membership end twice.
    """
    plan = await fetch_one(connection, plan_of, slug=slug)
    await lock(connection, plan["id"].bytes)
    body = await fetch_one(connection, one_body, plan_id=plan["id"], code=code)
    member = await fetch_one(connection, one_body, plan_id=plan["id"], code=member_code)
    of = {"plan_id": plan["id"], "class_id": body["id"], "member_id": member["id"]}
    rows = await fetch_all(connection, acts_on_membership, **of)
    said = sent.model_dump(include={"reason", "not_personal_reason"})
    took = taking([_act(row) for row in rows], sent.act, plan_id=plan["id"], now=now, **said)
    changed = {one.id for one in took.changed if one.kind is not ActKind.ANNULMENT}
    day = min(row["day"] for row in rows if row["id"] in changed)
    if await fetch_all(connection, acted_under, **of, since=took.act.recorded_at, day=day):
        raise MembershipActedOn
    (done,) = await take_all_back(connection, caller, [took], now=now)
    left = await fetch_all(connection, memberships_of, **of)
    _refuse_twice(left)
    shown = [membership_out(row, plan, body, member_code, member["name"]) for row in left]
    return MembershipAnnulled(annulment=done.shown(), membership=shown[0] if shown else None)


def _act(row: Row) -> Act:
    names = ("id", "recorded_at", "falls_with", "names", "counts")
    return Act(kind=ActKind(row["kind"]), **{name: row[name] for name in names})


def _refuse_twice(left: Collection[Row]) -> None:
    """Refuse what would count beside something else for the same day; the rows are the latest first."""
    for later, earlier in pairwise(left):
        until = earlier["ending_until_on"]
        if until is None or until >= later["from_on"]:
            raise AlreadyMember(None, Fault("/act", "counts beside another for the same day"))
