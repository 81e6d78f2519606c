"""What every refusal is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

MAX_FAULTS = 50
"""How many places a refusal names at most."""


@dataclass(frozen=True)
class Fault:
    """One place that is wrong: an RFC 6901 JSON pointer (or a parameter's name) and a sentence.

    In Vietnamese, too, where `sentences` has no other words for it.
    """

    pointer: str
    detail: str
    detail_vi: str | None = None


class Hindrance(Exception):
    """What keeps a command from being done, in words for the person at the terminal."""


class Refusal(Exception):
    """The request is refused."""

    title_vi: ClassVar[str] = "Yêu cầu bị từ chối."
    more: Mapping[str, Any] = MappingProxyType({})
    """What a client needs beside the words, by the name of the problem's member."""

    def __init__(
        self,
        detail: str | None = None,
        *faults: Fault,
        detail_vi: str | None = None,
        wait_seconds: int | None = None,
    ) -> None:
        super().__init__(detail or type(self).__doc__)
        self.detail, self.detail_vi = detail, detail_vi
        self.faults = faults
        self.wait_seconds = wait_seconds

    @classmethod
    def slug(cls) -> str:
        """Return the stable name of this kind: `CycleNotOpen` is `cycle-not-open`."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", cls.__name__).lower()


def kinds() -> list[type[Refusal]]:
    """List every kind of refusal, in the order in which they are defined."""
    return Refusal.__subclasses__()
