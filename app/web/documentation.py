"""Pages for people: where to begin, the interactive documentation, and one page for each problem."""

from html import escape
from pathlib import Path

import fastapi_offline
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.staticfiles import StaticFiles

from app.domain.errors import NotFound, Refusal, kinds
from app.web import guide
from app.web.accept import most_wanted
from app.web.html import page
from app.web.openapi.asyncapi import asyncapi_of
from app.web.problems.catalogue import STATUS

router = APIRouter(include_in_schema=False)
SWAGGER = Path(fastapi_offline.__file__).parent / "static"
LINKS = {
    "documentation": "docs",
    "guide": "docs/guide",
    "openapi": "openapi.json",
    "asyncapi": "asyncapi.json",
    "problems": "problems",
}
"""Where to go from the beginning, as seen from there, so that a path prefix stays."""
WORDS = {
    "documentation": "Every operation, to be tried out · Tài liệu các lệnh gọi",
    "guide": "The guide · Hướng dẫn",
    "openapi": "The OpenAPI document",
    "asyncapi": "The AsyncAPI document, of what is sent without being asked for",
    "problems": "What each refusal means · Các lỗi",
}


@router.get("/")
async def beginning(request: Request) -> Response:
    """Lead to everything else: people by a page, programs by the same links as JSON."""
    wanted = most_wanted(request.headers.get("accept"), {"page": "text/html", "links": "application/json"})
    if wanted == "links":
        answer: Response = JSONResponse({"name": "Dondoc", "version": request.app.version, "links": LINKS})
    else:
        items = "".join(f'<li><a href="{LINKS[name]}">{escape(words)}</a></li>' for name, words in WORDS.items())
        answer = page("Dondoc", f"<h1>Dondoc</h1><p>Version {request.app.version}.</p><ul>{items}</ul>")
    answer.headers["Vary"] = "Accept"
    return answer


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """Show the OpenAPI document with Swagger UI."""
    prefix = request.scope["prefix"]
    return get_swagger_ui_html(
        openapi_url=f"{prefix}{request.app.openapi_url}",
        title="Dondoc",
        swagger_js_url=f"{prefix}/docs/static/swagger-ui-bundle.js",
        swagger_css_url=f"{prefix}/docs/static/swagger-ui.css",
        swagger_favicon_url=f"{prefix}/docs/static/favicon.png",
    )


@router.get("/asyncapi.json")
async def asyncapi(request: Request) -> JSONResponse:
    """Describe what is sent without being asked for (AsyncAPI)."""
    return JSONResponse(asyncapi_of(request.app))


@router.get("/problems")
async def problems(request: Request) -> HTMLResponse:
    """List every problem that the service can answer with."""
    prefix = request.scope["prefix"]
    rows = "".join(
        f'<li><a href="{prefix}/problems/{kind.slug()}">{kind.slug()}</a> ({STATUS[kind]}): '
        f"{escape(kind.__doc__ or '')}</li>"
        for kind in kinds()
    )
    return page("Problems · Các lỗi", f"<h1>Problems · Các lỗi</h1><ul>{rows}</ul>")


@router.get("/problems/{slug}")
async def problem(slug: str) -> HTMLResponse:
    """Explain one problem in both languages."""
    found = next((kind for kind in kinds() if kind.slug() == slug), None)
    if found is None:
        raise NotFound
    return page(found.slug(), f"<h1>{found.slug()}</h1>{_explained(found)}")


def _explained(kind: type[Refusal]) -> str:
    english, vietnamese = escape(kind.__doc__ or ""), escape(kind.title_vi)
    return f'<p lang="en">{english}</p><p lang="vi">{vietnamese}</p><p>HTTP {STATUS[kind]}</p>'


def install(app: FastAPI) -> None:
    """Serve the pages."""
    app.include_router(router)
    guide.install(app)
    app.mount("/docs/static", StaticFiles(directory=SWAGGER))
