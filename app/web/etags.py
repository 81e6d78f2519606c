"""Entity tags (RFC 9110, section 8.8.3): the version, where there is one, and a digest of the bytes.

A write compares the version alone: the bytes also change as time passes, which makes nobody's edit stale.
"""

import hashlib
import re

from app.domain.errors import UnreadableRequest

_VERSION = re.compile(r'(?:W/)?"(\d{1,18})(?:-[0-9a-f]+)?"\Z', re.ASCII)


def etag_of(content: bytes, version: int | None = None) -> str:
    """Return the strong tag of some bytes: `"3-1f0c…"` for version 3."""
    digest = hashlib.sha256(content).hexdigest()[:16]
    return f'"{digest}"' if version is None else f'"{version}-{digest}"'


def matches(header: str | None, tag: str) -> bool:
    """Say whether an If-None-Match header names the tag; the comparison is the weak one that it asks for."""
    named = {part.strip().removeprefix("W/") for part in (header or "").split(",")}
    return "*" in named or tag.removeprefix("W/") in named


def expected_version(header: str | None) -> int | None:
    """Return the version that an If-Match header asks for; none when it asks for nothing, or for any.

    Raises:
        UnreadableRequest: the header holds no tag of ours.
    """
    if header is None or header.strip() == "*":
        return None
    version = _VERSION.match(header.strip())
    if version is None:
        raise UnreadableRequest("If-Match must be one ETag of this obligation.")
    return int(version[1])
