"""What the answers of an operation say in OpenAPI: their headers and their problems.

All of it follows from what the operation depends on and is asked with, so that a router names only the problems that
its own act adds.
"""

import inspect
from collections.abc import Iterable, Iterator
from typing import Any, get_args

from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext

from app.domain.errors import (
    ContentTooLarge,
    Fault,
    InternalFault,
    MalformedContent,
    PersonalDataFound,
    Refusal,
    SecrecyMarkFound,
    UnreadableRequest,
    kinds,
)
from app.schemas.problem import Problem
from app.web.positions import HEADER
from app.web.problems import handlers
from app.web.problems.catalogue import HEADERS as ALSO_SAID
from app.web.problems.handlers import MEDIA_TYPE, NAMES, Kinds

Json = dict[str, Any]
REQUEST_ID = "0b5c2b6e7d1f4c55"


def _header(description: str, example: str | int, *, always: bool = False, **schema: Any) -> Json:
    shape = {"type": "integer" if isinstance(example, int) else "string", **schema}
    return {"description": description, "required": always, "schema": shape, "example": example}


HEADERS: dict[str, Json] = {
    "X-Request-Id": _header(
        "The id of the request, yours if you sent one; every line of the log has it.", REQUEST_ID, always=True
    ),
    "ETag": _header(
        "The version and a digest of the bytes: goes into `If-None-Match` of a read and `If-Match` of a write.",
        '"3-1f0c2b6e7d1f4c55"',
        always=True,
        pattern=r'^(W/)?"(\d+-)?[0-9a-f]{16}"$',
    ),
    "Cache-Control": _header("How long the answer may be kept: never past the next deadline.", "no-store", always=True),
    "Content-Language": _header("The language of the title.", "en", always=True, enum=["vi", "en"]),
    "Link": _header('Where the next page is, with `rel="next"` (RFC 8288); left out on the last page.', "</v1/…>"),
    "Location": _header("Where what was made can be read, when it has an address of its own.", "/v1/evidence/…"),
    "Idempotent-Replayed": _header(
        "This is the answer that was given when the key was first used.", "true", enum=["true"]
    ),
    HEADER: _header("Where replicas are read from: how far the record was, for reads to carry.", "0000000003A4F1B8"),
    "Accept-Ranges": _header("A part can be asked for with `Range`.", "bytes", always=True, enum=["bytes"]),
    "Content-Disposition": _header(
        "An attachment, and its name (RFC 6266, RFC 8187).", "attachment; filename=\"a.pdf\"; filename*=UTF-8''a.pdf"
    ),
    "Content-Range": _header("Which bytes these are, and of how many (RFC 9110).", "bytes 0-99/5000"),
    "Content-Security-Policy": _header("Nothing in the file may run.", "default-src 'none'; sandbox", always=True),
    "Cross-Origin-Resource-Policy": _header("No other site may embed it.", "same-origin", always=True),
    "Repr-Digest": _header("The SHA-256 digest of the whole file (RFC 9530).", "sha-256=:…:", always=True),
    "X-Content-Type-Options": _header("The file is what its media type says.", "nosniff", always=True),
    "WWW-Authenticate": _header("What to show (RFC 6750, RFC 7617).", 'Bearer realm="dondoc"'),
    "Retry-After": _header("After how many seconds to try again.", 2, minimum=1),
}
EVERYWHERE = {UnreadableRequest, ContentTooLarge, InternalFault}
"""What any request can be refused for: by its head, or by a bug of ours."""
IN_WORDS = {PersonalDataFound, SecrecyMarkFound}
"""What a body that people write can be refused for."""
_OF_PROBLEMS = ("X-Request-Id", "Content-Language", "Cache-Control")
_EXAMPLES: dict[Kinds, Refusal] = {
    MalformedContent: MalformedContent(None, Fault("/percent", "must fit the state")),
    PersonalDataFound: PersonalDataFound(None, Fault("/summary", "holds a phone number (characters 12 to 21)")),
    SecrecyMarkFound: SecrecyMarkFound(None, Fault("/summary", "holds a mark of secrecy (characters 1 to 7)")),
}


def reads(operation: Json, method: str) -> bool:
    """Say whether an operation answers with an ETag, and with 304 to whom has that already: all that show JSON."""
    shown = operation["responses"].get("200", {}).get("content", ())
    return method == "GET" and "security" in operation and "application/json" in shown


def responses_of(route: RouteContext, operation: Json, method: str) -> Json:
    """Return every answer that an operation can give, by status."""
    success, names = str(route.status_code or 200), _headers(operation, method)
    # What is sent is validated here, and what FastAPI says of that is not so.
    answers = {status: one for status, one in operation["responses"].items() if status != "422"}
    shown: Json = {status: one for status, one in answers.items() if NAMES not in one}
    headers = _references("headers", names) | shown[success].get("headers", {})
    for tried in shown.keys() - {success}:
        shown[tried] |= {"headers": headers} if tried.startswith("2") and "headers" not in shown[tried] else {}
    shown[success] |= {"headers": headers, **_description(route.response_model)}
    if reads(operation, method):
        shown["304"] = {"$ref": "#/components/responses/NotModified"}
    problems = _problems(_refusals(route, operation), of_oauth=route.path_format in handlers.OAUTH_PATHS)
    return dict(sorted((shown | problems).items()))


def components() -> dict[str, Json]:
    """Return the parts that answers refer to."""
    not_modified = {
        "description": "It is what you have already.",
        "headers": _references("headers", ["X-Request-Id", "ETag", "Cache-Control"]),
    }
    return {
        "headers": HEADERS,
        "responses": {"NotModified": not_modified, **{kind.__name__: _described([kind]) for kind in kinds()}},
        "examples": {kind.slug(): {"summary": kind.__doc__, "value": _example(kind)} for kind in kinds()},
    }


def _headers(operation: Json, method: str) -> list[str]:
    """Name the headers of the answer to a request that was not refused."""
    asked = {parameter.get("name") for parameter in operation.get("parameters", ())}
    names = ["X-Request-Id"]
    records = method == "PUT" or "Idempotency-Key" in asked
    if reads(operation, method) or (records and "204" not in operation["responses"]):
        names.append("ETag")
    if reads(operation, method) or method != "GET":
        names.append("Cache-Control")
    by_parameter = {"cursor": ["Link"], "Idempotency-Key": ["Location", "Idempotent-Replayed", HEADER]}
    return names + [name for parameter, found in by_parameter.items() if parameter in asked for name in found]


def _description(shape: Any) -> Json:
    """Describe an answer by what its shape's docstring says first; of several shapes, the plainest one's, the last."""
    plainest = (get_args(shape) or (shape,))[-1]
    return {"description": (inspect.getdoc(plainest) or "").partition("\n\n")[0]} if plainest else {}


def _refusals(route: RouteContext, operation: Json) -> list[Kinds]:
    named = {name for one in route.responses.values() for name in one.get(NAMES, ())}
    written = "application/json" in operation.get("requestBody", {}).get("content", ())
    found = {*_of(route.dependant), *EVERYWHERE, *(IN_WORDS if written else ())}
    return [kind for kind in kinds() if kind in found or kind.slug() in named]


def _of(dependant: Dependant) -> Iterator[Kinds]:
    yield from getattr(dependant.call, "refusals", ())
    for other in dependant.dependencies:
        yield from _of(other)


def _problems(found: Iterable[Kinds], *, of_oauth: bool) -> Json:
    by_status: dict[str, list[Kinds]] = {}
    for kind in found:
        by_status.setdefault(str(_spelled(kind, of_oauth=of_oauth).status), []).append(kind)
    return {status: _problem(some, of_oauth=of_oauth) for status, some in by_status.items()}


def _problem(found: list[Kinds], *, of_oauth: bool) -> Json:
    """Refer to the answer of one kind; those of several kinds that share a status, and of OAuth, are spelled out."""
    if of_oauth:
        examples = {kind.slug(): {"value": _shown(_spelled(kind, of_oauth=True))} for kind in found}
        return _described(found, handlers.JSON, examples)
    return {"$ref": f"#/components/responses/{found[0].__name__}"} if len(found) == 1 else _described(found)


def _described(found: list[Kinds], media_type: str = MEDIA_TYPE, examples: Json | None = None) -> Json:
    names = dict.fromkeys([*_OF_PROBLEMS, *(name for kind in found for name in ALSO_SAID.get(kind, ()))])
    content = {
        "schema": {"$ref": "#/components/schemas/Problem"},
        "examples": examples or _references("examples", [kind.slug() for kind in found]),
    }
    return {
        "description": "\n".join(f"* `{kind.slug()}`: {kind.__doc__}" for kind in found),
        "headers": _references("headers", names),
        "content": {media_type: content},
    }


def _example(kind: Kinds) -> Json:
    return _shown(_spelled(kind, of_oauth=False))


def _spelled(kind: Kinds, *, of_oauth: bool) -> Problem:
    problem = handlers.spelled_out(_EXAMPLES.get(kind) or kind(), request_id=REQUEST_ID)
    return handlers.for_oauth(problem, kind) if of_oauth else problem


def _shown(problem: Problem) -> Json:
    return problem.model_dump(exclude_none=True)


def _references(part: str, names: Iterable[str]) -> Json:
    return {name: {"$ref": f"#/components/{part}/{name}"} for name in names}
