"""The parts of a succession: who takes over which duties, so that nothing is left with a body that has ended."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.owners import changes_by, resolved
from app.database.statements import Row, fetch_all
from app.domain.errors import Fault, SuccessorUnclear
from app.models.base import new_id
from app.queries.owners import planned_owners

Joined = Sequence[tuple[UUID, Sequence[str] | None]]
"""Who takes over, and which duties if not all."""


async def parts_of(connection: AsyncConnection, succession: Row, taking: Joined) -> list[Row]:
    """Return the rows of a confirmed succession: one for each successor, or one for nobody.

    One that takes the last duty of a body under its own heading takes the others too, which every body of its kind
    owes: there is nobody left to owe them.

    Raises:
        SuccessorUnclear: some of the duties have no successor.
    """
    own, general = await _owed(connection, succession)
    passed = succession["duties"]
    rest = sorted(general) if passed and own and own <= set(passed) else []
    whole = passed is None or bool(rest)
    wanted = passed if passed is not None else [*own, *general]
    _refuse_gaps(taking, wanted)
    return [
        {
            "id": new_id(),
            "plan_id": succession["plan_id"],
            "succession_id": succession["id"],
            "position": position,
            "successor_id": successor,
            "duties": _of_part(codes, passed, rest),
            "whole": whole,
        }
        for position, (successor, codes) in enumerate(taking or [(None, None)], 1)
    ]


def _of_part(codes: Sequence[str] | None, passed: Sequence[str] | None, rest: Sequence[str]) -> list[str] | None:
    named = codes or passed
    return None if named is None else list(dict.fromkeys([*named, *rest]))


def _refuse_gaps(taking: Joined, wanted: Collection[str]) -> None:
    if not taking or any(codes is None for _, codes in taking):
        return
    taken = {code for _, codes in taking for code in codes or ()}
    if left := [code for code in wanted if code not in taken]:
        raise SuccessorUnclear(None, Fault("/successors", f"leaves duties without a successor: {', '.join(left)}"))


async def _owed(connection: AsyncConnection, succession: Row) -> tuple[set[str], set[str]]:
    """Return the duties that the predecessor owes: under its own heading, and those of every body of its kind."""
    plan_id = succession["plan_id"]
    changes = await changes_by(connection, plan_id, succession["effective_on"])
    planned = await fetch_all(connection, planned_owners, plan_id=plan_id)
    codes = {row["duty_id"]: (row["code"], row["heading_id"]) for row in planned}
    mine = [row["duty_id"] for row in resolved(planned, changes) if row["body_id"] == succession["predecessor_id"]]
    own = {codes[one][0] for one in mine if codes[one][1]}
    return own, {codes[one][0] for one in mine} - own
