"""What is read of a file: its lines, what is wrong with them, and what there is to say of the whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.commands.imports.sayings import Say


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a line, in which column: its key, or its letters where it has no heading."""

    say: Say
    key: str | None = None
    letters: str | None = None
    parts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One line: by its number in the file and its row in the sheet; without an item and wrongs nobody filled it in.

    `beside` are the codes that stand beside the id of an obligation, which must not say otherwise.
    """

    number: int
    row: int
    item: dict[str, Any] | None = None
    wrongs: tuple[Wrong, ...] = ()
    beside: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Remark:
    """One thing to say of a whole file."""

    say: Say
    parts: Mapping[str, str] = field(default_factory=dict)


class FileUnreadable(Exception):
    """The file as a whole cannot be read; nothing of it is recorded."""

    def __init__(self, say: Say, **parts: str) -> None:
        super().__init__(say.value)
        self.remark = Remark(say, parts)


@dataclass(frozen=True)
class Form:
    """What a file's headings say: each column's letters and heading, by key; JSON has none."""

    letters: Mapping[str, str] = field(default_factory=dict)
    headings: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
