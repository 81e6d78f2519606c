"""Drawings in SVG within a document: neither script nor anything that is fetched; pictures in them are pictures."""

import base64
import binascii
import re
from collections.abc import Mapping

from app.inspection.links import is_for_clicking
from app.inspection.pictures import look_at
from app.inspection.reasons import Reason, Refused

_STARTS = {"script", "foreignObject", "iframe", "embed", "object", "handler", "audio", "video", "set", "animate"}
_FETCHES = re.compile(r"@import|url\(\s*['\"]?\s*(?!#|data:)", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/[a-z+.-]+;base64,(.*)", re.IGNORECASE | re.DOTALL)


def refuse_in_svg(name: str, attributes: Mapping[str, str]) -> None:
    """Refuse an element that starts or fetches something.

    Raises:
        Refused: with the reason.
    """
    if name in _STARTS or any(key.lower().startswith("on") for key in attributes):
        raise Refused(Reason.SCRIPT)
    for value in attributes.values():
        refuse_style(value)
    address = attributes.get("href", "#").strip()
    if address.lower().startswith("data:"):
        _look_at_inline(address)
    elif not address.startswith("#") and not (name == "a" and is_for_clicking(address)):
        raise Refused(Reason.OUTSIDE)


def refuse_style(text: str) -> None:
    """Refuse a style that fetches something.

    Raises:
        Refused: it does.
    """
    if _FETCHES.search(text):
        raise Refused(Reason.OUTSIDE)


def _look_at_inline(address: str) -> None:
    found = _PICTURE.match(address)
    if found is None:
        raise Refused(Reason.EMBEDDED)
    try:
        look_at(base64.b64decode(found[1]))
    except binascii.Error:
        raise Refused(Reason.UNREADABLE) from None
