"""What the tests of the API ask again and again: a whole listing, a problem, whether anything was written."""

from typing import Any

import httpx
from sqlalchemy import func, select
from sqlmodel import SQLModel

from app.models import Cycle, IdempotencyRecord, Measurement, Obligation, StandingSnapshot
from app.models.base import HistoryRow, table
from tests.given import PLAN, Caller, Service

EVERYTHING_KNOWN = "2100-01-01T00:00:00Z"
"""A `known_at` after whatever a test records: the clock of the tests stands still, the database's does not."""
WRITTEN: tuple[type[SQLModel], ...] = (*HistoryRow.__subclasses__(), Measurement, IdempotencyRecord, Cycle, Obligation)


def problem_of(response: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    """Return the problem that an answer must be."""
    problem: dict[str, Any] = response.json()
    kept = "application/json" if "error" in problem else "application/problem+json"
    assert (response.status_code, response.headers["content-type"]) == (status, kept)
    assert (problem["type"], problem["status"]) == (f"/problems/{kind}", status)
    assert problem["request_id"] == response.headers["x-request-id"]
    return problem


async def page(caller: Caller, **params: Any) -> dict[str, Any]:
    """Return one page of obligations."""
    response = await caller.get("/v1/obligations", **params)
    assert response.status_code == 200, response.text
    shown: dict[str, Any] = response.json()
    return shown


async def pages(caller: Caller, **params: Any) -> list[dict[str, Any]]:
    """Follow the cursors to the last page, from the first one or from where a cursor points."""
    found = [await page(caller, **params)]
    while cursor := found[-1]["next_cursor"]:
        found.append(await page(caller, **{**params, "cursor": cursor}))
    return found


async def listed(caller: Caller, **params: Any) -> list[dict[str, Any]]:
    """Return all obligations that match, over all pages."""
    return [item for one in await pages(caller, limit=500, **params) for item in one["items"]]


async def ids(caller: Caller, **params: Any) -> list[str]:
    """Return the ids of all obligations that match, in order."""
    return [item["id"] for item in await listed(caller, **params)]


async def status_of(caller: Caller, **params: Any) -> dict[str, Any]:
    """Return the status document of the plan."""
    response = await caller.get(f"/v1/plans/{PLAN}/status", **params)
    assert response.status_code == 200, response.text
    shown: dict[str, Any] = response.json()
    return shown


async def rows_of(service: Service) -> dict[str, int]:
    """Count what writes leave behind: rows, and the versions of all obligations."""
    counts = [
        select(func.count()).select_from(table(kind)).scalar_subquery().label(table(kind).name) for kind in WRITTEN
    ]
    versions = select(func.sum(table(StandingSnapshot).c.version)).scalar_subquery().label("versions")
    async with service.app.state.database.reading() as connection:
        return dict((await connection.execute(select(*counts, versions))).mappings().one())
