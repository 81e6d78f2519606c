"""Where programs and people look first: what the service offers, and whom to tell of a hole in it."""

from datetime import timedelta

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from app.domain.errors import NotFound
from app.web.clock import Now

router = APIRouter(prefix="/.well-known", include_in_schema=False)
LINKSET = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'
GOOD_FOR = timedelta(days=180)
"""How long what is said of the contact can be relied on (RFC 9116, section 2.5.5: less than a year)."""


@router.get("/api-catalog")
async def api_catalog(request: Request) -> Response:
    """Say where the interface is described and how it is (RFC 9727; the form is RFC 9264's)."""
    at: str = request.app.state.settings.issuer
    described = [
        {"href": f"{at}/openapi.json", "type": "application/json"},
        {"href": f"{at}/asyncapi.json", "type": "application/json"},
    ]
    api = {
        "anchor": f"{at}/v1",
        "service-desc": described,
        "service-doc": [{"href": f"{at}/docs/guide", "type": "text/html"}],
        "status": [{"href": f"{at}/readyz"}],
    }
    catalog = {"anchor": f"{at}/.well-known/api-catalog", "item": [{"href": f"{at}/v1"}]}
    headers = {"Content-Type": LINKSET, "Link": '</.well-known/api-catalog>; rel="api-catalog"'}
    return JSONResponse({"linkset": [catalog, api]}, headers=headers)


@router.get("/security.txt")
async def security_txt(request: Request, now: Now) -> Response:
    """Say whom to tell of a hole in the service (RFC 9116), where the operator has named somebody.

    Raises:
        NotFound: nobody is named.
    """
    settings = request.app.state.settings
    if settings.security_contact is None:
        raise NotFound
    lines = {
        "Contact": settings.security_contact,
        "Expires": f"{now + GOOD_FOR:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages": "vi, en",
        "Canonical": f"{settings.issuer}/.well-known/security.txt",
    }
    return PlainTextResponse("".join(f"{name}: {value}\n" for name, value in lines.items()))
