"""What is logged: one JSON line an event on standard error, of ours and of libraries alike.

An event of ours has a name and facts: `log.info("worker started", worker=2)`.  Nothing of what somebody wrote is one.
"""

import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

NOTHING: Mapping[str, Any] = MappingProxyType({})
_about: ContextVar[Mapping[str, Any]] = ContextVar("_about", default=NOTHING)
_ours = logging.getLogger("dondoc")


class Log:
    """Logs events of ours."""

    def info(self, event: str, **facts: Any) -> None:
        """Log what is as it should be."""
        _ours.info(event, extra={"facts": facts})

    def warning(self, event: str, **facts: Any) -> None:
        """Log what passes by itself, or should be looked at."""
        _ours.warning(event, extra={"facts": facts})

    def error(self, event: str, **facts: Any) -> None:
        """Log what has to be put right."""
        _ours.error(event, extra={"facts": facts})


log = Log()
AGAIN_AFTER_SECONDS = 60


class Recurring:
    """Logs what happens again and again once, with its cause, and from then on how often it was, once a minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._said_at: dict[Hashable, float] = {}
        self._unsaid: Counter[Hashable] = Counter()

    def warning(self, event: str, **facts: Any) -> None:
        """Log what passes by itself, or should be looked at."""
        self._log(log.warning, event, facts)

    def error(self, event: str, **facts: Any) -> None:
        """Log what has to be put right."""
        self._log(log.error, event, facts)

    def _log(self, write: Callable[..., None], event: str, facts: dict[str, Any]) -> None:
        what, now = (event, *sorted(facts.items())), self._clock()
        self._unsaid[what] += 1
        if now - self._said_at.get(what, now - AGAIN_AFTER_SECONDS) < AGAIN_AFTER_SECONDS:
            return
        times = self._unsaid.pop(what)
        self._said_at[what] = now
        write(event, **facts, **({"times": times} if times > 1 else {}))


recurring = Recurring()


def about(**facts: Any) -> None:
    """Say what every line of this task is about, from here on."""
    _about.set(facts)


def configure(level: str = "info") -> None:
    """Write what is of a level or above; of libraries no less than warnings."""
    number = logging.getLevelNamesMapping()[level.upper()]
    _ours.setLevel(number)
    # A handler writes a line in one piece: several processes may write to the same place.
    handler = logging.StreamHandler()
    handler.setFormatter(_JsonFormatter())
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler], force=True)


class _JsonFormatter(logging.Formatter):
    """Writes a record as one JSON line, without the message of an exception or the values in it."""

    def format(self, record: logging.LogRecord) -> str:
        said = {"event": record.getMessage(), "level": record.levelname.lower()}
        facts = getattr(record, "facts", None)
        line = _of_library(record, said) if facts is None else {**_about.get(), **facts, **said, **_time_of(record)}
        return json.dumps(line, ensure_ascii=False, default=repr)


def _time_of(record: logging.LogRecord) -> dict[str, str]:
    return {"timestamp": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")}


def _of_library(record: logging.LogRecord, said: dict[str, str]) -> dict[str, str]:
    kind = {"kind": record.exc_info[0].__name__} if record.exc_info and record.exc_info[0] else {}
    return {**said, "logger": record.name, **kind}
