"""Contributions: a partner posts a note, with evidence, on an obligation that it coordinates."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import acts, evidence
from app.commands.evidence import Attachment
from app.commands.obligations import Locked, hold, standing_of
from app.domain.access import Caller
from app.domain.errors import PartnersOnly
from app.models import Body, Contribution, DutyPartner
from app.models.base import table
from app.schemas.contributions import Contributed, ContributionIn, ContributionOut
from app.standing.refresh import refresh_snapshot

bodies, partners = table(Body), table(DutyPartner)


async def contribute(
    connection: AsyncConnection,
    caller: Caller,
    obligation_id: UUID,
    sent: ContributionIn,
    *,
    now: datetime,
    expected: int | None = None,
) -> Contributed:
    """Record one note of a partner with its evidence; the owner's claim stays what it is.

    Raises:
        NotFound, StaleVersion: see `obligations.hold`.
        PartnersOnly: the caller owns the obligation, and reports on it.
    """
    held = await hold(connection, caller, obligation_id, expected=expected, now=now, partners=True)
    body = await _partner(connection, caller, held)
    row = await acts.record(connection, caller, held, Contribution, now, body_id=body["id"], note=sent.note)
    attachments = [
        Attachment(held=held, sent=one, received_at=now, body_id=body["id"], document_number=None, of_owner=False)
        for one in sent.evidence
    ]
    attached = await evidence.record(connection, caller, attachments, now=now)
    await refresh_snapshot(connection, [held.id], now)
    contribution = ContributionOut.model_validate({**row, "body": body["code"], "evidence": attached})
    return Contributed(contribution=contribution, obligation=await standing_of(connection, caller, held.id, now))


async def _partner(connection: AsyncConnection, caller: Caller, held: Locked) -> RowMapping:
    """Name the partner that the caller acts for."""
    mine = (
        select(bodies.c.id, bodies.c.code)
        .join(partners, partners.c.body_id == bodies.c.id)
        .where(partners.c.plan_id == held.plan_id, partners.c.duty_id == held.duty_id)
        .where(bodies.c.id.in_(caller.body_ids), bodies.c.id != held.owner_id)
        .order_by(partners.c.position)
    )
    body: RowMapping | None = (await connection.execute(mine)).mappings().first()
    if body is None:
        raise PartnersOnly
    return body
