"""Pages for people: text and links, with no script and nothing from elsewhere, and browsers are told so."""

from base64 import b64encode
from hashlib import sha256
from html import escape

from fastapi.responses import HTMLResponse

_STYLE = (
    "body{font:1.05em/1.55 system-ui,sans-serif;max-width:46em;margin:2em auto;padding:0 1em;overflow-wrap:anywhere}"
    "pre{overflow-x:auto;padding:.8em;background:#f3f3f0}code{font-size:.9em;overflow-wrap:normal}"
    "table{display:block;overflow-x:auto;border-collapse:collapse}"
    "td,th{border:1px solid #bbb;padding:.3em .6em;text-align:left;vertical-align:top}"
)
_DIGEST = b64encode(sha256(_STYLE.encode()).digest()).decode()
LOCKED = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


def page(title: str, body: str) -> HTMLResponse:
    """Make a page of a title and of HTML that is ready."""
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style>"
    )
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head>{head}</head><body><main>{body}</main></body></html>', 200, LOCKED
    )
