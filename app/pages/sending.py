"""Files that come by a form: received, held against the same limits and looked through as those that the API takes."""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.types import Message

from app.domain.errors import ContentTooLarge, Fault, MalformedContent, UnreadableRequest, UnsupportedMediaType
from app.domain.files import EXTENSIONS, MediaType
from app.pages.forms import Form, form_of
from app.web.clock import Now
from app.web.files.transfers import Transferring
from app.web.files.uploads import BUFFER_BYTES, NO_BODY_LIMIT, Upload
from app.web.middleware.admission import Slot

SENDS: dict[str, Any] = {"max_body_size": NO_BODY_LIMIT}
"""What a route that takes a file says of itself: an upload has limits of its own."""
MANY_FIELDS, FIELD_BYTES = 100, 64 * 1024
FILE = "file"


@dataclass(frozen=True)
class FileForm:
    """A form and the file that came with it."""

    form: Form
    slot: Slot
    file: UploadFile | None

    @property
    def name(self) -> str:
        """Return the name that the file has where it came from, without the folders that some browsers tell."""
        return str(self._there().filename).replace("\\", "/").rpartition("/")[2]

    @property
    def size(self) -> int:
        """Return how many bytes it has."""
        return self._there().size or 0

    def media_type(self) -> MediaType:
        """Return what the file is by its name; that it is this is looked at later.

        Raises:
            UnsupportedMediaType: it is nothing that is taken.
        """
        endings = {ending: kind for kind, every in EXTENSIONS.items() for ending in every}
        kind = next((kind for ending, kind in endings.items() if self.name.lower().endswith(ending)), None)
        if kind is None:
            raise UnsupportedMediaType
        return kind

    def upload(self) -> Upload:
        """Take the file as if it came by itself."""
        file = self._there()

        async def receive() -> Message:
            chunk = await file.read(BUFFER_BYTES)
            return {"type": "http.request", "body": chunk, "more_body": bool(chunk)}

        return Upload(Request({**self.form.request.scope, "headers": []}, receive), self.slot, None)

    def _there(self) -> UploadFile:
        if self.file is None:
            raise MalformedContent(None, Fault("/file", "is needed"))
        return self.file


async def with_file(request: Request, slot: Transferring, now: Now) -> AsyncIterator[FileForm]:
    """Receive a form with a file, at the pace of its sender, without a place at work.

    Raises:
        ContentTooLarge, UploadTooSlow: see `Upload`.
        UnreadableRequest: it is no such form.
    """
    upload = Upload(request, slot, None)
    stream = _limited(upload.chunks(), upload.limits.file + MANY_FIELDS * FIELD_BYTES)
    try:
        async with slot.left():
            parser = MultiPartParser(
                request.headers, stream, max_files=1, max_fields=MANY_FIELDS, max_part_size=FIELD_BYTES
            )
            sent = await parser.parse()
    except (MultiPartException, KeyError):
        raise UnreadableRequest from None
    file = sent.get(FILE)
    there = file if isinstance(file, UploadFile) and file.filename else None
    try:
        yield FileForm(form_of(request, now, sent, await _digest(there)), slot, there)
    finally:
        await sent.close()


async def _limited(chunks: AsyncIterator[bytes], most: int) -> AsyncGenerator[bytes, None]:
    came = 0
    async for chunk in chunks:
        came += len(chunk)
        if came > most:
            raise ContentTooLarge
        yield chunk


async def _digest(file: UploadFile | None) -> str:
    if file is None:
        return ""
    digest = hashlib.sha256()
    while chunk := await file.read(BUFFER_BYTES):
        digest.update(chunk)
    await file.seek(0)
    return digest.hexdigest()


WithFile = Annotated[FileForm, Depends(with_file, scope="function")]
