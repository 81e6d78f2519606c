"""Places in an order: where a page begins."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam, tuple_

from app.database.statements import Values, split_arguments


@dataclass(frozen=True)
class KeysetCursor:
    """After the row with these keys."""

    keys: Sequence[Any]

    def values(self) -> dict[str, Any]:
        """Return the keys by the names of their parameters."""
        return {f"after_{n}": key for n, key in enumerate(self.keys)}

    def row(self, keys: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
        """Return that row, to be compared with these columns of others."""
        named = zip(keys, self.values().items(), strict=True)
        return tuple_(*(bindparam(name, value, key.type) for key, (name, value) in named))


@split_arguments.register
def _after(after: KeysetCursor, _: str) -> tuple[Hashable, Values]:
    return len(after.keys), after.values()
