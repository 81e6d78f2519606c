"""Positions: an act's answer names how far the primary was then, and a read that carries that is answered with it.

Every read is as new as the primary anyway.  A position keeps its worth where the primary is another one by now: a
replica that never got as far is not asked.
"""

import re
from typing import Any

from fastapi import Request

HEADER = "Dondoc-Position"
ASKED: dict[str, Any] = {
    "name": HEADER,
    "in": "header",
    "description": "The position that an act's answer named: what is read is no older.",
    "schema": {"type": "string", "examples": ["0000000003A4F1B8"]},
}
_SPELLED = re.compile(r"[0-9A-F]{16}", re.ASCII)


def position_asked(request: Request) -> int:
    """Return the position that a read carries; what is none of ours asks for nothing."""
    said = request.headers.get(HEADER, "")
    return int(said, 16) if _SPELLED.fullmatch(said) else 0


async def position_told(request: Request) -> dict[str, str]:
    """Return the header that names how far the primary is now, where there are replicas to read from."""
    position = await request.app.state.reads.position()
    return {} if position is None else {HEADER: f"{position:016X}"}
