"""`python -m bench.tokens`: what a token costs the processor alone.

Beside it: verifying it with the bare library and an unprepared key.
"""

import asyncio
import tempfile
import timeit
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

from jose import jws

from app.database.engine import Database
from app.domain.access import Caller, Role
from app.security import token_keys, tokens
from app.settings import Settings
from app.web.auth import callers

TIMES, REPEATS = 500, 5


def measured() -> dict[str, float]:
    """Return microseconds for issuing, verifying and recognising a token, the best of several rounds."""
    with tempfile.TemporaryDirectory() as folder:
        held, now = token_keys.load(Path(folder)), datetime.now(UTC)
        issuer, client = "https://dondoc.example", uuid4()
        token = tokens.issue(held, client, ["plans:read"], issuer=issuer, now=now)
        public = held.at(now).current.verifying.to_pem().decode()
        return {
            "issue a token": best(lambda: tokens.issue(held, client, ["plans:read"], issuer=issuer, now=now)),
            "verify a new token": best(lambda: tokens.verify(held, token, issuer=issuer, now=now)),
            "verify with the library alone, from PEM": best(lambda: jws.verify(token, public, ["ES256"])),
            "recognise a known token": recognising(held, token, issuer, now),
        }


def best(act: Callable[[], object]) -> float:
    """Return the microseconds that an act takes."""
    return min(timeit.repeat(act, number=TIMES, repeat=REPEATS)) / TIMES * 1e6


def recognising(held: token_keys.Keys, token: str, issuer: str, now: datetime) -> float:
    """Return the microseconds to find the caller of a token that was seen before; no database is asked."""
    caller = Caller(client_id=uuid4(), role=Role.COORDINATOR)

    async def look_up(*_: object) -> Caller:
        return caller

    async def run() -> float:
        known = callers.Callers(held, Settings(issuer_or_default=issuer))
        nowhere = Database.__new__(Database)
        await known.of(nowhere, token, now)
        began = timeit.default_timer()
        for _ in range(TIMES):
            await known.of(nowhere, token, now)
        return (timeit.default_timer() - began) / TIMES * 1e6

    with patch.object(callers, "_look_up", look_up):
        return min(asyncio.run(run()) for _ in range(REPEATS))


if __name__ == "__main__":
    for name, figure in measured().items():
        print(f"{name:40} {figure:8.1f} µs")
