"""The parts of the benchmark: what is compared with what, and the ratios that the issue wants, T1 to T10."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from bench import data, work
from bench.counting import Wire
from bench.load import Order, run
from bench.processes import Server
from bench.rounds import Bench, Side, Task
from bench.starting import started
from bench.world import World

COUNTED = 5


@dataclass(frozen=True)
class Finding:
    """A ratio that was seen, and the one that is wanted: at least, or at most.

    `failed` is for times that are also those of other answers than the one that is measured.
    """

    part: str
    what: str
    ratio: float
    wanted: float
    at_least: bool
    failed: bool = False

    @property
    def holds(self) -> bool:
        """Whether it is as wanted."""
        if self.failed:
            return False
        return self.ratio >= self.wanted if self.at_least else self.ratio <= self.wanted


@dataclass(frozen=True)
class Compared:
    """What the service did beside its limit."""

    ours: Side
    limit: Side

    @property
    def ratio(self) -> float:
        """Requests a second: the service's share of its limit's."""
        return self.ours.rate / self.limit.rate


@dataclass
class Parts:
    """Measures what the parts need, each thing once."""

    bench: Bench
    worlds: Mapping[str, World]
    limits: Server
    stack: ExitStack
    sides: list[Side] = field(default_factory=list)
    compared: list[Compared] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def small(self) -> World:
        """The least plans."""
        return next(iter(self.worlds.values()))

    @property
    def larger(self) -> list[World]:
        """What it is compared with, to see whether the size of the tables matters."""
        return [*self.worlds.values()][1:]

    def findings(self, wanted: Sequence[str]) -> Iterator[Finding]:
        """Measure the parts that are wanted."""
        for name, part in PARTS.items():
            if name in wanted:
                yield from part(self)

    @cached_property
    def status(self) -> tuple[Side, Side, Side]:
        """The status document of a cycle: whole, unchanged, and L1."""
        path = [work.status_path()]
        ours = work.get(self.small, "status of a cycle", path), work.unchanged(self.small, "status, unchanged (304)")
        whole, same, limit = self.turns(*ours, work.ready_made(self.small, self.limits, "L1, status", path))
        self.compared += [Compared(whole, limit), Compared(same, limit)]
        return whole, same, limit

    @cached_property
    def overdue(self) -> list[Side]:
        """The overdue page: of the least plans, L1, and of more."""
        found = self._page("overdue page of 100", "&status=overdue")
        self.compared.append(Compared(found[0], found[1]))
        return found

    @cached_property
    def overdue_anew(self) -> list[Side]:
        """The overdue page, made each time: of the least plans, L1, and of more.

        Whoever asks for now, and not as of an instant, also waits for the answer whether the page before still holds.
        """
        name, begin, query = "overdue page of 100, made anew", work.tomorrow(), "&status=overdue&"
        ours = work.anew(self.small, name, work.pages(self.small, query), begin)
        more = [work.anew(one, f"{name}, {one.size}", work.pages(one, query), begin) for one in self.larger]
        limit = work.ready_made(self.small, self.limits, f"L1, {name}", work.pages(self.small, "&status=overdue"))
        found = self.turns(ours, limit, *more)
        self.compared.append(Compared(found[0], found[1]))
        return found

    @cached_property
    def updates(self) -> list[Side]:
        """Updates: of the least plans, L2, many at once, then of more plans, and of one of those."""
        many = self.small.known.of_many_plans
        tasks = [
            work.update(self.small, "update", many),
            work.update(self.small, "L2, update", many, self.limits),
            work.bulk(self.small, f"bulk of {work.BULK} updates"),
        ]
        for world in self.larger[:1]:
            tasks.append(work.update(world, f"update, {world.size}", world.known.of_many_plans))
            tasks.append(work.update(world, f"update of one plan, {world.size}", world.known.of_one_plan))
        sides = self.turns(*tasks)
        self.compared.append(Compared(sides[0], sides[1]))
        return sides

    def other(self) -> None:
        """Measure what no ratio is wanted of."""
        listed = self._page("obligations list", "")
        one = [f"/v1/obligations/{self.small.known.of_one_plan[0]}"]
        read, limit = self.turns(
            work.get(self.small, "one obligation", one), work.ready_made(self.small, self.limits, "L1, one", one)
        )
        file, bare = self.turns(
            work.file(self.small, "evidence file of 1 MB"), work.bare_file(self.small, self.limits, "bare, 1 MB")
        )
        self.compared += [Compared(listed[0], listed[1]), Compared(read, limit), Compared(file, bare)]

    def _page(self, name: str, query: str) -> list[Side]:
        ours = work.get(self.small, name, work.pages(self.small, query))
        limit = work.ready_made(self.small, self.limits, f"L1, {name}", work.pages(self.small, query))
        return self.turns(ours, limit)

    def turns(self, *tasks: Task) -> list[Side]:
        """Measure tasks in turns, and count what the service asks of the database for those on the least plans."""
        sides = self.bench.turns(*tasks)
        for task, side in zip(tasks, sides, strict=True):
            if task.server is self.small.service:
                self._count(task, side)
        self.sides += sides
        return sides

    @cached_property
    def _counted(self) -> tuple[Wire, Server]:
        return self.stack.enter_context(self.small.counted())

    def _count(self, task: Task, side: Side) -> None:
        """Count what requests, one after the other, ask of the database once the service has asked it before."""
        wire, server = self._counted
        requests = [*task.requests(1)]
        before, after = (requests * COUNTED)[:COUNTED], (requests[::-1] * COUNTED)[: 2 if task.once else COUNTED]
        self._send(server, before[:4])
        statements, turns = wire.statements, wire.turns
        self._send(server, after)
        side.statements = (wire.statements - statements) / len(after)
        side.turns = (wire.turns - turns) / len(after)

    @staticmethod
    def _send(server: Server, requests: Sequence[str]) -> None:
        asyncio.run(run(Order(server.port, list(requests), connections=1, seconds=600, once=True)))


def _t1(parts: Parts) -> Iterator[Finding]:
    whole, same, limit = parts.status
    yield Finding("T1", "status of a cycle, nothing changed, whole / L1", whole.rate / limit.rate, 0.5, at_least=True)
    yield Finding("T1", "status of a cycle, nothing changed, 304 / L1", same.rate / limit.rate, 0.6, at_least=True)


def _t2(parts: Parts) -> Iterator[Finding]:
    for (ours, limit, *_), what in ((parts.overdue, "asked again"), (parts.overdue_anew, "made anew")):
        name = f"overdue page of 100, {what}, {parts.small.size} / L1"
        yield Finding("T2", name, ours.rate / limit.rate, 0.3, at_least=True)


def _t3(parts: Parts) -> Iterator[Finding]:
    ours, _, *more = parts.overdue_anew
    for world, side in zip(parts.larger, more, strict=True):
        what = f"p50 of the overdue page, made anew, {world.size} / {parts.small.size}"
        yield _slower("T3", what, side, ours, 1.3)


def _t4(parts: Parts) -> Iterator[Finding]:
    ours, limit, *_ = parts.updates
    yield Finding("T4", "update / L2", ours.rate / limit.rate, 0.5, at_least=True)


def _t5(parts: Parts) -> Iterator[Finding]:
    ours, _, bulk, *_ = parts.updates
    ratio = bulk.rate * work.BULK / ours.rate
    yield Finding("T5", f"items a second in bulk of {work.BULK} / single updates", ratio, 8, at_least=True)


def _t6(parts: Parts) -> Iterator[Finding]:
    ours, _, _, *more = parts.updates
    if more:
        many, one = more
        size = parts.larger[0].size
        yield Finding("T6", f"updates, {size} / {parts.small.size}", many.rate / ours.rate, 0.9, at_least=True)
        what = f"updates, {size}, 16 writers on one plan / on many plans"
        yield Finding("T6", what, one.rate / many.rate, 0.8, at_least=True)


def _t7(parts: Parts) -> Iterator[Finding]:
    path, instants = [f"{work.plan_path()}?"], {"a past day": work.PAST, "all known": work.tomorrow()}
    made = (work.anew(parts.small, f"status of the plan, {name}", path, at, 1) for name, at in instants.items())
    current = replace(work.get(parts.small, "status of the plan, current", [work.plan_path()]), connections=1)
    past, present, _ = parts.turns(*made, current)
    yield _slower("T7", "status of the plan as of a past day / with all that is known, p50", past, present, 5)


def _t8(parts: Parts) -> Iterator[Finding]:
    ours, bare = started(parts.small, parts.bench.effort.rounds)
    parts.figures |= {"worker": ours, "bare FastAPI + SQLAlchemy": bare}
    yield Finding("T8", "memory of a worker / bare", ours["mib"] / bare["mib"], 1.5, at_least=False)
    yield Finding("T8", "time to ready of a worker / bare", ours["seconds"] / bare["seconds"], 3, at_least=False)


def _t9(parts: Parts) -> Iterator[Finding]:
    for side, what in ((parts.overdue_anew[0], "the overdue page, made anew"), (parts.updates[0], "updates")):
        failed = bool(side.unexpected)
        yield Finding("T9", f"p99 / p50 of {what}", side.tail, 4, at_least=False, failed=failed)


def _t10(parts: Parts) -> Iterator[Finding]:
    asked = f"?plan={data.PLAN}&cycle={work.CYCLE}"
    for name, path in (("overview", f"/desk{asked}"), ("list of 100", f"/desk/obligations{asked}&status=overdue")):
        page = work.at_desk(parts.small, f"desk, {name}", path)
        ready = work.ready_made(parts.small, parts.limits, f"L1, {name}", [path], parts.small.at_desk())
        ours, limit = parts.turns(page, ready)
        parts.compared.append(Compared(ours, limit))
        yield Finding("T10", f"{name} at the desk / L1", ours.rate / limit.rate, 0.15, at_least=True)


def _slower(part: str, what: str, one: Side, other: Side, wanted: float) -> Finding:
    ratio, failed = one.median("p50_ms") / other.median("p50_ms"), bool(one.unexpected or other.unexpected)
    return Finding(part, what, ratio, wanted, at_least=False, failed=failed)


PARTS: Mapping[str, Callable[[Parts], Iterator[Finding]]] = {
    "T1": _t1, "T2": _t2, "T3": _t3, "T4": _t4, "T5": _t5, "T6": _t6, "T7": _t7, "T8": _t8, "T9": _t9, "T10": _t10,
}  # fmt: skip
