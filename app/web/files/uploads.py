"""What an upload is: bytes that stream into a part, held against a cap, a rate and a digest, and nothing of them kept
in memory; then one transaction that records what the store has made durable.

No transaction is open while bytes come in, since a slow sender would hold a connection to the database.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from datetime import datetime
from typing import Annotated, Concatenate, ParamSpec, Protocol, TypeVar

from fastapi import Depends, Header, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import ClientDisconnect

from app.commands.contents import Received
from app.database.engine import Identity
from app.domain.access import Caller
from app.domain.errors import (
    ContentDiffers,
    ContentTooLarge,
    Fault,
    Refusal,
    UnreadableRequest,
    UnsupportedMediaType,
    UploadTooSlow,
)
from app.domain.files import Limits, MediaType
from app.inspection.clamav import Scanner
from app.inspection.process import inspect
from app.models.base import new_id
from app.schemas.base import ResponseModel
from app.stores import Part, Parts, Store
from app.stores.base import name_of
from app.web.files.digests import sha256_of
from app.web.files.transfers import Transferring
from app.web.middleware.admission import Slot
from app.web.positions import position_told
from app.web.write import answered, repeated

BUFFER_BYTES = 512 * 1024
NO_BODY_LIMIT = 2**62
"""For the framework, whose own limit is for JSON: an upload has limits of its own."""
Found = TypeVar("Found")
Given = ParamSpec("Given")
Recording = Callable[..., Awaitable[ResponseModel]]
"""A command that is given a connection, a caller, what was awaited, what was received, and limits."""
Question = Callable[Concatenate[AsyncConnection, Caller, Given], Awaitable[Found]]


class Expected(Protocol):
    """What is known of a file before its bytes come: the digest of those that are here already."""

    @property
    def kept(self) -> str | None: ...


class Upload:
    """Receives the bytes of one request."""

    def __init__(self, request: Request, slot: Slot, sha256: str | None) -> None:
        state = request.app.state
        self._request, self._slot, self._sha256 = request, slot, sha256
        self._parts: Parts = state.parts
        self._store: Store = state.store
        self._scanner: Scanner | None = state.scanner
        self.limits: Limits = state.settings.limits

    async def look(
        self, question: Question[Given, Found], caller: Caller, *args: Given.args, **named: Given.kwargs
    ) -> Found:
        """Ask the database something for the caller before the bytes come."""
        async with self._request.app.state.database.reading(Identity.of(caller)) as connection:
            return await question(connection, caller, *args, **named)

    @asynccontextmanager
    async def receive(self, media_type: MediaType, size: int) -> AsyncIterator[Part]:
        """Receive the whole body into a part, on the disk when this begins, and gone when it ends unless it was kept.

        Raises:
            UnsupportedMediaType: it says that it is something else.
            ContentTooLarge, ContentDiffers: it is longer than allowed, or not what was announced.
            UploadTooSlow: it comes too slowly, or not to its end.
        """
        self._refuse_by_headers(media_type, size)
        async with self._arrived(size) as part:
            if self._sha256 not in {None, part.sha256}:
                raise ContentDiffers(None, Fault("header: repr-digest", "is not the digest of the bytes that came"))
            yield part

    @asynccontextmanager
    async def spool(self) -> AsyncIterator[Part]:
        """Receive the whole body, of which nothing was announced, into a part that is gone when this ends.

        Raises:
            ContentTooLarge: it is longer than allowed.
            UploadTooSlow: it comes too slowly, or not to its end.
        """
        self._refuse_parts_of_files()
        async with self._arrived(self.limits.file) as part:
            yield part

    @asynccontextmanager
    async def _arrived(self, size: int) -> AsyncIterator[Part]:
        """Wait for the whole body without a place at work, whatever it is the body of."""
        part = await asyncio.to_thread(self._parts.begin)
        try:
            async with self._slot.left():
                await self._fill(part, size)
            await asyncio.to_thread(part.finish)
            yield part
        finally:
            await asyncio.to_thread(part.discard)

    async def inspect(self, part: Part, media_type: MediaType) -> None:
        """Look the bytes through, and let the virus scanner do so if there is one.

        Raises:
            FileRefused: they are not what they are said to be, or may do harm.
            ServiceUnavailable: there is a scanner, and it says nothing.
        """
        await inspect(part.path, media_type)
        if self._scanner is not None:
            await self._scanner.scan(part.path)

    def media_type(self) -> MediaType:
        """Return what the bytes are said to be, where nothing was announced.

        Raises:
            UnsupportedMediaType: they are said to be nothing that is taken, or are compressed.
        """
        said = self._request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if said not in set(MediaType) or "content-encoding" in self._request.headers:
            raise UnsupportedMediaType
        return MediaType(said)

    async def record(self, command: Recording, caller: Caller, awaited: Expected, part: Part) -> Response:
        """Keep a part, then let a command record that it is kept; bytes that are here already are not kept again.

        The instant of the act is the one at which all of the bytes were here.
        """
        now: datetime = self._request.app.state.clock()
        received = Received(new_id(), part.size, part.sha256)

        async def attempt() -> Response:
            async with self._request.app.state.database.writing(Identity.of(caller)) as connection:
                shown = await command(connection, caller, awaited, received, self.limits, now=now)
            return answered(shown)

        async with nullcontext() if awaited.kept else self._kept(part, name_of(received.content_id, received.sha256)):
            answer = await repeated(attempt)
            answer.headers.update(await position_told(self._request))
            return answer

    @asynccontextmanager
    async def _kept(self, part: Part, name: str) -> AsyncIterator[None]:
        await asyncio.to_thread(self._store.keep, part.path, name)
        try:
            yield
        except Refusal:
            # Only a refusal is certain to have left no row; whatever else failed, tidying up will find out.
            await asyncio.to_thread(self._store.remove, name)
            raise

    def _refuse_by_headers(self, media_type: MediaType, size: int) -> None:
        headers = self._request.headers
        said = headers.get("content-type", media_type).partition(";")[0].strip().lower()
        if said not in {media_type, "application/octet-stream"} or "content-encoding" in headers:
            raise UnsupportedMediaType
        self._refuse_parts_of_files()
        length = headers.get("content-length")
        if length is not None:
            self._refuse_longer(int(length), size)

    def _refuse_parts_of_files(self) -> None:
        if "content-range" in self._request.headers:
            raise UnreadableRequest("A file is sent whole.")

    def _refuse_longer(self, came: int, size: int) -> None:
        if came > self.limits.file:
            raise ContentTooLarge
        if came > size:
            raise ContentDiffers(None, Fault("/size", "is less than the number of bytes that came"))

    async def _fill(self, part: Part, size: int) -> None:
        buffer = bytearray()
        async for chunk in self.chunks():
            buffer += chunk
            self._refuse_longer(part.size + len(buffer), size)
            if len(buffer) >= BUFFER_BYTES:
                await asyncio.to_thread(part.write, bytes(buffer))
                buffer.clear()
        await asyncio.to_thread(part.write, bytes(buffer))

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield what comes, as long as it comes fast enough.

        Raises:
            UploadTooSlow: it does not, or not to its end.
        """
        loop, patience = asyncio.get_running_loop(), self.limits.patience
        began, came = loop.time(), 0
        stream = aiter(self._request.stream())
        while True:
            try:
                async with asyncio.timeout(patience):
                    chunk = await anext(stream)
            except StopAsyncIteration:
                return
            except (TimeoutError, ClientDisconnect):
                raise UploadTooSlow from None
            came += len(chunk)
            waited = loop.time() - began
            if waited > patience and came < self.limits.rate * waited:
                raise UploadTooSlow
            yield chunk


async def upload(
    request: Request,
    slot: Transferring,
    repr_digest: Annotated[
        str | None,
        Header(
            max_length=1000,
            description="RFC 9530: `sha-256=:…:`, checked before anything is kept.",
            examples=["sha-256=:eMdecChxcySi75+oMTTzJm1HT963AdQRHd1bZV3+u6M=:"],
        ),
    ] = None,
) -> Upload:
    """Prepare to receive a file."""
    return Upload(request, slot, sha256_of(repr_digest))


Uploading = Annotated[Upload, Depends(upload)]
