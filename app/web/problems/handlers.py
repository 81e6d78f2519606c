"""Refusals → problems (RFC 9457): how they are spelled, and the handlers.

No problem ever repeats what was sent, and none shows a trace.
"""

import errno
import re
from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.database.failures import Failure, cause_of, constraint_of, is_outdated, kind_of
from app.database.replicas import ReplicaLost
from app.domain import errors
from app.domain.errors import Fault, Refusal
from app.domain.sentences import in_vietnamese
from app.logs import log, recurring
from app.schemas.problem import FaultOut, Problem
from app.web.languages import prefers_vietnamese
from app.web.problems.catalogue import BY_STATUS, CONSTRAINTS, HEADERS, OAUTH, STATUS
from app.web.problems.faults import faults, kind_of_fault

MEDIA_TYPE = "application/problem+json"
NOT_JSON = "The body is not I-JSON (RFC 7493): JSON in UTF-8 with finite numbers, each field of an object named once."

JSON = "application/json"
PAGES = "/desk"
"""Below it, a refusal is a page."""
OAUTH_PATHS = {"/v1/oauth/token", "/v1/oauth/revoke"}
_UNSAYABLE = re.compile(r"[^\x20-\x21\x23-\x5B\x5D-\x7E]")
"""What an `error_description` may not hold."""
Kinds = type[Refusal]
Call = TypeVar("Call", bound=Callable[..., Any])
NAMES = "x-problems"
"""Where a route keeps the names of its problems until openapi.py spells them out."""


def refuses(*kinds: Kinds) -> Callable[[Call], Call]:
    """Say what a dependency can refuse with: every operation that depends on it documents it."""

    def mark(dependency: Call) -> Call:
        dependency.refusals = kinds  # type: ignore[attr-defined]
        return dependency

    return mark


def documented(*kinds: Kinds) -> dict[int | str, dict[str, Any]]:
    """Say what an operation can refuse with beyond what it depends on."""
    statuses = sorted({STATUS[kind] for kind in kinds})
    return {status: {NAMES: [kind.slug() for kind in kinds if STATUS[kind] == status]} for status in statuses}


def answer_to(request: Request, refusal: Refusal) -> Response:
    """Answer a refusal."""
    kind = type(refusal)
    problem = problem_of(request, refusal)
    request.scope["refusal"] = kind.slug()
    content = problem.model_dump_json(exclude_none=True)
    media_type = JSON if problem.error else MEDIA_TYPE
    return Response(content, problem.status, _headers(request, refusal), media_type=media_type)


def _headers(request: Request, refusal: Refusal) -> dict[str, str]:
    kind = type(refusal)
    also = {name: value.format_map(vars(refusal)) for name, value in HEADERS.get(kind, {}).items()}
    if kind is errors.NotAuthenticated and request.headers.get("authorization", "").lower().startswith("bearer "):
        # RFC 6750, section 3.1: who sent a token is told that it is the token, who came in another way is not.
        also["WWW-Authenticate"] += ', error="invalid_token"'
    return {
        "Content-Language": "vi" if _vietnamese(request) else "en",
        "Cache-Control": "no-store",
        "Vary": "Accept-Language",
        **also,
        **({"Retry-After": str(refusal.wait_seconds)} if refusal.wait_seconds else {}),
    }


def problem_of(request: Request, refusal: Refusal) -> Problem:
    """Show a refusal in the caller's language."""
    scope = request.scope
    problem = spelled_out(refusal, request_id=scope.get("request_id"), vietnamese=_vietnamese(request))
    of_oauth = for_oauth(problem, type(refusal)) if scope.get("path") in OAUTH_PATHS else problem
    return of_oauth.model_copy(update={"type": scope.get("prefix", "") + problem.type})


def _vietnamese(request: Request) -> bool:
    return prefers_vietnamese(request.headers.get("accept-language"))


def spelled_out(refusal: Refusal, *, request_id: str | None, vietnamese: bool = False) -> Problem:
    """Spell a refusal out in one of our languages."""
    kind = type(refusal)
    return Problem(
        type=f"/problems/{kind.slug()}",
        title=kind.title_vi if vietnamese else (kind.__doc__ or ""),
        status=STATUS[kind],
        detail=_told(refusal, vietnamese=vietnamese),
        errors=[
            FaultOut(pointer=fault.pointer, detail=_told(fault, vietnamese=vietnamese) or "")
            for fault in refusal.faults
        ]
        or None,
        request_id=request_id,
        **refusal.more,
    )


def _told(about: Refusal | Fault, *, vietnamese: bool) -> str | None:
    """Say what is wrong: in Vietnamese by its own words for it, or else by those of its English sentence."""
    if not vietnamese or about.detail is None:
        return about.detail
    return about.detail_vi or in_vietnamese(about.detail)


def for_oauth(problem: Problem, kind: Kinds) -> Problem:
    """Add what OAuth clients read, and nothing else of (RFC 6749, section 5.2): its codes know three statuses."""
    code = OAUTH.get(kind) or ("invalid_request" if problem.status < 500 else "temporarily_unavailable")
    status = 400 if problem.status in {415, 422} else problem.status
    said = _UNSAYABLE.sub("", kind.__doc__ or "")
    return problem.model_copy(update={"status": status, "error": code, "error_description": said})


def from_validation(error: RequestValidationError) -> Refusal:
    """Turn FastAPI's findings into a refusal, without the values that it found."""
    findings = error.errors()
    if any(finding["type"] == "json_invalid" for finding in findings):
        return errors.UnreadableRequest(NOT_JSON)
    return kind_of_fault(findings)(None, *faults(findings, error.body))


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def from_failure(error: BaseException) -> Refusal:
    """Turn a failure that nobody foresaw into a refusal."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, OSError) and error.errno in _FULL:
        log.error("no room", kind=type(error).__name__)
        return errors.StorageFull()
    match kind_of(error):
        case Failure.UNAVAILABLE:
            recurring.warning("database unavailable", kind=type(error).__name__, cause=cause_of(error))
            return errors.ServiceUnavailable()
        case Failure.MALFORMED:
            return errors.MalformedContent()
        case Failure.CONSTRAINT if kind := CONSTRAINTS.get(constraint_of(error) or ""):
            return kind()
    return _bug(error)


def _bug(error: BaseException) -> Refusal:
    """Log where our own code failed: its frames, never its message, which may hold what was sent."""
    frames, trace = [], error.__traceback__
    while trace:
        frames.append(f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}")
        trace = trace.tb_next
    log.error("bug", kind=type(error).__name__, frames=frames[-12:])
    return errors.InternalFault()


def from_status(status: int) -> Refusal:
    """Turn an error of the framework into a refusal."""
    return BY_STATUS.get(status, errors.UnreadableRequest if status < 500 else errors.InternalFault)()


def install(app: FastAPI) -> None:
    """Answer every error with a problem."""

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)  # noqa: S101  It is registered for these.
        return answer_to(request, error)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101  It is registered for these.
        return answer_to(request, from_validation(error))

    async def framework(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101  It is registered for these.
        response = answer_to(request, from_status(error.status_code))
        if allowed := (error.headers or {}).get("Allow"):
            response.headers["Allow"] = re.sub(r"\bGET\b", "GET, HEAD", allowed)
        return response

    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, framework)
    app.add_middleware(Failsafe)


class Failsafe:
    """Answers whatever nobody else did: a database that is away, a bug of ours, an error that is no problem yet."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        began = replaced = False

        async def sending(message: Message) -> None:
            nonlocal began, replaced
            if not began and (status := _foreign_error(scope, message)):
                replaced = True
                await answer_to(Request(scope), from_status(status))(scope, receive, send)
            began = True
            if not replaced:
                await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            if scope["type"] != "http" or began:
                raise
            await self._answer(error, scope, receive, send)

    async def _answer(self, error: Exception, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a failure; a question that a change of tables or a replica spoiled is put once more."""
        if is_spoiled(error) and scope["method"] in {"GET", "HEAD"} and "asked_again" not in scope:
            scope["asked_again"] = True
            await self(scope, _nothing_more, send)
        else:
            await answer_to(Request(scope), from_failure(error))(scope, receive, send)


def is_spoiled(error: Exception) -> bool:
    """Say whether a question failed that can be put once more: of the database as it is now, or to the primary."""
    return isinstance(error, ReplicaLost) or is_outdated(error)


def _foreign_error(scope: Scope, message: Message) -> int | None:
    """Return the status of an answer that tells of an error in another form than ours; middleware may give one."""
    if message["type"] != "http.response.start" or message["status"] < 400:
        return None
    ours = JSON if scope["path"] in OAUTH_PATHS else MEDIA_TYPE
    kind = dict(message.get("headers", ())).get(b"content-type", b"").decode("latin-1")
    is_page = scope["path"].startswith(PAGES) and kind.startswith("text/html")
    return None if kind == ours or is_page else message["status"]


async def _nothing_more() -> Message:
    """Receive the body of a request that has none, as often as it is asked for."""
    return {"type": "http.request", "body": b"", "more_body": False}
