"""Receipts: made of what was recorded of a report, for whoever may read it; and confirmed to whoever holds one."""

from hmac import compare_digest
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.engine import as_system
from app.database.statements import fetch_all, fetch_one
from app.domain.access import Caller, Permission, Role
from app.domain.errors import NotFound
from app.queries.history import some_updates
from app.queries.letterheads import letterhead_of
from app.queries.obligations import find_one
from app.queries.report_rows import plan_of
from app.schemas.letterheads import LetterheadOut
from app.schemas.receipts import DIGESTED, ReceiptConfirmed, ReceiptOut, digest_of
from app.schemas.updates import UpdateOut
from app.schemas.views import obligation_out
from app.standing.cycles import cycles_of
from app.standing.moment import EVERYTHING, Moment

SERVICE = Caller(client_id=UUID(int=0), role=Role.COORDINATOR, scopes=frozenset({Permission.READ_HISTORY}))
"""Whoever confirms a receipt: what it reads, it does not tell."""


async def receipt_of(
    connection: AsyncConnection, caller: Caller, update_id: UUID, moment: Moment, issuer: str
) -> ReceiptOut:
    """Return the receipt of a report that the caller may read; that it was annulled changes nothing of it.

    Raises:
        NotFound: there is none, or the caller may not know of it.
    """
    update = await _update(connection, caller, update_id)
    owed = obligation_out(await find_one(connection, caller, update.obligation, moment), moment.as_of)
    plan = await fetch_one(connection, plan_of, slug=owed.plan)
    head = await letterhead_of(connection, plan, update.recorded_at)
    digest = digest_of(update)
    said = {name: getattr(update, name) for name in DIGESTED - {"client"}}
    return ReceiptOut.model_validate(
        {
            **said,
            "plan": dict(plan),
            "cycle": dict(await fetch_one(connection, cycles_of, slug=owed.plan, moment=moment, code=owed.cycle)),
            "duty": owed.duty,
            "owner": owed.owner,
            "sha256": digest,
            "check": f"{issuer}/v1/receipts/{update.id}?sha256={digest}",
            "letterhead": LetterheadOut.model_validate(head),
        }
    )


async def confirmed(connection: AsyncConnection, update_id: UUID, digest: str) -> ReceiptConfirmed:
    """Confirm that a receipt has this digest, to whoever asks.

    Raises:
        NotFound: there is no such receipt, or it has another digest: which of both, nobody is told.
    """
    async with as_system(connection):
        update = await _update(connection, SERVICE, update_id)
    if not compare_digest(digest_of(update), digest):
        raise NotFound
    return ReceiptConfirmed(confirmed=True, received_at=update.received_at)


async def _update(connection: AsyncConnection, caller: Caller, update_id: UUID) -> UpdateOut:
    found = await fetch_all(connection, some_updates, caller=caller, ids=[update_id], moment=EVERYTHING)
    if not found:
        raise NotFound
    return UpdateOut.model_validate(found[0]["update"])
