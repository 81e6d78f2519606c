"""One obligation: the plan's own sentence, where it stands and why, figures beside thresholds, evidence, history."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.statements import Row, fetch_all, fetch_one
from app.domain.access import Permission, Resource, Role, authorize
from app.pages.desk import Desk, OnDesk, opens, screens
from app.queries import history as histories
from app.queries import obligations as queries
from app.queries.claims import fetch_claims
from app.queries.explanations import more_facts
from app.queries.people import names
from app.queries.plans import duties_of
from app.schemas.claims import WholeClaim
from app.schemas.explanations import explanation_out
from app.schemas.history import HistoryOut
from app.schemas.obligations import ObligationOut
from app.schemas.views import obligation_out
from app.web.read import Reading

router = screens()
READS = opens(Permission.READ_STANDING)
ACTS = (
    *(Permission.REPORT, Permission.REVIEW, Permission.EXTEND, Permission.INSTRUCT, Permission.ANNUL),
    Permission.ATTACH,
)
Done = Annotated[str | None, Query(pattern="^[a-z_]{1,20}$")]
"""What was just done, to be said once more."""
ObligationId = Annotated[UUID, Path(description="The obligation's id.")]


@router.get("/obligations/{obligation_id}", dependencies=[READS])
async def obligation(
    desk: OnDesk, reading: Reading, obligation_id: ObligationId, done: Done = None, doing: Done = None
) -> Response:
    """Show one obligation, what was just done to it, and the form of what is about to be done."""
    return desk.page("obligation.html", **await told_of(desk, reading, obligation_id), done=done, doing=doing)


async def told_of(desk: Desk, connection: AsyncConnection, obligation_id: UUID) -> dict[str, Any]:
    """Return all that is shown of an obligation.

    Raises:
        NotFound: there is none that is owed, or the person may not see it.
    """
    row = await queries.find_one(connection, desk.caller, obligation_id, desk.moment)
    more = await fetch_one(connection, more_facts, obligation_id=obligation_id, moment=desk.moment)
    duty = await fetch_one(connection, duties_of, slug=row["plan"], code=row["duty_code"])
    shown = obligation_out(row, desk.moment.as_of)
    claims = await fetch_claims(connection, desk.caller, [row["id"]], desk.moment)
    acts = await _acts(desk, connection, row)
    return {
        "it": shown,
        "duty": duty,
        "why": None if shown.status is None else explanation_out(row, more, desk.moment.as_of, desk.moment.known_at),
        "claim": _whole(shown, claims.get(row["id"])),
        "acts": acts,
        "can": _can(desk, row),
        "known": max((act.recorded_at for act in acts), default=None),
        "names": await _names(desk, connection, acts),
    }


def _can(desk: Desk, row: Row) -> set[str]:
    """Return what the person may do to an obligation, which is always done now; paper has a screen of its own."""
    if not desk.is_today or row["ended_by"]:
        return set()
    owed = Resource(owner_id=row["owner_id"])
    may = {act.value for act in ACTS if authorize(desk.caller, act, owed)}
    return may if desk.caller.role is Role.REPORTER else may - {Permission.REPORT, Permission.ATTACH}


def _whole(shown: ObligationOut, claim: Row | None) -> WholeClaim | None:
    """Return the claim with its words, where there is one and the person may read them."""
    return WholeClaim.model_validate({**shown.claim.model_dump(), **claim}) if shown.claim and claim else None


async def _acts(desk: Desk, connection: AsyncConnection, row: Row) -> list[Any]:
    """Return the history as far as the person may read it, the latest act first."""
    if not desk.may(Permission.READ_HISTORY):
        return []
    acts = await histories.acts_on(connection, histories.history, desk.caller, row, desk.moment)
    return HistoryOut.model_validate({"obligation": row["id"], "items": acts}).items[::-1]


async def _names(desk: Desk, connection: AsyncConnection, acts: Sequence[Any]) -> dict[UUID, str]:
    """Return who did what, as far as the person may know them by name."""
    ids = list({act.client for act in acts})
    known = await fetch_all(connection, names, ids=ids) if ids else []
    return {desk.caller.client_id: desk.caller.name} | {one["id"]: one["name"] for one in known}
