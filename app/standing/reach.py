"""`domain.access.authorize` for sets: which rows an act of a caller can be on."""

from collections.abc import Hashable
from typing import Any

from sqlalchemy import (
    ARRAY,
    BindParameter,
    Column,
    ColumnElement,
    FromClause,
    Subquery,
    Uuid,
    any_,
    bindparam,
    false,
    func,
    or_,
    select,
    true,
    tuple_,
    union,
)

from app.database.statements import Values, split_arguments
from app.domain.access import MAY, REPORTERS_REACH, Caller, Classification, Permission, Reach, Role
from app.models import DutyPartner, Evidence, PartnerNaming
from app.models.base import table

partners, namings, evidence = (table(model) for model in (DutyPartner, PartnerNaming, Evidence))


def reachable(
    caller: Caller, act: Permission, row: Any, owner: ColumnElement[Any] | None = None
) -> ColumnElement[bool]:
    """Keep the obligations that an act of the caller's role can be on; `row` has `duty_id`, and `owner_id` as in force.

    Where `row` has only the owner that the plan names, `owner` is the one in force.
    """
    if caller.role not in MAY[act]:
        return false()
    if caller.sees_everything:
        return true()
    owns = owned_by(caller, row.c.owner_id if owner is None else owner)
    match REPORTERS_REACH.get(act):
        case Reach.OWN:
            return owns
        case Reach.INVOLVED:
            return or_(owns, coordinated_by(caller, row))
        case Reach.FOLLOWED:
            return or_(owns, coordinated_by(caller, row), followed_by(caller, row, owner))
        case _:
            return false()


def owned_by(caller: Caller, owner: ColumnElement[Any]) -> ColumnElement[bool]:
    """Keep obligations that one of the caller's bodies owns."""
    return owner == any_(bodies_of(caller)) if caller.body_ids else false()


def coordinated_by(caller: Caller, row: Any) -> ColumnElement[bool]:
    """Keep obligations of duties that name one of the caller's bodies as a partner."""
    return row.c.duty_id.in_(select(coordinated(caller).c.duty_id)) if caller.body_ids else false()


def coordinated(caller: Caller) -> Subquery:
    """Select the duties that name a body as a partner in whose place the caller's stand, and that body.

    A place is that of whoever succeeds the body in all, and of the members of a class (migration 0020).
    """
    places = select(func.unnest(func.dondoc_places(bodies_of(caller), type_=ARRAY(Uuid()))))
    both = (
        select(one.c.plan_id, one.c.duty_id, one.c.body_id).where(one.c.body_id.in_(places))
        for one in (partners, namings)
    )
    return union(*both).subquery("coordinated")


def followed_by(caller: Caller, row: Any, owner: ColumnElement[Any] | None = None) -> ColumnElement[bool]:
    """Keep obligations of the bodies that the caller's have succeeded in the duty."""
    if not caller.body_ids:
        return false()
    followed = func.dondoc_followed(bodies_of(caller)).table_valued(
        Column("plan_id", Uuid), Column("duty_id", Uuid), Column("body_id", Uuid), name="followed"
    )
    owed = tuple_(row.c.duty_id, row.c.owner_id if owner is None else owner)
    return owed.in_(select(followed.c.duty_id, followed.c.body_id))


def bodies_of(caller: Caller) -> BindParameter[Any]:
    """Return the caller's bodies as a parameter: one, however many there are."""
    return bindparam("body_ids", list(caller.body_ids), ARRAY(Uuid()))


def reads_all_evidence(caller: Caller, row: Any, owner: ColumnElement[Any] | None = None) -> ColumnElement[bool]:
    """Keep the obligations of which the caller reads every evidence, whatever its classification; see `reachable`."""
    if caller.reads_everything:
        return true()
    if caller.role is not Role.REPORTER:
        return false()
    return or_(owned_by(caller, row.c.owner_id if owner is None else owner), followed_by(caller, row, owner))


def cleared(caller: Caller, some: FromClause = evidence) -> ColumnElement[bool]:
    """Keep the evidence whose classification lets the caller have it although it is on what somebody else owes."""
    if caller.role is Role.REPORTER:
        return some.c.classification != Classification.RESTRICTED
    return some.c.classification == Classification.PUBLIC


def attached_by(caller: Caller, some: FromClause = evidence) -> ColumnElement[bool]:
    """Keep the evidence that one of the caller's bodies attached, whoever owes by now what it is on."""
    mine = caller.role is Role.REPORTER and caller.body_ids
    return some.c.body_id == any_(bodies_of(caller)) if mine else false()


@split_arguments.register
def _caller(caller: Caller, _: str) -> tuple[Hashable, Values]:
    if caller.sees_everything:
        return caller.role, {}
    return (caller.role, bool(caller.body_ids)), {"body_ids": list(caller.body_ids)} if caller.body_ids else {}
