"""Forms: what somebody sent, done once however often it is sent, and shown again with what is wrong with it.

A form holds a key of its own, under which its act is remembered as those of the API are: a double click and a reload
do it once.  It also holds the version that was seen: whoever comes second is shown what came meanwhile.
"""

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel
from starlette.datastructures import FormData, UploadFile

from app.domain.errors import Refusal, RequestInFlight, UnreadableRequest
from app.pages.answers import is_english
from app.pages.desk import Desk
from app.schemas.problem import Problem
from app.web.bulk_items import read_each
from app.web.clock import Now
from app.web.problems.catalogue import STATUS
from app.web.problems.handlers import spelled_out
from app.web.write import Write

_KEY = re.compile(r"[0-9a-f]{32}\Z")
_GROUPED = re.compile(r"\d{1,3}(\.\d{3})*,\d+\Z")
CLICKS, PAUSE_SECONDS = 40, 0.1
"""How often, and after how long, a second click asks what became of the first."""
Shape = TypeVar("Shape", bound=BaseModel)
Values = Mapping[str, list[str]]


@dataclass(frozen=True)
class Again:
    """A form that is shown again: which one, what was typed, and what is wrong with it, as a whole and where."""

    form: str
    values: Values
    problem: Problem | None = None
    slug: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict)

    def typed(self, name: str) -> str | None:
        """Return what stood in a field; nothing when the field was not there."""
        return next(iter(self.values.get(name, ())), None)


@dataclass(frozen=True)
class Form:
    """What somebody sent; fields that are left empty say nothing."""

    request: Request
    write: Write
    values: Values
    files: Mapping[str, UploadFile] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str | None:
        """Return what stands in a field."""
        return next(iter(self.values.get(name, ())), None)

    def every(self, name: str) -> list[str]:
        """Return what stands in all fields of a name."""
        return list(self.values.get(name, ()))

    def whole(self, name: str) -> Any:
        """Return a whole number, or what stands there instead, which is refused like anywhere."""
        text = self[name]
        return int(text) if text and text.strip().isascii() and text.strip().isdigit() and len(text) < 20 else text

    def figure(self, name: str) -> Any:
        """Return a figure, written with a decimal comma or point, or what stands there instead."""
        return as_figure(self[name])

    def said(self, *names: str) -> dict[str, Any]:
        """Return what was said in some fields, by their names."""
        return {name: self[name] for name in names if self[name] is not None}

    @property
    def seen(self) -> int | None:
        """Return the version that was seen."""
        seen = self.whole("seen")
        return seen if isinstance(seen, int) else None

    def expecting(self) -> Write:
        """Prepare a write to the version that was seen."""
        self.write.expected = self.seen
        return self.write

    def kept(self, name: str) -> Again:
        """Prepare to show the form again, with which nothing is wrong."""
        return Again(name, self.values)

    def again(self, name: str, refusal: Refusal, fields: Mapping[str, str]) -> Again:
        """Prepare to show the form again; `fields` are the places of faults whose fields have other names."""
        kind = type(refusal)
        self.request.scope["refusal"] = kind.slug()
        problem = spelled_out(
            refusal, request_id=self.request.scope.get("request_id"), vietnamese=not is_english(self.request)
        )
        wrong = {_field(fault.pointer, fields): fault.detail for fault in reversed(problem.errors or ())}
        return Again(name, self.values, problem, kind.slug(), wrong)


def as_figure(text: str | None) -> Any:
    """Read a figure as officials write it: `12,5` and `1.234,5` as well as `12.5`."""
    if text is None:
        return None
    written = text.strip()
    plain = written.replace(".", "") if _GROUPED.match(written) else written
    try:
        return Decimal(plain.replace(",", ".")) if len(plain) < 40 and plain.isascii() else text
    except InvalidOperation:
        return text


def _field(pointer: str, fields: Mapping[str, str]) -> str:
    """Return the field that a fault is about; a name that ends in a dash is the beginning of several."""
    start = next((one for one in sorted(fields, key=len, reverse=True) if pointer.startswith(one)), None)
    if start is None:
        return pointer.strip("/").replace("/", "-")
    name = fields[start]
    return name + pointer.removeprefix(start) if name.endswith("-") else name


def read(shape: type[Shape], sent: Mapping[str, Any]) -> Shape:
    """Read what was sent as the operation beside the form does.

    Raises:
        MalformedContent, PersonalDataFound, SecrecyMarkFound: it is refused for what it says.
    """
    (found,) = read_each(shape, [dict(sent)])
    if isinstance(found, Refusal):
        raise found
    return found


Act = Callable[[], Awaitable[Response]]


async def once(act: Act) -> Response:
    """Do what a form asks for; while an earlier click does it, wait for what becomes of that."""
    for _ in range(CLICKS):
        try:
            return await act()
        except RequestInFlight:
            await asyncio.sleep(PAUSE_SECONDS)
    return await act()


def refused_with(desk: Desk, template: str, refusal: Refusal, **shown: Any) -> HTMLResponse:
    """Show a page with the form that was refused."""
    return desk.page(template, STATUS[type(refusal)], **shown)


async def form(request: Request, now: Now) -> Form:
    """Read a form that was sent from a page of ours."""
    return form_of(request, now, await request.form())


def form_of(request: Request, now: Any, sent: FormData, digest: str = "") -> Form:
    """Read a form; `digest` is of the file that came with it.

    Raises:
        UnreadableRequest: its key is none of ours.
    """
    values: dict[str, list[str]] = {}
    for name, value in sent.multi_items():
        if isinstance(value, str) and value.strip():
            values.setdefault(name, []).append(value.replace("\r\n", "\n"))
    files = {name: one for name, one in sent.multi_items() if isinstance(one, UploadFile) and one.filename}
    key = (values.get("key") or [""])[0]
    if not _KEY.match(key):
        raise UnreadableRequest
    told = sorted((name, *said) for name, said in values.items() if name != "key")
    fingerprint = hashlib.sha256(repr((request.url.path, told, digest)).encode()).digest()
    return Form(request, Write(request, now, key, fingerprint), values, files)


Sent = Annotated[Form, Depends(form)]
