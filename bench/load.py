"""The load generator: a few kept connections, each with one request in flight, as fast as the answers come.

It runs as a process of its own, so that it competes with the service for the machine as a client would, and not for
the service's interpreter.  HTTP/1.1 is spoken by hand: a client library would cost more than what is measured.  How
busy it was is told with what it measured: a generator that has no time to spare measures itself.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import count, cycle
from typing import cast
from uuid import uuid4

KEY = b"{key}"
"""Where a request is given a key of its own each time that it is sent."""


@dataclass(frozen=True)
class Order:
    """What to send, how long, over how many connections; each text of `requests` is one whole HTTP request, as Latin-1.

    With `once` each request is sent once at most, and the time may be over early.
    """

    port: int
    requests: list[str]
    connections: int = 16
    seconds: float = 10.0
    once: bool = False


@dataclass
class Taken:
    """What it took: seconds from the first byte sent to the last byte received, a request; and how it was answered."""

    seconds: float
    latencies: list[float] = field(repr=False)
    statuses: dict[str, int] = field(default_factory=dict)
    size: int = 0
    busy: float = 0
    """The share of the time in which the generator was at work."""


def request(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> str:
    """Spell a request."""
    sent = {"Host": "127.0.0.1", **headers, **({"Content-Length": str(len(body))} if body else {})}
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n{body.decode('latin-1')}"


class Connection(asyncio.Protocol):
    """Sends one request after the other until the time is up, and one at least: connecting may take all of it."""

    def __init__(self, texts: Iterator[bytes], until: float, taken: Taken, statuses: "Counter[str]") -> None:
        self._texts, self._until, self._taken, self._statuses = texts, until, taken, statuses
        self._received, self._wanted, self._began = bytearray(), 0, 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        self._send_next()

    def data_received(self, data: bytes) -> None:
        """Take a part of an answer in."""
        self._received += data
        if not self._wanted:
            self._read_head()
        if self._wanted and len(self._received) >= self._wanted:
            self._finish()

    def connection_lost(self, error: Exception | None) -> None:
        """Tell that no more will come."""
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("the service closed the connection"))

    def _send_next(self) -> None:
        text = next(self._texts, None)
        if text is None or (self._began and time.perf_counter() >= self._until):
            self.done.set_result(None)
            self._transport.close()
            return
        self._received.clear()
        self._wanted, self._began = 0, time.perf_counter()
        self._transport.write(text)

    def _read_head(self) -> None:
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._received[:end]).lower()
        length = head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
        self._wanted = end + 4 + int(length or 0)

    def _finish(self) -> None:
        self._taken.latencies.append(time.perf_counter() - self._began)
        self._statuses[self._received[9:12].decode()] += 1
        self._taken.size = len(self._received)
        self._send_next()


def _texts(order: Order) -> Iterator[bytes]:
    """Yield the requests in turn, for ever or once; each key is new."""
    run, numbers = uuid4().hex, count()
    texts = [text.encode("latin-1") for text in order.requests]
    for text in texts if order.once else cycle(texts):
        yield text.replace(KEY, b"%s-%d" % (run.encode(), next(numbers))) if KEY in text else text


async def run(order: Order) -> Taken:
    """Load a service."""
    began, worked = time.perf_counter(), time.process_time()
    taken, statuses, texts = Taken(0, []), Counter[str](), _texts(order)
    loop, make = asyncio.get_running_loop(), _maker(texts, began + order.seconds, taken, statuses)
    opened = [await loop.create_connection(make, "127.0.0.1", order.port) for _ in range(order.connections)]
    await asyncio.gather(*(connection.done for _, connection in opened))
    taken.seconds, taken.statuses = time.perf_counter() - began, dict(statuses)
    taken.busy = (time.process_time() - worked) / taken.seconds
    return taken


def _maker(*arguments: object) -> Callable[[], Connection]:
    return lambda: Connection(*arguments)  # type: ignore[arg-type]


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(run(Order(**json.load(sys.stdin)))))))
