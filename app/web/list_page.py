"""A page of a list that tells how things stand at an instant: made once, and given as of later ones while it holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from fastapi import Request, Response
from pydantic_core import to_json

from app.domain.access import Caller
from app.standing.moment import Moment
from app.web.etags import etag_of
from app.web.paging import End, Pages
from app.web.read import tagged


@dataclass(frozen=True)
class ListPage:
    """A page: as of when, its items as JSON, where it ends, and what else it says.

    Its instant moves on with the clock unless the caller has `pinned` it.  Its tag is a weak one (RFC 9110, section
    8.8.1): of all but the instant, and of whether there is another page.
    """

    moment: Moment
    pinned: bool
    items: bytes
    end: End | None
    more: bytes
    tag: str

    @classmethod
    def of(
        cls, pages: Pages, moment: Moment, items: Sequence[Mapping[str, Any]], end: End | None, **more: Any
    ) -> "ListPage":
        """Make a page of items that are spelled as the wire has them."""
        shown = to_json(items)
        beside = b"".join(b',"%s":%s' % (name.encode(), to_json(one)) for name, one in more.items())
        tag = f"W/{etag_of(shown + beside + (b'' if end is None else b'more'))}"
        return cls(moment, pages.pins, shown, end, beside, tag)

    def give(self, request: Request, caller: Caller, now: datetime) -> Response:
        """Answer with it as of an instant, or with 304 when the caller has the same."""
        moment = self.moment if self.pinned else replace(self.moment, as_of=now)
        pages = Pages(request, caller)
        cursor = pages.next_cursor(moment, self.end)
        spelled = (to_json(moment.as_of), self.items, to_json(cursor), self.more)
        content = b'{"as_of":%s,"items":%s,"next_cursor":%s%s}' % spelled
        return tagged(request, content, self.tag, headers=pages.link(cursor))
