"""Whoever sends or reads slowly, or says nothing at all, keeps nobody else out, and is let go.

DONDOC_SLOW says how many clients of each kind there are; `python -m bench.slow` measures what they cost the others.
"""

import os
import select
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.files import pdf
from tests.given import PLAN
from tests.process.running import Running, running
from tests.process.uploading import announce, caller, owned_by, upload

pytestmark = pytest.mark.load

MANY = int(os.environ.get("DONDOC_SLOW", "40"))
"""More than are worked on at once."""
LARGE = 8 * 1024 * 1024
WATCHDOG = 120


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("slow")) as serving:
        yield serving


@pytest.fixture(scope="module")
def obligation(service: Running) -> str:
    (owned,) = owned_by(service, "cong-an", 1)
    return owned


class Wire(ExitStack):
    """Connections by hand; what their kernel keeps of an answer is little."""

    def __init__(self, service: Running) -> None:
        super().__init__()
        self._service = service

    def open(self, *sent: bytes) -> socket.socket:
        """Open a connection and send some bytes."""
        made = self.enter_context(socket.socket())
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        made.settimeout(WATCHDOG)
        made.connect(("127.0.0.1", self._service.port))
        for piece in sent:
            made.sendall(piece)
        return made

    def head(self, method: str, path: str, name: str, *headers: str) -> bytes:
        """Spell the head of a request of a demo client."""
        token = f"Authorization: Bearer {self._service.token(name)}"
        return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: x", token, *headers, "", ""]).encode()


@pytest.fixture
def wire(service: Running) -> Iterator[Wire]:
    with Wire(service) as made:
        yield made


def everybody_else_is_served(service: Running) -> None:
    assert len(service.get("coordinator", "/v1/plans")["items"]) == 1
    assert service.get("integrator", "/v1/obligations", limit=1)["items"]


def ended(connection: socket.socket) -> bytes:
    """Read a connection to its end, however it ends."""
    read = b""
    try:
        while piece := connection.recv(65536):
            read += piece
    except ConnectionError:
        pass
    return read


def test_readers_that_read_nothing_keep_nobody_out_and_are_cut(service: Running, obligation: str, wire: Wire) -> None:
    with caller(service, "cong-an") as police:
        file = upload(police, obligation, size=LARGE, key="large")
    service.token("coordinator")

    silent = [wire.open(wire.head("GET", f"/v1/evidence/{file}/content", "cong-an")) for _ in range(MANY)]
    everybody_else_is_served(service)

    with ThreadPoolExecutor(MANY) as pool:
        answers = [connection.recv(12) for connection in silent]
        everybody_else_is_served(service)
        # They are cut while they read nothing: what is left in the kernels is less than the file.
        read = list(pool.map(lambda one: len(_after_a_while(one)), silent))
    assert set(answers) == {b"HTTP/1.1 200", b"HTTP/1.1 429"}
    assert answers.count(b"HTTP/1.1 200") == 8
    assert max(read) < LARGE


def _after_a_while(connection: socket.socket) -> bytes:
    """Read on once the other side has given up: until then, nothing."""
    poll = select.poll()
    poll.register(connection, select.POLLERR | select.POLLHUP | select.POLLRDHUP)
    poll.poll(WATCHDOG * 1000)
    return ended(connection)


def test_senders_that_send_slowly_keep_nobody_out(service: Running, obligation: str, wire: Wire) -> None:
    content = pdf("slow", size=1024 * 1024)
    with caller(service, "cong-an") as police:
        files = [announce(police, obligation, content, key=f"slow-{n}").json()["id"] for n in range(MANY)]

    for file in files:
        head = wire.head("PUT", f"/v1/evidence/{file}/content", "cong-an", f"Content-Length: {len(content)}")
        wire.open(head, content[:1000])

    everybody_else_is_served(service)


def test_forms_that_come_slowly_keep_nobody_out(service: Running, wire: Wire) -> None:
    owners = ("cong-an", "so-y-te", "so-gddt", "so-ldtbxh", "so-tu-phap")
    kind, length = "Content-Type: text/csv", "Content-Length: 2000000"
    for name in owners:
        for _ in range(MANY // len(owners)):
            wire.open(wire.head("POST", f"/v1/plans/{PLAN}/imports", name, kind, length), b"cycle,duty,owner\n")

    everybody_else_is_served(service)


def test_whoever_does_not_read_what_became_of_a_form_keeps_nobody_out(tmp_path: Path) -> None:
    lines = "cycle,duty,owner,state,summary\n" + "2026,3.4,cong-an,finished,Đã xong.\n" * 40_000
    with running(tmp_path, DONDOC_MAX_WORKING="1") as service, Wire(service) as wire:
        for name in ("coordinator", "integrator"):
            service.token(name)
        content = lines.encode()
        length, kind = f"Content-Length: {len(content)}", "Content-Type: text/csv"
        silent = wire.open(
            wire.head("POST", f"/v1/plans/{PLAN}/imports?dry_run=true", "cong-an", kind, length), content
        )

        assert silent.recv(12) == b"HTTP/1.1 207"
        everybody_else_is_served(service)


def test_who_says_nothing_or_half_of_something_is_let_go(service: Running, wire: Wire) -> None:
    kinds = {
        "nothing": (),
        "half a head": (b"GET /v1/plans HTTP/1.1\r\nHost: x\r\n",),
        "a request, and half of another": (wire.head("GET", "/healthz", "cong-an"), b"GET /v1/pl"),
        "a request, and nothing more": (wire.head("GET", "/healthz", "cong-an"),),
    }

    connections = {kind: wire.open(*sent) for kind, sent in kinds.items()}

    with ThreadPoolExecutor(len(kinds)) as pool:
        answers = dict(zip(connections, pool.map(ended, connections.values()), strict=True))
    assert answers["nothing"] == answers["half a head"] == b""
    assert answers["a request, and nothing more"].count(b"HTTP/1.1 200") == 1
    everybody_else_is_served(service)


def test_a_body_that_nobody_reads_ends_its_connection(service: Running, wire: Wire) -> None:
    head = b"PUT /v1/evidence/none/content HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"

    answer = ended(wire.open(head, b"x"))

    assert answer.startswith(b"HTTP/1.1 401")
    assert answer.lower().partition(b"\r\n\r\n")[0].count(b"\r\nconnection: close") == 1
    everybody_else_is_served(service)


def test_after_a_body_of_two_lengths_nothing_more_is_answered(service: Running, wire: Wire) -> None:
    two = b"POST /v1/updates HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    smuggled = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"

    answer = ended(wire.open(two + smuggled))

    assert answer.count(b"HTTP/1.1 400") == 1
    assert b"HTTP/1.1 200" not in answer
    everybody_else_is_served(service)
