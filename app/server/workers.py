"""Several processes that serve side by side, and one that looks after them and serves nobody.

A process that ends, or hangs, is replaced by another one; when the one that looks after them ends, in
whatever way, so do they.  What has to be known once for all of them, they ask it.
"""

import asyncio
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from app.logs import log

Ended = Callable[[], None]
ANSWERED_WITHIN_SECONDS = 5
BEAT_SECONDS, HUNG_AFTER_SECONDS = 1, 8
"""How often a process says that it lives, and after which silence it is taken to hang."""
STARTED_WITHIN_SECONDS = 120
ENDED_WITHIN_SECONDS = 30
"""How long a process may take to end once it is told to: longer than it waits for requests that are under way."""
AGAIN_AFTER_SECONDS = 1
"""How long to wait before a process that never served is replaced."""
_STARTED, _LIVES = "started", "lives"
# A copy of this process would share the threads' locks and the connections that it happens to have.
_processes = get_context("spawn")


class Supervised:
    """One of the processes: what it can tell, and ask, the one that looks after it."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._numbers = count()
        self._asked: dict[int, asyncio.Future[Any]] = {}

    def begin(self, ended: Ended) -> None:
        """Say that this process serves; `ended` is called when nobody looks after it any more."""
        asyncio.get_running_loop().add_reader(self._pipe.fileno(), self._read, ended)
        self._pipe.send(_STARTED)
        self._beat()

    def _beat(self) -> None:
        """Say again and again that this process is not stuck."""
        with suppress(OSError):
            self._pipe.send(_LIVES)
        asyncio.get_running_loop().call_later(BEAT_SECONDS, self._beat)

    async def ask(self, *question: Any) -> Any:
        """Ask for what is known once for all.

        Raises:
            TimeoutError: there was no answer in time.
        """
        number = next(self._numbers)
        self._asked[number] = answer = asyncio.get_running_loop().create_future()
        try:
            self._pipe.send((number, question))
            return await asyncio.wait_for(answer, ANSWERED_WITHIN_SECONDS)
        finally:
            del self._asked[number]

    def _read(self, ended: Ended) -> None:
        try:
            number, answer = self._pipe.recv()
        except (EOFError, OSError):
            asyncio.get_running_loop().remove_reader(self._pipe.fileno())
            ended()
            return
        if (asked := self._asked.get(number)) and not asked.done():
            asked.set_result(answer)


@dataclass
class _Child:
    number: int
    process: BaseProcess
    pipe: Connection
    started: bool = False
    heard_at: float = field(default_factory=time.monotonic)

    @property
    def hangs(self) -> bool:
        """Whether nothing has been heard of it for too long."""
        return time.monotonic() - self.heard_at > (HUNG_AFTER_SECONDS if self.started else STARTED_WITHIN_SECONDS)


class Supervisor:
    """Runs `target` in so many processes, each with its number, and answers what they ask.

    The first one has the number 0, and so has the one that replaces it: there is one at a time.
    """

    def __init__(
        self,
        number: int,
        target: Callable[[Supervised, int], None],
        *,
        answer: Callable[..., Any],
        ready: Callable[[], None],
    ) -> None:
        self._number, self._target, self._answer, self._ready = number, target, answer, ready
        self._children: list[_Child] = []
        self._serves, self._failed, self._stopping = False, False, False

    def run(self) -> None:
        """Look after the processes until told to stop, and then until all have ended."""
        with self._told_to_stop():
            for number in range(self._number):
                self._start(number)
            while self._children and not self._stopping:
                self._look(BEAT_SECONDS)
                self._end_hung()
            self._end()
        if self._failed:
            sys.exit(1)

    def _start(self, number: int) -> None:
        ours, theirs = _processes.Pipe()
        process = _processes.Process(target=_run, args=(self._target, theirs, number))
        process.start()
        # As long as we hold it, we would not notice that it ends; and it must be the only one to hold ours.
        theirs.close()
        self._children.append(_Child(number, process, ours))
        if self._stopping:
            process.terminate()

    def _look(self, seconds: float) -> None:
        """Wait until something happens: a question, or an end."""
        pipes = {child.pipe: child for child in self._children}
        ends = {child.process.sentinel: child for child in self._children}
        found = wait([*pipes, *ends], seconds)
        for one in found:
            if isinstance(one, Connection):
                self._listen(pipes[one])
        for one in found:
            if isinstance(one, int):
                self._replace(ends[one])

    def _listen(self, child: _Child) -> None:
        with suppress(EOFError, OSError):
            said = child.pipe.recv()
            child.heard_at = time.monotonic()
            if said == _LIVES:
                return
            if said == _STARTED:
                self._count_in(child)
                return
            number, question = said
            child.pipe.send((number, self._answer(*question)))

    def _count_in(self, child: _Child) -> None:
        child.started = True
        log.info("worker started", worker=child.number, pid=child.process.pid)
        if not self._serves and all(one.started for one in self._children):
            self._serves = True
            self._ready()

    def _end_hung(self) -> None:
        """End by force what hangs: being told to end, it would not hear it."""
        for child in self._children:
            if child.hangs:
                log.error("worker hangs", worker=child.number, pid=child.process.pid)
                child.process.kill()

    def _replace(self, child: _Child) -> None:
        """Start another one for one that has ended, unless that was wanted, or none has ever served."""
        child.process.join()
        child.pipe.close()
        self._children.remove(child)
        if self._stopping:
            return
        log.error("worker ended", worker=child.number, pid=child.process.pid, code=child.process.exitcode)
        if not self._serves:
            self._failed = self._stopping = True
            return
        if not child.started:
            time.sleep(AGAIN_AFTER_SECONDS)
        self._start(child.number)

    def _end(self) -> None:
        """Tell all processes to end, and end by force those that do not."""
        self._tell()
        deadline = time.monotonic() + ENDED_WITHIN_SECONDS
        while self._children and (left := deadline - time.monotonic()) > 0:
            self._look(left)
        for child in self._children:
            child.process.kill()
            child.process.join()

    def _tell(self) -> None:
        for child in self._children:
            child.process.terminate()

    @contextmanager
    def _told_to_stop(self) -> Iterator[None]:
        """Pass on that we are told to stop; what they do then wakes us."""

        def stop(*_: Any) -> None:
            self._stopping = True
            self._tell()

        before = {told: signal.signal(told, stop) for told in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for told, handler in before.items():
                signal.signal(told, handler)


def _run(target: Callable[[Supervised, int], None], pipe: Connection, number: int) -> None:
    """Be one of the processes.  Ctrl-C at a terminal reaches all; who looks after us tells us, too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    target(Supervised(pipe), number)
