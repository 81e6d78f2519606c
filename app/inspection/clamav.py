"""A virus scan by ClamAV's daemon, over its INSTREAM command (clamd(8)).

Only what the daemon calls clean is taken: if it is away, silent or in trouble, nothing is.
"""

import asyncio
from pathlib import Path

from app.domain.errors import FileRefused, ServiceUnavailable
from app.inspection.reasons import Reason, fault_of
from app.logs import log

CHUNK = 64 * 1024
SECONDS = 60.0
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Scanner:
    """One daemon, at `host:port` or at the path of its socket."""

    def __init__(self, address: str, *, seconds: float = SECONDS) -> None:
        self._address, self._seconds = address, seconds

    async def scan(self, path: Path) -> None:
        """Have a file looked through.

        Raises:
            FileRefused: a virus was found.
            ServiceUnavailable: nothing was said of it, or nothing that can be relied on.
        """
        try:
            async with asyncio.timeout(self._seconds):
                said = await self._ask(path)
        except (OSError, EOFError, asyncio.LimitOverrunError) as error:
            log.warning("virus scanner unavailable", kind=type(error).__name__)
            raise ServiceUnavailable from None
        if said.endswith(b" FOUND"):
            raise FileRefused(None, fault_of(Reason.VIRUS))
        if said != b"stream: OK":
            log.error("virus scanner in trouble", too_large=b"size limit" in said)
            raise ServiceUnavailable

    async def ping(self) -> None:
        """Find out whether the daemon answers.

        Raises:
            OSError, EOFError: it does not.
        """
        async with asyncio.timeout(self._seconds):
            reader, writer = await self._connected()
            writer.write(b"zPING\0")
            if (await reader.readuntil(b"\0")) != b"PONG\0":
                raise EOFError
            writer.close()

    async def _ask(self, path: Path) -> bytes:
        reader, writer = await self._connected()
        try:
            await _send(path, writer)
            return (await reader.readuntil(b"\0")).rstrip(b"\0")
        finally:
            writer.close()

    async def _connected(self) -> Streams:
        if self._address.startswith("/"):
            return await asyncio.open_unix_connection(self._address)
        host, _, port = self._address.rpartition(":")
        return await asyncio.open_connection(host.strip("[]"), int(port))


async def _send(path: Path, writer: asyncio.StreamWriter) -> None:
    """Send a file in chunks, each after its length; the empty one is the end."""
    writer.write(b"zINSTREAM\0")
    with await asyncio.to_thread(path.open, "rb") as file:
        chunk = None
        while chunk != b"":
            chunk = await asyncio.to_thread(file.read, CHUNK)
            writer.write(len(chunk).to_bytes(4, "big") + chunk)
            await writer.drain()
