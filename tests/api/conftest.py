"""What the tests of the API share."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from app.commands.clients import NewClient
from app.domain.access import Classification
from app.settings import Settings
from embedded_postgres import Address
from tests.api.copies import service_over_a_copy
from tests.given import DOCUMENT, INVESTIGATION, LINK, TOURISTS, TRAINING, Service, obligation

pytest.register_assert_rewrite("tests.api.asking")

TOUCHED = [TOURISTS, obligation("4.1", "so-y-te", "2026"), TRAINING, obligation("3.7", "cong-an"), INVESTIGATION]
"""What has been reported on in the lived-in plan, in the order in which it was."""


@pytest.fixture(scope="session")
async def lived_in(
    address: Address, template: str, keys_dir: Path, cast: Mapping[str, NewClient]
) -> AsyncIterator[Service]:
    """Serve a plan on which some have reported, so that every status is there; tests only read it, or are refused."""
    async with service_over_a_copy(address, template, keys_dir, cast) as serving:
        police, health, coordinator = serving.police, serving.health, serving.coordinator
        paper = {"received_on": "2021-06-14", "document_number": "9/BC-CATP"}
        answers = [
            await coordinator.report(TOUCHED[0], evidence=[DOCUMENT], **paper),
            *[await police.attach(TOUCHED[0], classification=one) for one in Classification],
            await health.report(TOUCHED[1], "in_progress", percent=10),
            await police.report(TOUCHED[2], evidence=[LINK]),
            await coordinator.report(TOUCHED[3], "not_applicable", **paper),
            await police.report(TOUCHED[4], "in_progress"),
        ]
        assert {answer.status_code for answer in answers} == {201}
        yield serving


@pytest.fixture
def folder(service: Service) -> Path:
    """Give the folder in which the service keeps files."""
    settings: Settings = service.app.state.settings
    return settings.evidence_dir
