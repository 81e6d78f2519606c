"""Chỉ tiêu: the figures that owners report beside the plan's thresholds, over the cycles."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.statements import Row, fetch_all
from app.domain.access import Permission
from app.pages.charts import Chart, chart
from app.pages.desk import Desk, OnDesk, opens, screens
from app.queries.claims import fetch_claims
from app.queries.obligations import Sort, find_page
from app.queries.plans import duties_of
from app.standing.filters import Filters
from app.web.paging import MAX_LIMIT
from app.web.read import Reading

router = screens()


@dataclass(frozen=True)
class Figures:
    """What one owner reports for one target: in each cycle a figure, that there was no case, or nothing."""

    owner: str
    target: Mapping[str, Any]
    by_cycle: Mapping[str, Mapping[str, Any]]
    drawn: Chart


@dataclass(frozen=True)
class Measured:
    """A duty that has targets, and the figures that are reported for them."""

    duty: Row
    cycles: Sequence[str]
    figures: Sequence[Figures]


@router.get("/targets", dependencies=[opens(Permission.READ_HISTORY)])
async def targets(desk: OnDesk, reading: Reading) -> Response:
    """Show every target of the plan, as far as the person may read the reports."""
    duties = await fetch_all(reading, duties_of, slug=desk.slug)
    found = [await _measured(desk, reading, duty) for duty in duties if duty["targets"]]
    return desk.page("targets.html", found=[one for one in found if one.figures])


async def _measured(desk: Desk, connection: AsyncConnection, duty: Row) -> Measured:
    wanted = Filters(plan=desk.slug, duty=duty["code"])
    asked = {"caller": desk.caller, "filters": wanted, "moment": desk.moment}
    rows = await find_page(connection, **asked, sort=Sort.DUE_BEFORE, limit=MAX_LIMIT, after=None)
    claims = await fetch_claims(connection, desk.caller, [row["id"] for row in rows], desk.moment)
    cycles = list(dict.fromkeys(row["cycle"] for row in rows))
    owners = dict.fromkeys(row["owner_name"] for row in rows)
    lines = [(owner, target) for owner in owners for target in duty["targets"]]
    return Measured(duty, cycles, [_figures(owner, target, cycles, rows, claims) for owner, target in lines])


def _figures(
    owner: str, target: Mapping[str, Any], cycles: Sequence[str], rows: Iterable[Row], claims: Mapping[UUID, Any]
) -> Figures:
    mine = [row for row in rows if row["owner_name"] == owner]
    by_cycle = {row["cycle"]: {"id": row["id"], **_figure(target["code"], claims.get(row["id"]))} for row in mine}
    known = [(cycle, one["value"], one["met"]) for cycle, one in by_cycle.items() if one["value"] is not None]
    return Figures(owner, target, by_cycle, chart(cycles, _exact(target["value"]), known))


def _figure(code: str, claim: Any) -> dict[str, Any]:
    """Return what a claim says of a target."""
    measured = claim["measurements"] if claim else ()
    found = next((one for one in measured if one["target"] == code), None)
    if found is None:
        return {"value": None, "cases": None, "met": False}
    value = None if found["value"] is None else _exact(found["value"])
    return {"value": value, "cases": found["cases"], "met": found["met"]}


def _exact(value: Any) -> Decimal:
    return Decimal(str(value))
