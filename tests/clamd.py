"""A virus scanner that speaks clamd's INSTREAM command on a socket of the loopback, and knows one virus."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""What every scanner finds and nobody need fear, in two parts, so that none finds it here."""
Reply = Callable[[bytes], bytes]


def verdict(content: bytes) -> bytes:
    """Say what clamd says of a stream."""
    return b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0"


class Clamd:
    """What it was sent, stream by stream, and in how many chunks."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self.streams: list[bytes] = []
        self.chunks: list[int] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read one command with its stream, and answer."""
        try:
            assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
            content, chunks = b"", 0
            while length := int.from_bytes(await reader.readexactly(4), "big"):
                content += await reader.readexactly(length)
                chunks += 1
            self.streams.append(content)
            self.chunks.append(chunks)
            writer.write(self._reply(content))
            await writer.drain()
        except (EOFError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def clamd(*, reply: Reply = verdict, path: Path | None = None) -> AsyncIterator[tuple[Clamd, str]]:
    """Run a scanner; give it with its address."""
    daemon = Clamd(reply)
    if path:
        server, address = await asyncio.start_unix_server(daemon.serve, path), str(path)
    else:
        server = await asyncio.start_server(daemon.serve, "127.0.0.1", 0)
        address = "127.0.0.1:{1}".format(*server.sockets[0].getsockname())
    async with server:
        yield daemon, address
