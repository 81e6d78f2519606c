"""The change feed: pages that can wait for more, and a stream; and the checkpoints that were signed over it."""

from typing import Annotated, Any, Literal

from fastapi import Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from app.database.statements import fetch_all
from app.domain import checkpoints
from app.domain.access import Caller, Permission
from app.queries import events as queries
from app.schemas.events import CheckpointKeyOut, CheckpointOut, CheckpointPage, EventPage
from app.web.auth.access import may
from app.web.feed.following import awaited, streamed
from app.web.feed.pages import OFFERED, answer_with
from app.web.paging import Limit
from app.web.parameters import Router
from app.web.read import Reading, answer

router = Router(prefix="/v1", tags=["events"])
LONGEST_WAIT_SECONDS, LONGEST_STREAM_SECONDS = 30, 300
LARGEST = 2**53 - 1
Reader = Annotated[Caller, may(Permission.READ_EVENTS)]
After = Annotated[
    Annotated[int, Field(ge=0, le=LARGEST)] | Literal["now"],
    Query(description="The place after which to begin: the last `seq` you have, or `now` for what comes from now on."),
]
STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events: `id` is the place, `event` the type, `data` the event.",
        "headers": {
            "Cache-Control": {"$ref": "#/components/headers/Cache-Control"},
            "X-Accel-Buffering": {"description": "Tells a proxy to pass events on.", "schema": {"type": "string"}},
        },
        "content": {
            "text/event-stream": {
                "schema": {
                    "type": "object",
                    "properties": {name: {"type": "string"} for name in ("id", "event", "data")},
                }
            }
        },
    }
}


@router.get(
    "/events",
    operation_id="listEvents",
    summary="Follow what changes",
    response_model=EventPage,
    responses=OFFERED,
)
async def list_events(
    request: Request,
    caller: Reader,
    after: After = 0,
    limit: Limit = 100,
    wait: Annotated[
        int, Query(ge=0, le=LONGEST_WAIT_SECONDS, description="How many seconds to wait when there is nothing yet.")
    ] = 0,
) -> Response:
    """Get the events after a place, in their one order; without any, wait for the next one as long as asked."""
    return answer_with(request, await awaited(request, caller, after, limit, wait))


@router.get(
    "/events/stream",
    operation_id="streamEvents",
    summary="Stream what changes",
    response_class=Response,
    responses=STREAM,
)
async def stream_events(
    request: Request,
    caller: Reader,
    after: After = 0,
    lasting: Annotated[
        int, Query(ge=0, le=LONGEST_STREAM_SECONDS, description="For how many seconds to wait for more.")
    ] = LONGEST_STREAM_SECONDS,
    unnamed: Annotated[bool, Query(description="Leave `event` out, for readers that take unnamed ones.")] = False,
    last_event_id: Annotated[
        int | None, Header(ge=0, le=LARGEST, description="Where a stream broke off; it stands above `after`.")
    ] = None,
) -> Response:
    """Stream events as they come (server-sent events); a client that connects again goes on where it was."""
    sent = await streamed(request, caller, after if last_event_id is None else last_event_id, lasting, unnamed=unnamed)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(sent, media_type="text/event-stream", headers=headers)


@router.get(
    "/audit/checkpoints", operation_id="listCheckpoints", summary="List checkpoints", response_model=CheckpointPage
)
async def list_checkpoints(
    request: Request,
    _: Annotated[Caller, may(Permission.READ_CHECKPOINTS)],
    reading: Reading,
    after: Annotated[int, Query(ge=0, le=LARGEST, description="Only those over more events than this.")] = 0,
    limit: Limit = 100,
) -> Response:
    """List what was signed over the events, every minute or thousand events; keep it outside of this service."""
    items = [_shown(row["note"]) for row in await fetch_all(reading, queries.signed, after=after, limit=limit)]
    keys = [CheckpointKeyOut(**key.jwk) for key in request.app.state.checkpoint_keys.all.values()]
    return answer(request, CheckpointPage(items=items, keys=keys, next_after=items[-1].size if items else after))


def _shown(note: str) -> CheckpointOut:
    one = checkpoints.read(note)
    return CheckpointOut(size=one.size, root=one.root.hex(), signed_at=one.signed_at, key=one.hint.hex(), note=one.note)
