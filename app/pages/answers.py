"""Answers that are pages: how browsers are told to treat them, and what a refusal looks like.

Nothing is run that is not ours, nothing comes from elsewhere, nobody frames a page, and no page stays in a cache.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute

from app.domain.errors import Refusal
from app.pages.templating import TEMPLATES, speaking
from app.settings import Settings
from app.web.auth.sessions import check_origin
from app.web.problems.catalogue import STATUS
from app.web.problems.handlers import from_failure, from_validation, is_spoiled, spelled_out

HOME, LANGUAGE = "/desk", "dondoc-language"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def is_english(request: Request) -> bool:
    """Say whether somebody has switched to English; pages are in Vietnamese."""
    return request.cookies.get(LANGUAGE) == "en"


def guarded(response: Response, settings: Settings) -> Response:
    """Tell browsers what a page may do, which is little."""
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.update(
        {
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
    )
    response.headers.setdefault("Cache-Control", "no-store")
    if settings.issuer.startswith("https:"):
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


def rendered(request: Request, template: str, status: int = 200, **shown: Any) -> HTMLResponse:
    """Make a page of a template."""
    spoken = speaking(english=is_english(request))
    path, query = request.scope["path"], request.scope["query_string"].decode("latin-1")
    # Whoever is not at the desk has nowhere to go back to: their address may hold a secret.
    here = (f"{path}?{query}" if query else path) if "desk" in shown and request.method == "GET" else HOME
    common = {"desk": None, "prefix": request.scope["prefix"], "path": path, "here": here, "again": None}
    content = TEMPLATES.get_template(template).render({**common, **spoken, **shown})
    return HTMLResponse(content, status, {"Content-Language": spoken["language"], "Vary": "Cookie"})


def refused(request: Request, refusal: Refusal) -> HTMLResponse:
    """Make a page of a refusal: the same words as the API's."""
    kind = type(refusal)
    request.scope["refusal"] = kind.slug()
    problem = spelled_out(refusal, request_id=request.scope.get("request_id"), vietnamese=not is_english(request))
    response = rendered(request, "refused.html", STATUS[kind], problem=problem, slug=kind.slug())
    if refusal.wait_seconds or problem.status == 503:
        response.headers["Retry-After"] = str(refusal.wait_seconds or 2)
    return response


def moved(path: str) -> RedirectResponse:
    """Lead on to another page of ours; behind a prefix, it is put before the path on the way out."""
    return RedirectResponse(path, 303)


class PageRoute(APIRoute):
    """A route that answers with pages, also where it refuses; a field of a form that is left empty asks for nothing."""

    def get_route_handler(self) -> Handler:
        """Return what answers a request."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            request.scope["query_string"] = _without_blanks(request.scope["query_string"])
            request.scope["headers"] = _in_one_language(request)
            asked = Request(request.scope, request.receive)
            try:
                check_origin(asked)
                response = await handle(asked)
            except RequestValidationError as error:
                response = refused(asked, from_validation(error))
            except Exception as error:
                if is_spoiled(error) and "asked_again" not in asked.scope:
                    # Whoever stands around asks once more.
                    raise
                response = refused(asked, from_failure(error))
            return guarded(response, asked.app.state.settings)

        return answer


def _in_one_language(request: Request) -> list[tuple[bytes, bytes]]:
    """Ask for the language of the pages, whatever the browser's own is: all on a page is said in one."""
    spoken = b"en" if is_english(request) else b"vi"
    return [pair for pair in request.scope["headers"] if pair[0] != b"accept-language"] + [(b"accept-language", spoken)]


def _without_blanks(query: bytes) -> bytes:
    return b"&".join(pair for pair in query.split(b"&") if pair.partition(b"=")[2])
