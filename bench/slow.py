"""`python -m bench.slow 300`: what so many slow senders, slow readers and silent connections cost everybody else.

They belong to three clients.  Printed are the p99 of others' requests while they are there beside that of calm, how
many of them the service has let go by the end, and the memory of the process before and after.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import httpx

from bench.processes import Server
from tests.files import pdf
from tests.process.running import Running, running
from tests.process.uploading import announce, caller, owned_by, upload

FILE_BYTES = 8 * 1024 * 1024
SENT_BYTES, SENT_EVERY_SECONDS = 1_100, 0.1
LASTING_SECONDS = 30
Connecting = Callable[[], Awaitable[None]]


async def _opened(service: Running, head: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port, limit=1024)
    writer.write(head)
    await writer.drain()
    return reader, writer


async def _send_slowly(service: Running, head: bytes) -> None:
    reader, writer = await _opened(service, head)
    with suppress(ConnectionError):
        while not reader.at_eof():
            writer.write(b"x" * SENT_BYTES)
            await writer.drain()
            await asyncio.sleep(SENT_EVERY_SECONDS)


async def _read_slowly(service: Running, head: bytes) -> None:
    reader, _ = await _opened(service, head)
    with suppress(ConnectionError):
        while await reader.read(1024):  # noqa: ASYNC110  It is what a slow reader does.
            await asyncio.sleep(1)


async def _say_nothing(service: Running) -> None:
    reader, _ = await _opened(service, b"")
    with suppress(ConnectionError):
        await reader.read()


async def _p99(service: Running, token: str, seconds: float) -> float:
    """Ask as somebody else does, one request after another, and return the p99 in milliseconds."""
    took = []
    async with httpx.AsyncClient(base_url=service.base, headers={"Authorization": f"Bearer {token}"}) as http:
        until = time.perf_counter() + seconds
        while (began := time.perf_counter()) < until:
            (await http.get("/v1/obligations?limit=20&sort=duty")).raise_for_status()
            took.append(time.perf_counter() - began)
    return statistics.quantiles(took, n=100)[98] * 1000


async def _measure(service: Running, number: int, file: str, announced: list[str]) -> None:
    def head(method: str, path: str, name: str, *more: str) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {service.token(name)}", *more, "", ""]
        return "\r\n".join(lines).encode()

    token, server = service.token("coordinator"), Server(service.port, service.process.pid if service.process else 0)
    calm, before = await _p99(service, token, LASTING_SECONDS / 2), server.bytes
    slow = [
        *(_say_nothing(service) for _ in range(number)),
        *(_read_slowly(service, head("GET", f"/v1/evidence/{file}/content", "cong-an")) for _ in range(number)),
        *(
            _send_slowly(
                service, head("PUT", f"/v1/evidence/{one}/content", "cong-an", f"Content-Length: {FILE_BYTES}")
            )
            for one in announced
        ),
    ]
    tasks = [asyncio.create_task(one) for one in slow]
    await asyncio.sleep(1)
    beside = await _p99(service, token, LASTING_SECONDS)
    let_go, after = sum(task.done() for task in tasks), server.bytes
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    print(f"p99 of others: calm {calm:.1f} ms, beside {len(slow)} slow ones {beside:.1f} ms, ratio {beside / calm:.2f}")
    print(f"let go after {LASTING_SECONDS} s: {let_go} of {len(slow)}")
    print(f"memory: {before / 2**20:.0f} -> {after / 2**20:.0f} MiB")


def main(number: int) -> None:
    """Measure with a number of each kind."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as service:
        (obligation,) = owned_by(service, "cong-an", 1)
        with caller(service, "cong-an") as police:
            file = upload(police, obligation, size=FILE_BYTES, key="large")
            content = pdf("slow", size=FILE_BYTES)
            announced = [
                announce(police, obligation, content, key=f"{n}").json().get("id", "none") for n in range(number)
            ]
        asyncio.run(_measure(service, number, file, announced))


if __name__ == "__main__":
    main(int(sys.argv[1]))
