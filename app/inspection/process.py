"""Starts the process that looks a file through.

It has a limit on memory, processor time and time at all, an empty environment, and one answer: accepted, or a
reason.  If it dies of what it reads, the file is refused.
"""

import asyncio
import sys
from pathlib import Path

from app.domain.errors import FileRefused
from app.domain.files import MediaType
from app.inspection.reasons import REFUSED, Reason, fault_of

ROOT = Path(__file__).parent.parent.parent
SECONDS = 60.0
_AT_ONCE = asyncio.Semaphore(2)
"""Each inspection may take a processor and some hundred megabytes."""


async def inspect(path: Path, media_type: MediaType) -> None:
    """Look a file through.

    Raises:
        FileRefused: it is not what it says, or may do harm; the reason says which.
    """
    async with _AT_ONCE:
        reason = await _reason(path, media_type)
    if reason is not None:
        raise FileRefused(None, fault_of(reason))


async def _reason(path: Path, media_type: MediaType) -> Reason | None:
    process = await asyncio.create_subprocess_exec(
        *_command(path, media_type),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=ROOT,
        env={},
    )
    try:
        async with asyncio.timeout(SECONDS):
            said, _ = await process.communicate()
    except TimeoutError:
        return Reason.UNREADABLE
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode == 0:
        return None
    return Reason(said.decode()) if process.returncode == REFUSED else Reason.UNREADABLE


def _command(path: Path, media_type: MediaType) -> tuple[str, ...]:
    return sys.executable, "-m", "app.inspection", str(path.absolute()), media_type
