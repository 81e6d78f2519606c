"""What the tests of papers share: a plan in which much has happened, which they only read."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from app.commands.clients import NewClient
from embedded_postgres import Address
from tests.api.copies import service_over_a_copy
from tests.given import TODAY, Service
from tests.reports.living import live


@pytest.fixture(scope="session")
async def told(
    address: Address, template: str, keys_dir: Path, cast: Mapping[str, NewClient]
) -> AsyncIterator[Service]:
    """Serve a plan that has much to tell."""
    async with service_over_a_copy(address, template, keys_dir, cast) as serving:
        await live(serving)
        serving.clock.now = TODAY
        yield serving
