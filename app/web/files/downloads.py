"""Downloads: a file as an attachment that no browser opens by itself, whole or in part (RFC 9110, sections 13, 14)."""

import re
import unicodedata
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import Request, Response
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.responses import StreamingResponse

from app.commands.downloads import Content
from app.database.engine import SYSTEM
from app.database.statements import fetch_first
from app.domain.errors import RangeNotSatisfiable
from app.domain.files import MediaType
from app.logs import log
from app.queries.evidence import erased_content
from app.stores import ContentChanged, Store
from app.stores.base import name_of
from app.web.etags import matches
from app.web.files.digests import repr_digest
from app.web.middleware.admission import Slot

_ONE_RANGE = re.compile(r"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*\Z")
_LOCKED = {
    "Cache-Control": "private, no-store",
    "Vary": "Authorization",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


BYTES = {kind.value: {"schema": {"type": "string", "format": "binary"}} for kind in MediaType}
_TAG = {
    "description": "The digest of the whole file: goes into `If-None-Match` and `If-Range`.",
    "required": True,
    "schema": {"type": "string", "pattern": '^"[0-9a-f]{64}"$'},
}


def _told(*more: str) -> dict[str, Any]:
    names = ("X-Request-Id", "Repr-Digest", "Accept-Ranges", *(set(_LOCKED) - {"Vary"}), *more)
    return {"ETag": _TAG, **{name: {"$ref": f"#/components/headers/{name}"} for name in sorted(names)}}


OFFERED: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file, as an attachment.", "headers": _told("Content-Disposition"), "content": BYTES},
    206: {
        "description": "The part that `Range` names.",
        "headers": _told("Content-Disposition", "Content-Range"),
        "content": BYTES,
    },
    304: {"description": "The caller has these bytes.", "headers": _told()},
}
"""What a download can be, as the document tells it."""
ASKED_WITH = [
    {
        "name": name,
        "in": "header",
        "description": description,
        "schema": {"type": "string", "examples": [example]},
    }
    for name, description, example in (
        ("Range", "Which bytes to send; of several ranges, none is honoured.", "bytes=0-99"),
        ("If-Range", "The ETag of the file that the range is of: for another file the whole is sent.", f'"{"0" * 64}"'),
        ("If-None-Match", "The ETag of what you have: it is not sent again.", f'"{"0" * 64}"'),
    )
]
"""Headers that a download honours, as the document tells them."""


@dataclass(frozen=True)
class Wanted:
    """Which bytes are asked for, from `start` up to, and without, `end`, and whether any of them is to be given.

    None is when the caller has them, or asks by HEAD.
    """

    start: int
    end: int
    status_code: int
    is_given: bool = True


def wanted(request: Request, content: Content) -> Wanted:
    """Read which bytes a request asks for.

    Raises:
        RangeNotSatisfiable: the file has none of them.
    """
    headers, tag = request.headers, _tag(content)
    if matches(headers.get("if-none-match"), tag):
        return Wanted(0, 0, 304, is_given=False)
    whole = Wanted(0, content.size, 200, is_given="head_only" not in request.scope)
    if not whole.is_given:
        # RFC 9110, section 14.2: a range means something with GET only.
        return whole
    asked = _ONE_RANGE.match(headers.get("range", ""))
    if asked is None or asked.group(1, 2) == ("", "") or headers.get("if-range", tag) != tag:
        # What is no range of ours, several ranges among them, may be ignored; a stale one must be.
        return whole
    return _part(asked[1], asked[2], content.size) or whole


def _part(first: str, last: str, size: int) -> Wanted | None:
    if first and last and int(last) < int(first):
        return None
    start = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    if start >= end:
        raise RangeNotSatisfiable(size)
    return Wanted(start, end, 206)


async def download(slot: Slot, request: Request, content: Content, part: Wanted) -> Response:
    """Answer with the bytes that were asked for; they go without a place at work."""
    headers = {**_LOCKED, "ETag": _tag(content), "Accept-Ranges": "bytes", "Repr-Digest": repr_digest(content.sha256)}
    if part.status_code == 304:
        return Response(status_code=304, headers=headers)
    headers |= {
        "Content-Disposition": attachment(content.file_name),
        "Content-Length": str(part.end - part.start),
        **({"Content-Range": f"bytes {part.start}-{part.end - 1}/{content.size}"} if part.status_code == 206 else {}),
    }
    if not part.is_given:
        return Response(status_code=part.status_code, headers=headers, media_type=content.media_type)
    return StreamingResponse(
        await _opened(slot, request, content, part), part.status_code, headers, media_type=content.media_type
    )


async def _opened(slot: Slot, request: Request, content: Content, part: Wanted) -> AsyncIterator[bytes]:
    """Open the bytes before the answer begins, so that what is lost is told and not half sent."""
    store: Store = request.app.state.store
    chunks = await run_in_threadpool(store.open, name_of(content.content_id, content.sha256), 0, content.size)
    slot.give_back()
    return iterate_in_threadpool(_verified(chunks, content, part))


def _verified(chunks: Iterator[bytes], content: Content, part: Wanted) -> Iterator[bytes]:
    """Give the part that is wanted of a whole file, the last piece of it only once the digest of the file is right.

    Raises:
        ContentChanged: it is not; the connection is cut, and nobody takes what came for the file.
    """
    digest, at, held = sha256(), 0, b""
    for chunk in chunks:
        digest.update(chunk)
        piece = chunk[max(0, part.start - at) : max(0, part.end - at)]
        at += len(chunk)
        if piece and held:
            yield held
        held = piece or held
    if digest.hexdigest() != content.sha256:
        log.error("kept bytes are not what they were", content=str(content.content_id))
        raise ContentChanged
    yield held


async def remove_bytes(request: Request, evidence_id: UUID) -> None:
    """Remove what an erasure has ended from the store; what fails here, tidying up does later."""
    state = request.app.state
    async with state.database.reading(SYSTEM) as connection:
        ended = await fetch_first(connection, erased_content, evidence_id=evidence_id)
    if ended:
        await run_in_threadpool(state.store.remove, name_of(ended["id"], ended["sha256"]))


def _tag(content: Content) -> str:
    return f'"{content.sha256}"'


def attachment(file_name: str) -> str:
    """Spell Content-Disposition (RFC 6266): the name in ASCII for the old, and as it is (RFC 8187) for all others."""
    plain = unicodedata.normalize("NFKD", file_name.translate(str.maketrans("đĐ", "dD")))
    ascii_name = re.sub(r"[^A-Za-z0-9._ -]", "", plain)
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(file_name, safe='')}"
