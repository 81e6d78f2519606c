"""The limits: bare FastAPI handlers in a process of their own, on the same interpreter and the same kind of server.

L1 takes the same query parameters and returns as many bytes, ready-made: no token, no database.  L2 validates the same
body, and does one durable insert of the same row by the bare driver, over as many connections as the service has.  The
limit of a file is a handler that writes its bytes, brings them to the disk, and inserts a row.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import uvicorn
from fastapi import FastAPI, Query, Request, Response

from app.models.base import new_id
from app.schemas.updates import UpdateIn

TABLE = """
    CREATE TABLE limit_update (
        id uuid PRIMARY KEY, plan_id uuid, obligation_id uuid, client_id uuid, received_at timestamptz,
        recorded_at timestamptz DEFAULT clock_timestamp(), state varchar(24), percent int, summary varchar(10000)
    )
"""
"""The columns that an update without more fills, in a table with nothing but its key."""
GRANT = "GRANT INSERT ON limit_update TO dondoc_app"
INSERT = (
    "INSERT INTO limit_update (id, plan_id, obligation_id, client_id, received_at, state, percent, summary)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
)
POOL_SIZE = 4
_ready: dict[int, bytes] = {}


def _bytes(size: int) -> bytes:
    return _ready.setdefault(size, b"x" * size)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(app.state.url, min_size=POOL_SIZE, max_size=POOL_SIZE) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=_lifespan)


@app.get("/v1/plans/{plan}/status")
async def status(
    plan: str,
    size: int = 0,
    cycle: str | None = None,
    body: str | None = None,
    as_of: str | None = None,
    known_at: str | None = None,
) -> Response:
    """Return as many bytes as a status document has."""
    return Response(_bytes(size), media_type="application/json")


@app.get("/v1/obligations")
async def obligations(
    size: int = 0,
    plan: str | None = None,
    cycle: str | None = None,
    body: str | None = None,
    owner: str | None = None,
    duty: str | None = None,
    status: Annotated[list[str] | None, Query()] = None,
    past_due: bool | None = None,
    awaiting_review: bool | None = None,
    due_after: str | None = None,
    due_before: str | None = None,
    force: str | None = None,
    kind: str | None = None,
    q: str | None = None,
    as_of: str | None = None,
    known_at: str | None = None,
    sort: str = "due_before",
    limit: int = 100,
    cursor: str | None = None,
    count: bool = False,
) -> Response:
    """Return as many bytes as a page has."""
    return Response(_bytes(size), media_type="application/json")


@app.get("/desk")
@app.get("/desk/obligations")
async def page(
    size: int = 0,
    plan: str | None = None,
    cycle: str | None = None,
    status: Annotated[list[str] | None, Query()] = None,
    as_of: str | None = None,
) -> Response:
    """Return as many bytes as a page of the desk has."""
    return Response(_bytes(size), media_type="text/html")


@app.get("/v1/obligations/{id}")
async def obligation(id: UUID, size: int = 0, as_of: str | None = None, known_at: str | None = None) -> Response:  # noqa: A002
    """Return as many bytes as an obligation has."""
    return Response(_bytes(size), media_type="application/json")


@app.post("/v1/obligations/{id}/updates", status_code=201)
async def report(request: Request, id: UUID, sent: UpdateIn) -> dict[str, Any]:  # noqa: A002
    """Insert one row, durably, and say which."""
    return {"id": await _insert(request, id, sent.state, sent.percent, sent.summary)}


@app.put("/v1/evidence/{id}/content")
async def receive(request: Request, id: UUID) -> dict[str, Any]:  # noqa: A002
    """Keep a file, durably, and insert one row."""
    content = await request.body()
    await asyncio.to_thread(_keep, Path(request.app.state.folder) / f"{new_id()}", content)
    return {"id": await _insert(request, id, "file", None, "")}


async def _insert(request: Request, about: UUID, state: str, percent: int | None, summary: str) -> UUID:
    row = new_id()
    values = (row, about, about, about, datetime.now(UTC), state, percent, summary)
    async with request.app.state.pool.acquire() as connection:
        await connection.execute(INSERT, *values)
    return row


def _keep(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


if __name__ == "__main__":
    port, app.state.folder, app.state.url = int(sys.argv[1]), sys.argv[2], os.environ["DATABASE_URL"]
    # h11 speaks for the service, too; nothing is written for a request.
    uvicorn.run(app, port=port, http="h11", access_log=False, log_level="warning", timeout_keep_alive=600)
