"""`domain.access.authorize` for sets: which rows an act of a caller can be on."""

from collections.abc import Hashable
from typing import Any

from sqlalchemy import ARRAY, BindParameter, ColumnElement, Uuid, any_, bindparam, false, or_, select, true

from app.database.statements import Values, split_arguments
from app.domain.access import MAY, REPORTERS_REACH, Caller, Classification, Permission, Reach, Role
from app.models import DutyPartner, Evidence
from app.models.base import table

partners, evidence = table(DutyPartner), table(Evidence)


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
        case _:
            return false()


def owned_by(caller: Caller, owner: ColumnElement[Any]) -> ColumnElement[bool]:
    """Keep obligations that one of the caller's bodies owns."""
    return owner == any_(bodies_of(caller)) if caller.body_ids else false()


def coordinated_by(caller: Caller, row: Any) -> ColumnElement[bool]:
    """Keep obligations of duties that name one of the caller's bodies as a partner."""
    named = select(partners.c.duty_id).where(partners.c.body_id == any_(bodies_of(caller)))
    return row.c.duty_id.in_(named) if caller.body_ids else false()


def bodies_of(caller: Caller) -> BindParameter[Any]:
    """Return the caller's bodies as a parameter: one, however many there are."""
    return bindparam("body_ids", list(caller.body_ids), ARRAY(Uuid()))


def cleared(caller: Caller, owner: ColumnElement[Any]) -> ColumnElement[bool]:
    """Keep the evidence whose classification lets the caller have it; `owner` owes what it is on."""
    if caller.role is Role.COORDINATOR:
        return true()
    if caller.role is Role.REPORTER:
        return or_(owned_by(caller, owner), evidence.c.classification != Classification.RESTRICTED)
    return evidence.c.classification == Classification.PUBLIC


def attached_by(caller: Caller) -> ColumnElement[bool]:
    """Keep the evidence that one of the caller's bodies attached, whoever owes by now what it is on."""
    mine = caller.role is Role.REPORTER and caller.body_ids
    return evidence.c.body_id == any_(bodies_of(caller)) if mine else false()


@split_arguments.register
def _caller(caller: Caller, _: str) -> tuple[Hashable, Values]:
    if caller.sees_everything:
        return caller.role, {}
    return (caller.role, bool(caller.body_ids)), {"body_ids": list(caller.body_ids)} if caller.body_ids else {}
