"""What a caller would rather have, by its `Accept` (RFC 9110, section 12.5.1)."""

from collections.abc import Mapping
from typing import TypeVar

from fastapi import Request

from app.domain.errors import NotAcceptable
from app.web.languages import quality_of

MAX_RANGES = 20
"""How many media ranges of an `Accept` are read."""
Offer = TypeVar("Offer")


def most_wanted(accept: str | None, offered: Mapping[Offer, str]) -> Offer | None:
    """Choose, of what is offered by media type, what is wanted most; among equals the first; nothing if none is."""
    ranges = dict(map(_range, (accept or "*/*").split(",")[:MAX_RANGES]))
    best = max(offered, key=lambda one: _quality(offered[one], ranges))
    return best if _quality(offered[best], ranges) else None


def accepted(request: Request, offered: Mapping[Offer, str]) -> Offer:
    """Choose likewise what a request wants most.

    Raises:
        NotAcceptable: `Accept` names nothing that is offered.
    """
    chosen = most_wanted(request.headers.get("accept"), offered)
    if chosen is None:
        raise NotAcceptable
    return chosen


def _range(part: str) -> tuple[str, float]:
    """Read a media range and its quality; any other parameter says nothing about what we offer."""
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    return name, next((quality_of(one) for one in parameters if one.startswith("q=")), 1.0)


def _quality(media_type: str, ranges: Mapping[str, float]) -> float:
    """Return how much a media type is wanted: the most specific range that names it decides."""
    family = media_type.partition("/")[0]
    return next((ranges[one] for one in (media_type, f"{family}/*", "*/*") if one in ranges), 0.0)
