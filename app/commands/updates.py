"""Updates: an owner reports, or a coordinator enters what came on paper."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import evidence as attaching
from app.commands.acts import record
from app.commands.obligations import Locked, hold, standing_of, standing_row
from app.commands.paper import received_at
from app.domain.access import Caller
from app.domain.completion import ClaimState
from app.domain.errors import ConditionMet, ConditionNotWhole, Fault, TargetUnknown
from app.models import Measurement, Target, Update
from app.models.base import new_id, table
from app.models.duty import ConditionScope
from app.schemas.updates import MeasurementIn, MeasurementOut, Reported, UpdateIn, UpdateOut

measurements, targets = table(Measurement), table(Target)
FIELDS = {"state", "percent", "summary", "occurred_on", "late_reason", "document_number"}


async def report(
    connection: AsyncConnection,
    caller: Caller,
    obligation_id: UUID,
    sent: UpdateIn,
    *,
    now: datetime,
    expected: int | None = None,
) -> Reported:
    """Record one update with its measurements and evidence, and say where the obligation stands now.

    Raises:
        NotFound, StaleVersion: see `obligations.hold`.
        PaperReportNotYours, PaperReportIncomplete, ReceivedOnImpossible: see `paper.received_at`.
        ConditionNotWhole: `not_applicable` for a duty whose condition does not cover the whole of it.
        ConditionMet: `not_applicable` although the condition was met when the report was received.
        TargetUnknown: a measurement names a target that the duty does not have.
    """
    held = await hold(connection, caller, obligation_id, expected=expected, now=now)
    received = received_at(
        caller, sent.received_on, sent.document_number, issued_on=held.issued_on, zone=held.zone, now=now
    )
    if sent.state is ClaimState.NOT_APPLICABLE:
        await _refuse_unfounded_waiver(connection, caller, held, received)
    recorded = await record(connection, caller, held, Update, received, **sent.model_dump(include=FIELDS))
    measured = await _measure(connection, held, recorded["id"], sent.measurements)
    attached = [
        await attaching.record(
            connection, caller, held, one, received, held.owner_id, sent.document_number, recorded["id"]
        )
        for one in sent.evidence
    ]
    return Reported(
        update=UpdateOut.model_validate({**recorded, "measurements": measured, "evidence": attached}),
        obligation=await standing_of(connection, caller, obligation_id, now),
    )


async def _refuse_unfounded_waiver(
    connection: AsyncConnection, caller: Caller, held: Locked, received: datetime
) -> None:
    if held.condition_scope is not ConditionScope.WHOLE:
        raise ConditionNotWhole(None, Fault("/state", "is not open to this duty"))
    if (await standing_row(connection, caller, held.id, received))["condition_met"]:
        raise ConditionMet(None, Fault("/state", "is not open since the condition was met"))


async def _measure(
    connection: AsyncConnection, held: Locked, update_id: UUID, sent: Sequence[MeasurementIn]
) -> list[MeasurementOut]:
    if not sent:
        return []
    known = await connection.execute(
        select(targets.c.code, targets.c.id).where(targets.c.plan_id == held.plan_id, targets.c.duty_id == held.duty_id)
    )
    ids = {row.code: row.id for row in known}
    unknown = [n for n, measurement in enumerate(sent) if measurement.target not in ids]
    if unknown:
        raise TargetUnknown(None, *(Fault(f"/measurements/{n}/target", "is no target of this duty") for n in unknown))
    rows = [
        {"id": new_id(), "plan_id": held.plan_id, "update_id": update_id, "target_id": ids[m.target], "value": m.value}
        for m in sent
    ]
    await connection.execute(insert(measurements), rows)
    return [MeasurementOut(target=m.target, value=m.value) for m in sent]
