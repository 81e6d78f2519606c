"""Counts what is asked of PostgreSQL, between it and a service: a wire that is listened to.

The protocol tells apart what is executed from the turns in which one waits for the other; both are counted.  A service
that is counted is not one that is timed.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PORT = 5432
EXECUTED, TURNS = b"EQ", b"SHQ"
"""Execute and Query; Sync, Flush and Query."""


class Wire:
    """Listens where a service connects to, and passes everything on."""

    def __init__(self, folder: Path, server: Path) -> None:
        self.folder = folder
        self._server = server / f".s.PGSQL.{PORT}"
        self._counted: Counter[int] = Counter()

    @property
    def statements(self) -> int:
        """How many statements have been executed."""
        return sum(self._counted[kind] for kind in EXECUTED)

    @property
    def turns(self) -> int:
        """How often somebody waited for an answer."""
        return sum(self._counted[kind] for kind in TURNS)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Pass on, in a thread of its own, what comes while the block runs."""
        loop, listens = asyncio.new_event_loop(), threading.Event()
        thread = threading.Thread(target=lambda: loop.run_until_complete(self._listen(listens)))
        self._ended = asyncio.Event()
        thread.start()
        listens.wait()
        try:
            yield
        finally:
            loop.call_soon_threadsafe(self._ended.set)
            thread.join()
            loop.close()

    async def _listen(self, listens: threading.Event) -> None:
        server = await asyncio.start_unix_server(self._connect, self.folder / f".s.PGSQL.{PORT}")
        listens.set()
        await self._ended.wait()
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _connect(self, theirs: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.CancelledError):
            ours, ask = await asyncio.open_unix_connection(self._server)
            try:
                await asyncio.gather(self._ask(theirs, ask), _pass_on(ours, answer))
            finally:
                ask.close()
                answer.close()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on message by message; the first one has no kind."""
        with suppress(asyncio.IncompleteReadError):
            kind = b""
            while True:
                length = await reader.readexactly(4)
                content = await reader.readexactly(int.from_bytes(length) - 4)
                writer.write(kind + length + content)
                await writer.drain()
                kind = await reader.readexactly(1)
                self._counted[kind[0]] += 1
        writer.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(2**16):
        writer.write(data)
        await writer.drain()
    writer.close()
