"""Starts the process that reads a form.

It has a limit on memory, processor time and time at all, and an empty environment; what it reads goes through a file,
so that a large form is held in memory nowhere.  If it dies of its limits, the form is too large; if it dies of anything
else, or takes too long on a machine that has too much to do, the service cannot answer just now.
"""

import asyncio
import json
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, NoReturn

from app.commands.imports.limits import TOO_LARGE
from app.commands.imports.lines import FileUnreadable, Form, Line, Remark, Wrong
from app.commands.imports.sayings import Say, said
from app.domain.errors import FiguresLookScaled, FormUnreadable, ServiceUnavailable

ROOT = Path(__file__).parent.parent.parent.parent
SECONDS = 180.0
WAIT_SECONDS = 30
_AT_ONCE = asyncio.Semaphore(2)
"""Each may take a processor and some hundred megabytes."""


@dataclass(frozen=True)
class ReadForm:
    """A form that has been read: what its headings say, and its lines.

    `looks_scaled` says so of its percentages; `small` names the targets for which some figure is at most 1, and says
    whether all of them are: whether that is little, the plan knows.  `blank` counts the lines that nobody filled in,
    `count` the others.
    """

    form: Form
    looks_scaled: bool
    small: Mapping[str, bool]
    blank: int
    count: int
    _file: IO[bytes]

    def close(self) -> None:
        """Forget what was read."""
        self._file.close()

    def lines(self) -> Iterator[Line]:
        """Yield the lines that were filled in, or could not be read, and blank ones, in order."""
        self._file.seek(0)
        for text in self._file:
            if text.startswith(b"["):
                number, row, item, wrongs, beside = json.loads(text)
                yield Line(number, row, item, tuple(Wrong(Say(say), *where) for say, *where in wrongs), beside)


async def read_form(path: Path, *, is_json: bool, as_is: bool) -> ReadForm:
    """Read a form that shall be recorded; who asked closes it.

    Raises:
        FormUnreadable: it cannot be read.
        ServiceUnavailable: the process that read it was ended, or took too long.
        FiguresLookScaled: no percentage is above 1, and nobody said that it is meant so.
    """
    try:
        form = await read(path, is_json=is_json, as_is=as_is)
    except FileUnreadable as error:
        english, vietnamese = _worded(error.remark.say, **error.remark.parts)
        raise FormUnreadable(english, detail_vi=vietnamese) from None
    if form.looks_scaled and not as_is:
        form.close()
        refuse_scaled(form.form, ["percent"])
    return form


def refuse_scaled(form: Form, keys: Sequence[str]) -> NoReturn:
    """Ask about the figures of some columns, by their headings.

    Raises:
        FiguresLookScaled: always.
    """
    names = [form.headings.get(key) or key.removeprefix("target:") for key in keys]
    english, vietnamese = _worded(Say.SCALED, headings=", ".join(names))
    raise FiguresLookScaled(english, detail_vi=vietnamese)


def _worded(say: Say, **parts: str) -> tuple[str, str]:
    """Word a refusal of a form as it is said at the terminal, in English and in Vietnamese."""
    return said(say, vietnamese=False, **parts), said(say, vietnamese=True, **parts)


async def read(path: Path, *, is_json: bool, as_is: bool = False) -> ReadForm:
    """Read a form; who asked closes it.

    Raises:
        FileUnreadable: the file as a whole cannot be read.
    """
    file = TemporaryFile()  # noqa: SIM115  It lives as long as the form does.
    try:
        async with _AT_ONCE:
            await _run(path, ["json" if is_json else "table", *(["as-is"] if as_is else [])], file)
        return _form(await asyncio.to_thread(_last, file), file)
    except BaseException:
        file.close()
        raise


def _form(whole: Any, file: IO[bytes]) -> ReadForm:
    if "unreadable" in whole:
        raise FileUnreadable(Say(whole["unreadable"]["say"]), **whole["unreadable"]["parts"])
    remarks = tuple(Remark(Say(one["say"]), one["parts"]) for one in whole["remarks"])
    form = Form(whole["letters"], whole["headings"], remarks)
    return ReadForm(form, whole["scaled"], whole["small"], whole["blank"], whole["lines"], file)


async def _run(path: Path, how: Sequence[str], file: IO[bytes]) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app.commands.imports", str(path), *how),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=file,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=ROOT,
        env={},
    )
    try:
        async with asyncio.timeout(SECONDS):
            await process.wait()
    except TimeoutError:
        raise ServiceUnavailable(wait_seconds=WAIT_SECONDS) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    _refuse_unless_read(process.returncode)


def _refuse_unless_read(ended: int | None) -> None:
    """Tell a file that takes more than it may from a process that was ended, or broke, for another reason.

    Raises:
        FileUnreadable: the limits on memory, output or processor time ended it.
        ServiceUnavailable: something else did; the file may be sent again.
    """
    if ended in {TOO_LARGE, -signal.SIGXCPU}:
        raise FileUnreadable(Say.TOO_LARGE)
    if ended != 0:
        raise ServiceUnavailable(wait_seconds=WAIT_SECONDS)


def _last(file: IO[bytes]) -> Any:
    """Return what was said last."""
    size = file.seek(0, 2)
    tail = b""
    while size and tail.count(b"\n") < 2:
        step = min(size, 64 * 1024)
        size = file.seek(size - step)
        tail = file.read(step) + tail
    return json.loads(tail.rstrip(b"\n").rpartition(b"\n")[2])
