"""What a write is: one transaction that holds the act, its answer and its idempotency key, committed before we answer.

The key's row is written last, with the answer, and its primary key decides: of two requests with one key that run
together, the second waits for nothing and is told that the first is in flight.
"""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Concatenate, ParamSpec, TypeVar

from asyncpg import PostgresError
from fastapi import Depends, Header, Request, Response
from pydantic import AfterValidator
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import idempotency
from app.database.engine import Identity
from app.database.failures import is_retryable
from app.database.statements import Row
from app.domain.access import Caller
from app.domain.errors import (
    IdempotencyKeyReused,
    PersonalDataFound,
    RequestInFlight,
    ServiceUnavailable,
    StaleVersion,
    UnsupportedMediaType,
)
from app.schemas.base import ResponseModel, guard_reference
from app.web.auth.access import caller_of
from app.web.clock import Now
from app.web.etags import etag_of, expected_version
from app.web.json_body import JSON, check_media_type
from app.web.positions import position_told
from app.web.problems.handlers import refuses

TRIES = 3
Given = ParamSpec("Given")
Command = Callable[Concatenate[AsyncConnection, Given], Awaitable[ResponseModel | None]]
"""Takes a connection and what it is given; returns what the caller is shown, if anything."""


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
    """Runs the command of one request: `await write.run(command, …)` calls it with a connection and what follows it."""

    def __init__(self, request: Request, now: datetime, key: str | None, fingerprint: bytes) -> None:
        self._request, self._key, self._fingerprint = request, key, fingerprint
        self._location: str | None = None
        self._status: int | None = None
        self.now = now
        self.expected: int | None = None

    def at(self, location: str) -> "Write":
        """Say where the answer can be read again; names in braces stand for parts of the address and of the answer."""
        self._location = location
        return self

    def trying(self, dry_run: bool, *, status: int | None = None) -> "Write":
        """Forget the key where nothing is recorded: a trial has no effect that could be repeated, and no place."""
        if dry_run:
            self._key, self._location, self._status = None, None, status
        return self

    async def run(self, command: Command[Given], *args: Given.args, **named: Given.kwargs) -> Response:
        """Run a command once: commit, then answer."""
        caller = await caller_of(self._request)
        answer = await repeated(lambda: self._attempt(caller, lambda connection: command(connection, *args, **named)))
        answer.headers.update(await position_told(self._request))
        return answer

    async def _attempt(self, caller: Caller, act: Command[[]]) -> Response:
        async with self._request.app.state.database.writing(Identity.of(caller)) as connection:
            if self._key and (earlier := await self._recalled(connection, caller, self._key)):
                return earlier
            content = await act(connection)
            row = self._row(content and content.repeatable())
            if self._key:
                await idempotency.keep(connection, caller, self._key, self._fingerprint, row)
        return _answer({**row, "body": _bytes(content)})

    async def _recalled(self, connection: AsyncConnection, caller: Caller, key: str) -> Response | None:
        row = await idempotency.recall(connection, caller, key, self._fingerprint, now=self.now)
        if row is None:
            return None
        response = _answer(row)
        response.headers["Idempotent-Replayed"] = "true"
        return response

    def _row(self, content: ResponseModel | None) -> Row:
        location = self._location and self._location.format(**self._request.path_params | dict(content or ()))
        return {
            **_tagged(content),
            "status_code": self._status or self._request.scope["route"].status_code or 200,
            "location": location,
        }


def answered(content: ResponseModel) -> Response:
    """Answer with what a command that takes no key returns."""
    return _answer({**_tagged(content), "status_code": 200, "location": None})


def _tagged(content: ResponseModel | None) -> Row:
    body = _bytes(content)
    return {"body": body, "etag": etag_of(body, _version(content)) if content else None}


def _version(content: ResponseModel) -> int | None:
    """Return the version of what was written to: the answer is it, or shows it beside what was done."""
    shown = (content, *(part for _, part in content if isinstance(part, ResponseModel)))
    return next((part.version for part in shown if hasattr(part, "version")), None)


def _bytes(content: ResponseModel | None) -> bytes:
    return content.model_dump_json().encode() if content else b""


def _answer(row: Row) -> Response:
    headers = {"Cache-Control": "no-store", "ETag": row["etag"], "Location": row["location"]}
    sent = {name: value for name, value in headers.items() if value}
    return Response(row["body"], row["status_code"], sent, media_type="application/json" if row["body"] else None)


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
