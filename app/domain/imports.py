"""Imports: how a filled-in form is meant, and how far one has come that is recorded later."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

KEPT = timedelta(days=7)
"""How long what became of a form can be asked for once that is known."""


class ImportState(StrEnum):
    """How far an import has come: `failed` when nothing of it, or no more of it, can be recorded."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class LineResult(StrEnum):
    """What became of one line: recorded now, there already, refused; with `dry_run` what would become of it."""

    RECORDED = "recorded"
    REPLAYED = "replayed"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class HowMeant:
    """How a form is meant: of which plan, under which name its lines are known, and in which language it is told."""

    plan: str
    name: str
    dry_run: bool
    as_is: bool
    is_json: bool
    vietnamese: bool
