"""Hostile bytes on a real socket: what is no HTTP gets a problem as well, and the next caller is served."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from app.server.serve import Server, bound, listening
from tests.api.asking import problem_of, rows_of
from tests.api.hostile import MARKER, refused
from tests.given import TRAINING, Service

WAY = f"/v1/obligations/{TRAINING}/updates".encode()
MARK = MARKER.encode()
HEAD = b"Host: service\r\nConnection: close\r\n"
POST = b"POST " + WAY + b" HTTP/1.1\r\n" + HEAD + b"Content-Type: application/json\r\n"
NO_HTTP: dict[str, bytes] = {
    "a TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n" + MARK,
    "no version": b"GET /" + MARK + b"\r\n\r\n",
    "no host": b"GET /" + MARK + b" HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: " + MARK + b"\r\n\r\n",
    "a raw byte in the address": b"GET /\xff" + MARK + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
    "a NUL in a header": b"GET / HTTP/1.1\r\n" + HEAD + b"X-A: \0" + MARK + b"\r\n\r\n",
    "a blank before the colon": b"GET / HTTP/1.1\r\n" + HEAD + b"X-A : " + MARK + b"\r\n\r\n",
    "very many headers": b"GET / HTTP/1.1\r\n" + HEAD + b"X-" + MARK + b": 1\r\n" * 5_000 + b"\r\n",
    "a negative length": POST + b"Content-Length: -1\r\n\r\n",
    "no length": POST + b"Content-Length: " + MARK + b"\r\n\r\n",
    "two lengths": POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n" + MARK,
    "a length of many digits": POST + b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\n",
    "an unknown coding": POST + b"Transfer-Encoding: " + MARK + b"\r\n\r\n",
    "a broken chunk": POST + b"Transfer-Encoding: chunked\r\n\r\n" + MARK + b"\r\n",
}
ODD: dict[str, bytes] = {
    "NUL in the address": b"GET /v1/plans/%00" + MARK + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
    "no UTF-8 in the address": b"GET /v1/plans/%ff%fe" + MARK + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
    "a way up": b"GET /docs/static/../../" + MARK + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
    "a hidden way up": b"GET /docs/static/%2e%2e/%2e%2e/" + MARK + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
    "an absolute address": b"GET http://" + MARK + b"/v1/plans HTTP/1.1\r\n" + HEAD + b"\r\n",
    "everything": b"OPTIONS * HTTP/1.1\r\n" + HEAD + b"\r\n",
    "a tunnel": b"CONNECT " + MARK + b":443 HTTP/1.1\r\n" + HEAD + b"\r\n",
    "a method of one's own": MARK.upper() + b" /v1/plans HTTP/1.1\r\n" + HEAD + b"\r\n",
    "another protocol": b"GET /v1/plans HTTP/1.1\r\n" + HEAD + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a huge header": b"GET / HTTP/1.1\r\n" + HEAD + b"X-A: " + MARK * 5_000 + b"\r\n\r\n",
    "a huge address": b"GET /" + MARK * 5_000 + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
    "a length beside chunks": POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "more than is taken": POST + b"Content-Length: 9999999999\r\n\r\n" + MARK,
    "a chunk that is more than is taken": POST + b"Transfer-Encoding: chunked\r\n\r\n200000\r\n" + b" " * 0x200000,
}


@pytest.fixture(scope="module")
async def port(lived_in: Service) -> AsyncIterator[int]:
    """Serve the lived-in plan on a socket, as `dondoc serve` does."""
    ready = asyncio.Event()
    server = Server(listening(lived_in.app), lived_in.app.state, ready.set)
    with bound("127.0.0.1", 0) as shared:
        serving = asyncio.create_task(server.serve(sockets=[shared]))
        await ready.wait()
        yield shared.getsockname()[1]
        server.should_exit = True
        await serving


async def answer_to(port: int, sent: bytes) -> httpx.Response:
    """Send bytes and return the answer, after which the connection must be closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    status_line, *lines = head.split("\r\n")[:-2]
    headers = httpx.Headers([(name, value) for name, _, value in (line.partition(": ") for line in lines)])
    body = await reader.readexactly(int(headers["content-length"]))
    writer.close()
    return httpx.Response(int(status_line.split(" ")[1]), headers=headers, content=body)


@pytest.mark.parametrize("sent", NO_HTTP.values(), ids=NO_HTTP)
async def test_what_is_no_http_is_a_problem(port: int, lived_in: Service, sent: bytes) -> None:
    response = await answer_to(port, sent)

    problem_of(response, 400, "unreadable-request")
    refused(response)
    assert response.headers["connection"] == "close"


@pytest.mark.parametrize("sent", ODD.values(), ids=ODD)
async def test_a_request_that_is_only_odd_is_refused(port: int, lived_in: Service, sent: bytes) -> None:
    refused(await answer_to(port, sent))


async def test_a_body_that_ends_early_writes_nothing(port: int, lived_in: Service) -> None:
    before = await rows_of(lived_in)
    token = f"Authorization: Bearer {lived_in.police.token()}\r\n".encode()
    body = '{"state": "in_progress", "summary": "Đang triển khai."}'.encode()

    for length in (len(body) + 1, len(body) + 1_000_000):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(POST + token + f"Content-Length: {length}\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()

    alive = await answer_to(port, b"GET /healthz HTTP/1.1\r\n" + HEAD + b"\r\n")
    assert alive.status_code == 200
    assert await rows_of(lived_in) == before
