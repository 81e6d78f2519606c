"""Pages for people: the interactive documentation, which needs no internet, and one page for each problem."""

from html import escape
from pathlib import Path

import fastapi_offline
from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from app.domain.errors import NotFound, Refusal, kinds
from app.web.problems.catalogue import STATUS

router = APIRouter(include_in_schema=False)
SWAGGER = Path(fastapi_offline.__file__).parent / "static"
_LOCKED = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}


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


@router.get("/problems")
async def problems(request: Request) -> HTMLResponse:
    """List every problem that the service can answer with."""
    prefix = request.scope["prefix"]
    rows = "".join(
        f'<li><a href="{prefix}/problems/{kind.slug()}">{kind.slug()}</a> ({STATUS[kind]}): '
        f"{escape(kind.__doc__ or '')}</li>"
        for kind in kinds()
    )
    return _page("Problems · Các lỗi", f"<ul>{rows}</ul>")


@router.get("/problems/{slug}")
async def problem(slug: str) -> HTMLResponse:
    """Explain one problem in both languages."""
    found = next((kind for kind in kinds() if kind.slug() == slug), None)
    if found is None:
        raise NotFound
    return _page(found.slug(), _explained(found))


def _explained(kind: type[Refusal]) -> str:
    english, vietnamese = escape(kind.__doc__ or ""), escape(kind.title_vi)
    return f'<p lang="en">{english}</p><p lang="vi">{vietnamese}</p><p>HTTP {STATUS[kind]}</p>'


def _page(title: str, body: str) -> HTMLResponse:
    style = "<style>body{font:1.1em/1.5 sans-serif;max-width:40em;margin:3em auto;padding:0 1em}</style>"
    head = f'<meta charset="utf-8"><title>{title}</title>{style}'
    return HTMLResponse(
        f"<!doctype html><html><head>{head}</head><body><h1>{title}</h1>{body}</body></html>", 200, _LOCKED
    )


def install(app: FastAPI) -> None:
    """Serve the pages."""
    app.include_router(router)
    app.mount("/docs/static", StaticFiles(directory=SWAGGER))
