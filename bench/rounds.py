"""Rounds: the service and its limit in turns, so that whatever else the machine does meets both."""

import json
import os
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field

from bench.load import Order, Taken
from bench.processes import Server, seconds_of


@dataclass(frozen=True)
class Effort:
    """How long to measure; what is published comes of nothing less than this."""

    rounds: int = 3
    seconds: float = 10
    connections: int = 16

    @classmethod
    def wanted(cls) -> "Effort":
        """Read what is wanted."""
        return cls(
            rounds=int(os.environ.get("ROUNDS", cls.rounds)),
            seconds=float(os.environ.get("SECONDS", cls.seconds)),
            connections=int(os.environ.get("CONNECTIONS", cls.connections)),
        )

    @property
    def is_whole(self) -> bool:
        """Whether it is enough for what is published."""
        return (
            self.rounds >= Effort.rounds and self.seconds >= Effort.seconds and self.connections == Effort.connections
        )

    @property
    def warm_up(self) -> float:
        """How long the first turn is, of which nothing is kept."""
        return min(3, self.seconds)


@dataclass
class Side:
    """What one side did, a figure a round: per second, milliseconds, and microseconds of the processor a request."""

    name: str
    per_second: list[float] = field(default_factory=list)
    p50_ms: list[float] = field(default_factory=list)
    p99_ms: list[float] = field(default_factory=list)
    service_us: list[float] = field(default_factory=list)
    postgres_us: list[float] = field(default_factory=list)
    generator_busy: list[float] = field(default_factory=list)
    size: int = 0
    """The bytes of an answer, with its head."""
    unexpected: dict[str, int] = field(default_factory=dict)
    """Answers other than the one that is measured, by their status; they count for no rate."""
    statements: float | None = None
    turns: float | None = None
    """What one request asks of the database, and how often it waits for that."""

    def median(self, name: str) -> float:
        """Return the median over the rounds."""
        return float(statistics.median(getattr(self, name)))

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.median("per_second")

    @property
    def tail(self) -> float:
        """How much longer than usual the hundredth request takes."""
        return self.median("p99_ms") / self.median("p50_ms")


@dataclass(frozen=True)
class Task:
    """What to send where: `requests` makes texts anew for each round, `postgres` is the process of its database."""

    name: str
    server: Server
    postgres: int
    requests: Callable[[float], Sequence[str]]
    expected: int
    connections: int | None = None
    once: bool = False


class Bench:
    """Measures tasks in turns."""

    def __init__(self, effort: Effort) -> None:
        self.effort = effort

    def turns(self, *tasks: Task) -> list[Side]:
        """Measure tasks in turns, after a turn of which nothing is kept."""
        sides = [Side(task.name) for task in tasks]
        for task in tasks:
            self._run(task, self.effort.warm_up)
        for _ in range(self.effort.rounds):
            for task, side in zip(tasks, sides, strict=True):
                self._measure(task, side)
        return sides

    def _measure(self, task: Task, side: Side) -> None:
        service, postgres = seconds_of(task.server.pid), seconds_of(task.postgres)
        taken = self._run(task, self.effort.seconds)
        number = len(taken.latencies)
        side.service_us.append((seconds_of(task.server.pid) - service) / number * 1e6)
        side.postgres_us.append((seconds_of(task.postgres) - postgres) / number * 1e6)
        side.per_second.append(taken.statuses.pop(str(task.expected), 0) / taken.seconds)
        side.unexpected = dict(Counter(side.unexpected) + Counter(taken.statuses))
        hundredths = statistics.quantiles(taken.latencies * (2 if number < 2 else 1), n=100, method="inclusive")
        side.p50_ms.append(hundredths[49] * 1000)
        side.p99_ms.append(hundredths[98] * 1000)
        side.generator_busy.append(taken.busy)
        side.size = taken.size

    def _run(self, task: Task, seconds: float) -> Taken:
        order = Order(
            task.server.port,
            list(task.requests(seconds)),
            task.connections or self.effort.connections,
            seconds,
            task.once,
        )
        command, told = [sys.executable, "-m", "bench.load"], json.dumps(asdict(order))
        done = subprocess.run(command, input=told, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603  Our own.
        return Taken(**json.loads(done.stdout))
