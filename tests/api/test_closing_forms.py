"""Seals of the first form, which hold the words of evidence: they are verified as they were made."""

import pytest

from app.database.statements import fetch_all
from app.models.base import stable_id
from app.queries import seals
from app.standing.moment import Moment
from embedded_postgres import Address
from tests.api.test_closing import close, live, tamper, verified
from tests.given import FIRST, INVESTIGATION, PLAN, TODAY, TRAINING, Service


@pytest.fixture
async def sealed(own_service: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    """Give a service whose first cycle was closed when the first form was the only one."""
    await live(own_service)
    monkeypatch.setattr(seals, "FORM", 1)
    assert (await close(own_service.coordinator)).status_code == 201
    monkeypatch.undo()
    return own_service


async def test_a_seal_of_the_first_form_is_intact(sealed: Service, address: Address) -> None:
    [verdict] = await verified(sealed, address)

    assert (verdict.covered, verdict.differences) == (252, [])


async def test_a_seal_of_the_first_form_covers_the_words_of_evidence(sealed: Service, address: Address) -> None:
    await tamper(
        sealed, address, "evidence_text", "UPDATE evidence_text SET url = 'https://example.org/khac' WHERE url <> ''"
    )

    [verdict] = await verified(sealed, address)

    assert [f"3.2 cong-an ({INVESTIGATION}): differs"] == verdict.differences


async def test_an_erasure_under_a_seal_of_the_first_form_is_told(sealed: Service, address: Address) -> None:
    evidence, *_ = [act["id"] for act in await sealed.coordinator.history(TRAINING) if act["act"] == "evidence"]
    law = {"reason": "Theo yêu cầu.", "legal_basis": "Luật 91/2025/QH15, Điều 14"}

    assert (await sealed.coordinator.post(f"/v1/evidence/{evidence}/erasure", law)).status_code == 201

    [verdict] = await verified(sealed, address)
    assert verdict.differences == [f"3.4 cong-an ({TRAINING}): differs, and evidence of it was erased by law"]


async def test_the_first_form_spells_evidence_as_it_always_did(sealed: Service) -> None:
    async with sealed.app.state.database.reading() as connection:
        asked = {"cycle_id": stable_id(PLAN, "cycle", FIRST), "moment": Moment(TODAY), "form": seals.Form.STANDINGS}
        found = await fetch_all(connection, seals.acts_of, **asked)
        spelled = [row["act"] for row in found if row["act"].get("act") == "evidence"]

    assert spelled
    for act in spelled:
        assert set(act) == {
            *("act", "id", "client_id", "received_at", "recorded_at", "update_id", "body_id", "kind", "title"),
            *("classification", "url", "number", "issued_on", "issuer", "document_number"),
        }
