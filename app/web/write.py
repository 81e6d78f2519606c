"""What a write is: one transaction that holds the act, its answer and its idempotency key, committed before we answer.

The key's row is written last, with the answer, and its primary key decides: of two requests with one key that run
together, the second waits for nothing and is told that the first is in flight.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeVar

from asyncpg import PostgresError
from fastapi import Depends, Header, Request, Response
from pydantic import AfterValidator
from sqlalchemy import and_, delete
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.idempotency import KEPT
from app.database.engine import Identity
from app.database.failures import is_retryable
from app.database.locks import number_of
from app.database.statements import Row, prepare, write_rows
from app.domain.access import Caller
from app.domain.errors import (
    IdempotencyKeyReused,
    PersonalDataFound,
    RequestInFlight,
    ServiceUnavailable,
    StaleVersion,
    UnsupportedMediaType,
)
from app.models import IdempotencyRecord
from app.models.base import table
from app.queries.idempotency import earlier, lock
from app.schemas.base import ResponseModel, guard_reference
from app.web.clock import Now
from app.web.etags import etag_of, expected_version
from app.web.json_body import JSON, check_media_type
from app.web.problems.handlers import refuses

TRIES = 3
records = table(IdempotencyRecord)


@dataclass(frozen=True)
class Done:
    """What an act leaves to answer: a body, its version for the ETag, and where it can be read.

    `kept` is what a retry with the same key gets instead, when the body holds what is shown once and kept nowhere.
    """

    body: ResponseModel | None = None
    version: int | None = None
    location: str | None = None
    status_code: int = 201
    kept: ResponseModel | None = None


Transaction = Callable[[AsyncConnection], Awaitable[Done]]


Answered = TypeVar("Answered")


async def repeated(attempt: Callable[[], Awaitable[Answered]]) -> Answered:
    """Run a transaction; one that the database asks to repeat is repeated."""
    for tries_left in reversed(range(TRIES)):
        try:
            return await attempt()
        except (DBAPIError, PostgresError) as error:
            if not (tries_left and is_retryable(error)):
                raise
    raise AssertionError  # pragma: no cover


class Write:
    """Runs acts for one request."""

    def __init__(self, request: Request, now: datetime, key: str | None, fingerprint: bytes) -> None:
        self._database = request.app.state.database
        self._key, self._fingerprint = key, fingerprint
        self.now = now
        self.expected: int | None = None

    async def __call__(self, caller: Caller, act: Transaction) -> Response:
        """Run an act once: commit, then answer."""
        return await repeated(lambda: self._attempt(caller, act))

    async def _attempt(self, caller: Caller, act: Transaction) -> Response:
        async with self._database.writing(Identity.of(caller)) as connection:
            if self._key and (earlier := await self._replayed(connection, caller, self._key)):
                return earlier
            done = await act(connection)
            content, kept = _bytes(done.body), _bytes(done.kept or done.body)
            etag = etag_of(kept, done.version) if done.body else None
            if self._key:
                row = {"status_code": done.status_code, "location": done.location, "etag": etag, "body": kept}
                await self._keep(connection, caller, self._key, row)
        return _answer(done.status_code, content, etag, done.location)

    async def _replayed(self, connection: AsyncConnection, caller: Caller, key: str) -> Response | None:
        number = number_of(caller.client_id.bytes + key.encode())
        (held,) = await prepare(lock, number=number).on(connection)
        if not held["taken"]:
            raise RequestInFlight
        rows = await prepare(earlier, client_id=caller.client_id, key=key).on(connection)
        if not rows:
            return None
        (row,) = rows
        if row["recorded_at"] <= self.now - KEPT:
            await connection.execute(delete(records).where(_of(caller, key)))
            return None
        return self._again(row)

    def _again(self, row: Row) -> Response:
        if row["fingerprint"] != self._fingerprint:
            raise IdempotencyKeyReused
        response = _answer(row["status_code"], row["body"], row["etag"], row["location"])
        response.headers["Idempotent-Replayed"] = "true"
        return response

    async def _keep(self, connection: AsyncConnection, caller: Caller, key: str, answer: Mapping[str, object]) -> None:
        row = {"client_id": caller.client_id, "key": key, "fingerprint": self._fingerprint, **answer}
        await write_rows(connection, records, [row])


def _of(caller: Caller, key: str):  # type: ignore[no-untyped-def]
    return and_(records.c.client_id == caller.client_id, records.c.key == key)


def answered(done: Done) -> Response:
    """Answer with what an act that takes no key leaves."""
    content = _bytes(done.body)
    return _answer(done.status_code, content, etag_of(content, done.version), done.location)


def _bytes(body: ResponseModel | None) -> bytes:
    return body.model_dump_json().encode() if body else b""


def _answer(status_code: int, content: bytes, etag: str | None, location: str | None) -> Response:
    headers = {"Cache-Control": "no-store", "ETag": etag, "Location": location}
    sent = {name: value for name, value in headers.items() if value}
    return Response(content, status_code, sent, media_type="application/json" if content else None)


def _guarded(key: str | None) -> str | None:
    """Refuse a key that names a person: it is kept."""
    return key and guard_reference(key)


@refuses(RequestInFlight, PersonalDataFound, UnsupportedMediaType, IdempotencyKeyReused, ServiceUnavailable)
async def create(
    request: Request,
    now: Now,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=255,
            pattern=r"^[\x21-\x7e]+$",
            description="Send a new one with each act, and the same one when you repeat it: it is done once.",
            examples=["catp-2026-0001"],
        ),
        AfterValidator(_guarded),
    ] = None,
) -> Write:
    """Prepare a write of something new: its key, and what was sent with it."""
    body = await request.body()
    if body or getattr(request.scope["route"], "body_field", None):
        check_media_type(request, JSON)
    asked = f"{request.method} {request.url.path}?{request.url.query}\n{request.headers.get('if-match', '')}\n"
    fingerprint = hashlib.sha256(asked.encode() + body).digest()
    return Write(request, now, idempotency_key, fingerprint)


@refuses(StaleVersion)
async def change(
    write: Annotated[Write, Depends(create)],
    if_match: Annotated[
        str | None,
        Header(
            max_length=200,
            description="The ETag of the version you saw: the write is refused when there is a newer one.",
            examples=['"3-1f0c2b6e7d1f4c55"'],
        ),
    ] = None,
) -> Write:
    """Prepare a write to something that exists, in the version that the caller expects."""
    write.expected = expected_version(if_match)
    return write


Creating = Annotated[Write, Depends(create)]
Writing = Annotated[Write, Depends(change)]
