"""A receiver of webhooks on this machine, which does what a test wants it to, and a deliverer that finds it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from app.domain.webhooks import Targets
from app.jobs.http_client import Outgoing
from app.jobs.webhooks import Deliverer
from tests.given import Caller, Service, trusted

HOST = "hooks.test"
Reply = Callable[[asyncio.StreamWriter], Awaitable[None]]


def status(code: int, *headers: str) -> Reply:
    """Answer with a status and nothing else."""

    async def reply(writer: asyncio.StreamWriter) -> None:
        head = [f"HTTP/1.1 {code} .", "Content-Length: 0", "Connection: close", *headers]
        writer.write("\r\n".join([*head, "", ""]).encode())

    return reply


async def nothing(writer: asyncio.StreamWriter) -> None:
    """Hang up without an answer."""


@dataclass
class Received:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What has come, and how it is answered: each request by the next reply, the last one for ever."""

    port: int = 0
    replies: list[Reply] = field(default_factory=lambda: [status(204)])
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    server_names: list[str | None] = field(default_factory=list)
    _server: asyncio.Server | None = None

    @property
    def origin(self) -> str:
        """Where it listens, by name."""
        return f"http://{HOST}:{self.port}"

    @property
    def ids(self) -> list[str]:
        """The ids of the events that came, as often as they came."""
        return [one.headers["webhook-id"] for one in self.received]

    async def up(self, context: ssl.SSLContext | None = None) -> None:
        """Listen, on the same port as before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def down(self) -> None:
        """Listen no more."""
        if self._server:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._read(reader)
            reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
            await reply(writer)
            await writer.drain()
        writer.close()
        with suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        sent = {name: line.split(": ", 1)[1] for line in head[1:] if line and (name := line.split(":")[0].lower())}
        if "content-length" not in headers:
            # No delivery: a test of processes asks whether the service is up that it once wanted on this port.
            raise ConnectionResetError
        body = await reader.readexactly(int(headers["content-length"]))
        self.received.append(Received(head[0].split()[1], sent, body))


@asynccontextmanager
async def receiving(*replies: Reply) -> AsyncIterator[Receiver]:
    """Listen while the block runs."""
    receiver = Receiver()
    receiver.replies = [*replies] or receiver.replies
    await receiver.up()
    yield receiver
    await receiver.down()


def leading_to(*addresses: str) -> Callable[[str, int], Awaitable[Sequence[str]]]:
    """Resolve every name to the same addresses."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        return addresses

    return resolve


def deliverer(service: Service, targets: str, *, resolve: Any = None, **options: Any) -> Deliverer:
    """Deliver to the targets, which the service takes as well; names lead to this machine unless a test says else."""
    state = service.app.state
    state.settings = state.settings.model_copy(update={"webhook_targets": targets})
    allowed = Targets.read(targets)
    usual: dict[str, Any] = {"resolve": resolve or leading_to("127.0.0.1"), "context": trusted()}
    outgoing = Outgoing(allowed.may_connect, **usual | options)
    return Deliverer(state.database, allowed, state.secret_box, state.clock, outgoing=outgoing, chance=lambda: 0.5)


def to(*receivers: Receiver) -> str:
    """Allow some receivers on this machine."""
    return " ".join(["127.0.0.1/32", *(one.origin for one in receivers)])


async def subscribe(who: Caller, url: str, **fields: Any) -> dict[str, Any]:
    """Add a webhook, from the next event on, and return it with its secret."""
    await who.service.jobs.number()
    response = await who.post("/v1/webhooks", {"url": url, **fields})
    assert response.status_code == 201, response.text
    added: dict[str, Any] = response.json()
    return {**added["webhook"], "secret": added["secret"]}


async def log_of(who: Caller, webhook: str, **params: Any) -> list[dict[str, Any]]:
    """Read the deliveries of a webhook, the first one first."""
    response = await who.get(f"/v1/webhooks/{webhook}/deliveries", **params)
    assert response.status_code == 200, response.text
    items: list[dict[str, Any]] = response.json()["items"]
    return items[::-1]
