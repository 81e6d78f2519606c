"""Templates, and how what they show is spelled: days, instants, shares, and words in two languages."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.domain.calendar import HOME_ZONE
from app.domain.completion import ClaimState, Judgement, Missing, Status
from app.domain.words import Words, words_of
from app.schemas.printed import ACTS

FOLDER = Path(__file__).parent / "templates"
STYLE = (FOLDER / "style.css").read_bytes()
SCRIPT = (FOLDER / "script.js").read_bytes()
ICON = (FOLDER / "icon.svg").read_bytes()
STYLE_DIGEST, SCRIPT_DIGEST = (sha256(one).hexdigest()[:16] for one in (STYLE, SCRIPT))
LETTERS: Mapping[Status, Words] = {
    Status.COMPLETED_ON_TIME: Words("Đ", "C"),
    Status.COMPLETED_LATE: Words("M", "L"),
    Status.OVERDUE: Words("Q", "O"),
    Status.AWAITED: Words("Y", "A"),
    Status.IN_PROGRESS: Words("T", "P"),
    Status.NOT_STARTED: Words("C", "N"),
    Status.NOT_APPLICABLE: Words("K", "X"),
}
"""A status in one letter, where there is no room for words: colour alone tells nobody anything."""
Say = Callable[[str, str], str]


def day(value: date | datetime | None) -> str:
    """Spell a day as officials do; of an instant, the day in Vietnam."""
    if value is None:
        return ""
    local = value.astimezone(HOME_ZONE) if isinstance(value, datetime) else value
    return f"{local.day}/{local.month}/{local.year}"


def minute(value: datetime | str) -> str:
    """Spell an instant to the minute that had begun, in Vietnam; what comes out of a history is text."""
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    local = instant.astimezone(HOME_ZONE)
    return f"{local:%H:%M} {day(local)}"


def share(value: float | None) -> str:
    """Spell a share of 1 as a percentage, and none at all as a dash."""
    return "–" if value is None else f"{100 * value:.1f}".replace(".", ",") + " %"


def figure(value: Any) -> str:
    """Spell a figure with a decimal comma."""
    return "–" if value is None else f"{value:f}".rstrip("0").rstrip(".").replace(".", ",") if value else "0"


def speaking(*, english: bool) -> dict[str, Any]:
    """Return what templates say in one of our languages."""
    which = "en" if english else "vi"

    def word(choice: StrEnum) -> str:
        return str(getattr(words_of(choice), which))

    def missing(code: str) -> str:
        name, _, target = code.partition(":")
        return f"{word(Missing(name))} {target}".rstrip()

    return {
        "language": which,
        "say": lambda vi, en: en if english else vi,
        "word": word,
        "status_word": lambda value: word(Status(value)),
        "claim_word": lambda value: word(ClaimState(value)),
        "judged_word": lambda value: word(Judgement(value)),
        "missing_word": missing,
        "act_word": lambda value: ACTS[value] if which == "vi" else value.replace("_", " "),
        "letter": lambda value: getattr(LETTERS[Status(value)], which),
    }


def environment() -> Environment:
    """Make what renders templates: all is escaped, and a name that nobody gave is a mistake of ours."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {"day": day, "minute": minute, "share": share, "figure": figure}
    made.globals |= {"style_digest": STYLE_DIGEST, "script_digest": SCRIPT_DIGEST, "new_key": lambda: uuid4().hex}
    return made


TEMPLATES = environment()
