"""Answering with a page of the feed: in the feed's own form, or as a batch of CloudEvents for whoever accepts that."""

from typing import Any

from fastapi import Request, Response
from pydantic import TypeAdapter

from app.schemas.cloudevents import BATCH, CloudEvent
from app.schemas.events import EventPage
from app.web.accept import most_wanted
from app.web.etags import etag_of
from app.web.read import answer, tagged

_BATCHES: TypeAdapter[list[CloudEvent]] = TypeAdapter(list[CloudEvent])
_VARY = {"Vary": "Authorization, Accept"}
OFFERED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events in order. A batch of CloudEvents says in `Link` from where to go on.",
        "content": {BATCH: {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/CloudEvent"}}}},
    }
}


def answer_with(request: Request, page: EventPage) -> Response:
    """Answer with a page in the form that the caller would rather have."""
    offered = {"page": "application/json", "batch": BATCH}
    if most_wanted(request.headers.get("accept"), offered) != "batch":
        return answer(request, page, headers=_VARY)
    service = request.app.state.settings.issuer
    content = _BATCHES.dump_json([CloudEvent.of(one, service) for one in page.items])
    further = request.url.include_query_params(after=page.next_after)
    link = {"Link": f'<{further.path}?{further.query}>; rel="next"'}
    return tagged(request, content, etag_of(content, None), headers={**_VARY, **link, "Content-Type": BATCH})
