"""HTTP/1.1 on the wire: what is no HTTP gets a problem, too; uvicorn alone would answer it in plain text."""

from typing import Any
from uuid import uuid4

import h11
from fastapi import Request
from uvicorn.protocols.http.h11_impl import H11Protocol

from app.domain.errors import UnreadableRequest
from app.logs import log
from app.web.problems.handlers import answer_to


class Wire(H11Protocol):
    """One connection."""

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
