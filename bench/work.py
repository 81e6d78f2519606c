"""The work that is measured: what is sent, to the service and to its limit."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count, cycle
from uuid import UUID

import httpx

from bench.load import request
from bench.processes import Server
from bench.rounds import Task
from bench.world import AT_ONCE, PLAN, Headers, World, read_json
from tests.files import pdf

CYCLE = "2021-06-15"
BULK = AT_ONCE
FILE_BYTES, FILE_CONNECTIONS, FILES_A_SECOND = 2**20, 4, 12
PAST = datetime(2026, 1, 6, tzinfo=UTC)
"""A day between the ten updates that every obligation of the plan has."""
INSTANTS = 20_000
"""More than are asked about in a round."""
SENT = {"state": "in_progress", "percent": 40, "summary": "Đang thực hiện theo kế hoạch."}
_numbers = count()


def get(world: World, name: str, paths: Sequence[str], headers: Headers | None = None, expected: int = 200) -> Task:
    """Read something from the service."""

    def requests(_: float) -> Sequence[str]:
        sent = world.coordinator() | (headers or {})
        return [request("GET", path, sent) for path in paths]

    return Task(name, world.service, world.postgres, requests, expected)


def at_desk(world: World, name: str, path: str) -> Task:
    """Open a page of the desk."""
    return Task(name, world.service, world.postgres, lambda _: [request("GET", path, world.at_desk())], 200)


def ready_made(world: World, limits: Server, name: str, paths: Sequence[str], headers: Headers | None = None) -> Task:
    """Read as many bytes as the service answers from L1, which is sent the same headers."""
    sent = headers or world.coordinator()
    size = len(httpx.get(world.service.base + paths[0], headers=sent).raise_for_status().content)
    asked = [f"{path}{'&' if '?' in path else '?'}size={size}" for path in paths]
    texts = [request("GET", path, sent) for path in asked]
    return Task(name, limits, world.postgres, lambda _: texts, 200)


def plan_path() -> str:
    """The status document of the whole plan."""
    return f"/v1/plans/{PLAN}/status"


def status_path() -> str:
    """The status document of a cycle."""
    return f"{plan_path()}?cycle={CYCLE}"


def unchanged(world: World, name: str) -> Task:
    """Read the status document of a cycle that is known already."""
    known = httpx.get(world.service.base + status_path(), headers=world.coordinator()).raise_for_status()
    return get(world, name, [status_path()], {"If-None-Match": known.headers["etag"]}, expected=304)


def pages(world: World, query: str) -> list[str]:
    """A page of a list for each of many plans."""
    return [f"/v1/obligations?plan={plan}{query}" for plan in world.known.plans]


def anew(world: World, name: str, paths: Sequence[str], begin: datetime, connections: int | None = None) -> Task:
    """Read from the service, each time as of an instant that nobody has asked about, so that nothing is remembered."""

    def requests(_: float) -> Sequence[str]:
        sent, asked = world.coordinator(), cycle(paths)
        instants = (begin + timedelta(microseconds=next(_numbers)) for _ in range(INSTANTS))
        return [request("GET", f"{next(asked)}as_of={one:%Y-%m-%dT%H:%M:%S.%fZ}", sent) for one in instants]

    return Task(name, world.service, world.postgres, requests, 200, connections)


def tomorrow() -> datetime:
    """An instant after everything that has happened."""
    return datetime.now(UTC) + timedelta(days=1)


def update(world: World, name: str, ids: Sequence[UUID], server: Server | None = None) -> Task:
    """Report on obligations in turn, to the service or to L2."""
    body = json.dumps(SENT, ensure_ascii=False).encode()

    def requests(_: float) -> Sequence[str]:
        sent = world.writing(world.known.police)
        return [request("POST", f"/v1/obligations/{one}/updates", sent, body) for one in ids]

    return Task(name, server or world.service, world.postgres, requests, 201)


def bulk(world: World, name: str) -> Task:
    """Report on many obligations at once, each reporter on its own."""

    def requests(_: float) -> Sequence[str]:
        return [
            request("POST", "/v1/updates", world.writing(one.client), _items(one.ids)) for one in world.known.others
        ]

    return Task(name, world.service, world.postgres, requests, 207, len(world.known.others))


def _items(ids: Sequence[UUID]) -> bytes:
    items = [SENT | {"obligation": str(ids[n % len(ids)])} for n in range(BULK)]
    return json.dumps({"items": items}, ensure_ascii=False).encode()


def file(world: World, name: str) -> Task:
    """Send the bytes of files that were announced before: each is another one."""

    def requests(seconds: float) -> Sequence[str]:
        sent = world.writing(world.known.police)
        announced = sent | {"Content-Type": "application/json"}
        with httpx.Client(base_url=world.service.base) as http:
            return [
                _put(_announce(http, one, announced), sent, _content())
                for one in _some(world.known.of_one_plan, seconds)
            ]

    return Task(name, world.service, world.postgres, requests, 200, FILE_CONNECTIONS, once=True)


def bare_file(world: World, limits: Server, name: str) -> Task:
    """Send as many bytes to the limit of a file."""

    def requests(seconds: float) -> Sequence[str]:
        sent = world.writing(world.known.police)
        return [_put(str(one), sent, _content()) for one in _some(world.known.of_one_plan, seconds)]

    return Task(name, limits, world.postgres, requests, 200, FILE_CONNECTIONS, once=True)


def _announce(http: httpx.Client, obligation: UUID, headers: Headers) -> str:
    sent = {
        "kind": "file",
        "title": "Biên bản nghiệm thu",
        "classification": "internal",
        "file_name": "bien-ban.pdf",
        "media_type": "application/pdf",
        "size": FILE_BYTES,
    }
    keyed = headers | {"Idempotency-Key": f"file-{next(_numbers)}-{datetime.now(UTC).timestamp()}"}
    announced: str = read_json(http.post(f"/v1/obligations/{obligation}/evidence", json=sent, headers=keyed))["id"]
    return announced


def _content() -> bytes:
    return pdf(f"{next(_numbers)} {datetime.now(UTC)}", size=FILE_BYTES)


def _put(evidence: str, headers: Headers, content: bytes) -> str:
    sent = {**headers, "Content-Type": "application/pdf"}
    del sent["Idempotency-Key"]
    return request("PUT", f"/v1/evidence/{evidence}/content", sent, content)


def _some(ids: Sequence[UUID], seconds: float) -> list[UUID]:
    number = max(2 * FILE_CONNECTIONS, round(FILES_A_SECOND * seconds))
    return [ids[n % len(ids)] for n in range(number)]
