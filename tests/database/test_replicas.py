"""Who is read from: never a server that does not follow, nor one that breaks off.  See tests/process, too."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database import replicas
from app.database.engine import NOBODY, Database, Identity
from app.database.failures import DatabaseAway
from app.database.replicas import Reads
from tests.given import Service


class BreakingOff(Database):
    """A replica that dies at the end of each answer."""

    @asynccontextmanager
    async def reading_after(self, _: Any, identity: Identity) -> AsyncIterator[AsyncConnection]:
        async with self.reading(identity) as connection:
            yield connection
        raise DatabaseAway


async def test_a_server_that_follows_nobody_is_not_read_from(own_database: Database) -> None:
    opened: Counter[str] = Counter()
    reads = Reads(own_database, [own_database], lambda server: opened.update([server]))
    reads.replicas[0].turn(near=True)

    async with reads.reading(NOBODY):
        pass
    await reads.look_at_replicas()

    assert opened == {"primary": 1}
    assert not reads.replicas[0].near


async def test_what_a_replica_breaks_off_is_asked_of_the_primary(own_service: Service) -> None:
    state, opened = own_service.app.state, Counter[str]()
    state.reads = Reads(state.database, [BreakingOff(state.database.engine)], lambda server: opened.update([server]))
    state.reads.replicas[0].turn(near=True)

    answer = await own_service.coordinator.get("/v1/obligations", limit=1)

    assert answer.status_code == 200
    assert opened == {"replica": 1, "primary": 1}
    assert not state.reads.replicas[0].near


@pytest.mark.parametrize(("position", "same"), [(8192 + 24, 8192), (8192 + 40, 8192), (8192 + 32, 8192 + 32), (0, 0)])
def test_the_head_of_a_page_is_no_progress(position: int, same: int) -> None:
    assert replicas._without_head(position) == same
