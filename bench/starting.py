"""What a worker takes before it does anything: memory, and the time until it is ready; beside a bare process."""

import statistics
from collections.abc import Mapping, Sequence

import httpx

from bench.processes import listening
from bench.world import World
from tests.process.running import free_port

READ = 200


def started(world: World, starts: int) -> list[dict[str, float]]:
    """Start a worker and the bare process in turns, read a little from each, and say what they took."""
    found: list[list[tuple[float, float]]] = [[], []]
    for _ in range(starts):
        ports = free_port(), free_port()
        url = world.url.replace("postgresql://", "postgresql+asyncpg://")
        found[0].append(_start(["-m", "app", "serve"], ports[0], world.settings(ports[0]) | {"DONDOC_WORKERS": "1"}))
        found[1].append(_start(["-m", "bench.bare", str(ports[1])], ports[1], {"DATABASE_URL": url}))
    return [{"mib": _median(one, 0), "seconds": _median(one, 1)} for one in found]


def _start(command: Sequence[str], port: int, settings: Mapping[str, str]) -> tuple[float, float]:
    with listening(command, port, "/readyz", settings) as server, httpx.Client(base_url=server.base) as http:
        for _ in range(READ):
            http.get("/readyz").raise_for_status()
        return server.bytes / 2**20, server.seconds_to_ready


def _median(of: Sequence[tuple[float, float]], place: int) -> float:
    return statistics.median(one[place] for one in of)
