"""Keyset pages: an opaque, signed cursor that pins the moment and is bound to its caller and filters."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Query, Request
from itsdangerous import BadData, URLSafeSerializer

from app.database.keyset import KeysetCursor
from app.domain.access import Caller
from app.domain.errors import BrokenCursor
from app.standing.moment import Moment

MAX_LIMIT = 500
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many items a page holds.")]
CursorText = Annotated[str | None, Query(max_length=2000, description="`next_cursor` of the page before.")]


@dataclass(frozen=True)
class Cursor:
    """Where a page ends: the moment that all pages share, and the sort keys of the last row."""

    moment: Moment
    after: KeysetCursor


@dataclass(frozen=True)
class End:
    """Where a page ends that another one follows: the sort keys of its last row, and until when acts were recorded.

    Lists whose moment says the latter by itself do not ask for it.
    """

    keys: Sequence[Any]
    recorded_until: datetime | None


def end_of(rows: Sequence[Any], limit: int, keys: Sequence[str]) -> End | None:
    """Return where a page ends, when one row more than the limit was found."""
    if len(rows) <= limit:
        return None
    last = rows[limit - 1]
    return End([last[key] for key in keys], last.get("recorded_until"))


class Pages:
    """Writes and reads the cursors of one query by one caller."""

    def __init__(self, request: Request, caller: Caller) -> None:
        self._request = request
        self.pins = not request.query_params.keys().isdisjoint({"as_of", "cursor"})
        """Whether the caller says as of when, itself or by the cursor of the page before."""
        asked = [pair for pair in request.query_params.multi_items() if pair[0] not in {"cursor", "limit", "count"}]
        bound = repr((str(caller.client_id), request.url.path, sorted(asked)))
        self._salt = hashlib.sha256(bound.encode("utf-8", "surrogatepass")).hexdigest()

    def begin(self, asked: Moment, text: str | None) -> tuple[Moment, KeysetCursor | None]:
        """Return the moment of a page and where it starts."""
        cursor = self.read(text)
        return (cursor.moment, cursor.after) if cursor else (asked, None)

    def next_cursor(self, moment: Moment, end: End | None) -> str | None:
        """Write the cursor of the next page, if there is one.

        What had been recorded when the first page was read is all that the other pages know, too.
        """
        if end is None:
            return None
        return self.write(Moment(moment.as_of, moment.known_at or end.recorded_until), end.keys)

    def read(self, text: str | None) -> Cursor | None:
        """Read a cursor back.

        Raises:
            BrokenCursor: it was not made by us, for this caller and this query.
        """
        if text is None:
            return None
        try:
            as_of, known_at, after = self._signer().loads(text)
        except (BadData, ValueError, RecursionError):
            raise BrokenCursor from None
        return Cursor(Moment(_instant(as_of), _instant(known_at)), KeysetCursor([_value(one) for one in after]))

    def write(self, moment: Moment, last: Sequence[Any]) -> str:
        """Write the cursor of the page after a row."""
        known = moment.known_at.isoformat() if moment.known_at else None
        text = self._signer().dumps([moment.as_of.isoformat(), known, [_spell(one) for one in last]])
        return text if isinstance(text, str) else text.decode()

    def link(self, cursor: str | None) -> dict[str, str]:
        """Return the Link header (RFC 8288) that leads to the next page, if there is one."""
        if cursor is None:
            return {}
        kept = [pair for pair in self._request.query_params.multi_items() if pair[0] != "cursor"]
        return {"Link": f'<{self._request.url.path}?{urlencode([*kept, ("cursor", cursor)])}>; rel="next"'}

    def _signer(self) -> URLSafeSerializer:
        return URLSafeSerializer(self._request.app.state.keys.subkey("cursor"), salt=self._salt)


def _spell(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    return {"id": str(value)} if isinstance(value, UUID) else value


def _value(spelled: Any) -> Any:
    if not isinstance(spelled, dict):
        return spelled
    return _instant(spelled["at"]) if "at" in spelled else UUID(spelled["id"])


def _instant(text: str | None) -> Any:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
