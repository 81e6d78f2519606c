"""HTTP/1.1 on the wire: what is no HTTP gets a problem, too; uvicorn alone would answer it in plain text.

Nobody keeps a connection for nothing: a head comes within seconds, an answer is read at a least rate, and a connection
in which the next request cannot be told for certain (a body that nobody read, or of two lengths) ends with its answer.
"""

from asyncio import TimerHandle, Transport
from typing import Any
from uuid import uuid4

import h11
from fastapi import Request
from uvicorn.protocols.http.h11_impl import H11Protocol

from app.domain.errors import UnreadableRequest
from app.logs import log
from app.web.middleware.headers import MAX_HEAD_BYTES, has_two_lengths
from app.web.problems.handlers import answer_to

HEAD_SECONDS = 10
"""How long the head of a request may take, from its first byte, or from when the connection was made."""
UNREAD_BYTES, READ_BYTES, READ_SECONDS = 128 * 1024, 100 * 1024, 10
"""So much of an answer may wait to be read; then so much is read within so many seconds, or the connection is cut."""
LINGER_SECONDS = 2
"""How long what still comes is thrown away after an answer that ends its connection, so that the answer arrives."""


class _Told(h11.Connection):
    """Says in the head of an answer that nothing follows it, when its request is not wholly read (RFC 9112, 9.6).

    It is said on the wire alone: uvicorn closes at once what h11 knows will close, and that would take the answer back.
    """

    # h11 says of each kind of event what it gives; here all are one.
    def send(self, event: h11.Event) -> bytes | None:  # type: ignore[override]
        """Give the bytes of an event."""
        sent = super().send(event)
        if sent and type(event) is h11.Response and self.their_state is h11.SEND_BODY:
            return sent.removesuffix(b"\r\n") + b"connection: close\r\n\r\n"
        return sent


class Wire(H11Protocol):
    """One connection."""

    _awaiting_head: TimerHandle | None = None
    _awaiting_reader: TimerHandle | None = None
    _leaving = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conn = _Told(h11.SERVER, MAX_HEAD_BYTES)

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=UNREAD_BYTES, low=UNREAD_BYTES - READ_BYTES)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        for waiting in (self._awaiting_head, self._awaiting_reader):
            if waiting:
                waiting.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes in, unless the connection only waits for its last answer to arrive."""
        if not self._leaving:
            super().data_received(data)
            self._await_head()

    def on_response_complete(self) -> None:
        """Go on to the next request, where it is certain where it begins."""
        unread = self.conn.their_state is h11.SEND_BODY
        if not self.transport.is_closing() and (unread or has_two_lengths(self.scope["headers"])):
            self._leave()
        else:
            super().on_response_complete()

    def pause_writing(self) -> None:
        """Give the reader a while to read on."""
        super().pause_writing()
        self._awaiting_reader = self.loop.call_later(READ_SECONDS, self._cut, "answer not read")

    def resume_writing(self) -> None:
        """Go on writing to who has read on."""
        if self._awaiting_reader:
            self._awaiting_reader.cancel()
        super().resume_writing()

    def _await_head(self) -> None:
        """Give a head that has not come whole a while, counted from its beginning."""
        if self.conn.their_state is not h11.IDLE:
            if self._awaiting_head:
                self._awaiting_head.cancel()
                self._awaiting_head = None
        elif self._awaiting_head is None:
            self._awaiting_head = self.loop.call_later(HEAD_SECONDS, self._cut, "no head")

    def _cut(self, why: str) -> None:
        log.info("connection cut", why=why)
        self.transport.abort()

    def _leave(self) -> None:
        """Say that nothing follows, and throw away what still comes: closing at once would take the answer back."""
        self.server_state.total_requests += 1
        self._leaving = True
        self._unset_keepalive_if_required()
        self.transport.write_eof()
        self.flow.resume_reading()
        self.loop.call_later(LINGER_SECONDS, self.transport.abort)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  What uvicorn would say.
        """Answer bytes that are no request, unless an answer has begun, and close the connection."""
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            self._send(*_answer())
        self.transport.close()

    def _send(self, *events: h11.Event) -> None:
        for event in events:
            self.transport.write(self.conn.send(event) or b"")


def _answer() -> tuple[h11.Response, h11.Data, h11.EndOfMessage]:
    request_id = uuid4().hex
    scope: dict[str, Any] = {"type": "http", "headers": [], "request_id": request_id}
    answer = answer_to(Request(scope), UnreadableRequest("This is no HTTP/1.1, or its head is too long."))
    log.info("request", method=None, route=None, status=400, refusal=scope["refusal"], request_id=request_id)
    added = [(b"x-request-id", request_id.encode()), (b"connection", b"close")]
    head = h11.Response(status_code=answer.status_code, headers=[*answer.raw_headers, *added])
    return head, h11.Data(data=bytes(answer.body)), h11.EndOfMessage()
