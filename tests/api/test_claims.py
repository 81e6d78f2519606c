"""GET /v1/obligations?include=claim: what a reviewer needs of each claim, without a second call."""

from typing import Any
from uuid import UUID

import pytest

from app.domain.access import Role
from tests.api.asking import listed, page
from tests.api.test_bulk import FIGURES
from tests.given import DOCUMENT, FIRST, INVESTIGATION, LINK, TOURISTS, TRAINING, Caller, Service, obligation
from tests.statements import statements_on

WORDS = {"summary", "measurements", "evidence", "before", "late_reason", "occurred_on", "document_number", "update"}
IN_2021 = obligation("3.2", "cong-an", "2021")


async def claim_of(who: Caller, on: UUID, **asked: Any) -> dict[str, Any]:
    """Return the claim of an obligation as a list shows it that includes claims."""
    found = await listed(who, owner="cong-an", include="claim", **asked)
    claim: dict[str, Any] = next(one["claim"] for one in found if one["id"] == str(on))
    return claim


async def test_a_claim_is_shown_with_its_words_and_its_figures_beside_their_thresholds(service: Service) -> None:
    reported = await service.police.report(
        INVESTIGATION, measurements=FIGURES[1:], evidence=[DOCUMENT], late_reason="Chờ kết quả kiểm tra."
    )

    claim = await claim_of(service.coordinator, INVESTIGATION)

    update = reported.json()["update"]
    for name in ("summary", "late_reason", "occurred_on", "percent", "state", "received_at"):
        assert claim[name] == update[name]
    assert (claim["update"], claim["evidence"]) == (update["id"], update["evidence"])
    missed, _, share, _ = claim["measurements"]
    assert (missed["target"], missed["value"], missed["cases"], missed["met"]) == ("3.2-a", None, None, False)
    assert (share["comparator"], share["threshold"], share["value"], share["met"]) == (">", 90, 93.5, True)
    assert [one["met"] for one in claim["measurements"]] == [False, True, True, True]


async def test_a_claim_is_shown_beside_what_the_owner_reported_in_the_cycle_before(service: Service) -> None:
    earlier = obligation("3.2", "cong-an", FIRST)
    await service.police.report(earlier, measurements=FIGURES, summary="Kỳ trước đạt đủ chỉ tiêu.")
    await service.police.report(IN_2021, "in_progress")
    await service.police.report(obligation("3.2", "cong-an", "2022"), "in_progress")

    first = await claim_of(service.coordinator, earlier)
    second = await claim_of(service.coordinator, IN_2021)
    third = await claim_of(service.coordinator, obligation("3.2", "cong-an", "2022"))

    assert first["before"] is None
    assert (second["before"]["obligation"], second["before"]["cycle"]) == (str(earlier), FIRST)
    assert second["before"]["report"]["summary"] == "Kỳ trước đạt đủ chỉ tiêu."
    assert [one["value"] for one in second["before"]["report"]["measurements"]] == [100, 100, 93.5, 6]
    assert (third["before"]["cycle"], third["before"]["report"]["state"]) == ("2021", "in_progress")


async def test_a_cycle_in_which_nothing_was_reported_is_before_all_the_same(service: Service) -> None:
    await service.police.report(IN_2021)

    claim = await claim_of(service.coordinator, IN_2021)

    assert claim["before"] == {"obligation": str(INVESTIGATION), "cycle": FIRST, "report": None}


async def test_what_was_returned_annulled_or_withdrawn_is_shown_no_more(service: Service) -> None:
    first = (await service.police.report(TRAINING, "in_progress", summary="Báo cáo thứ nhất.")).json()["update"]["id"]
    done = (await service.police.report(TRAINING, evidence=[DOCUMENT, LINK])).json()["update"]
    await service.police.withdraw(done["evidence"][0]["id"])

    claim = await claim_of(service.coordinator, TRAINING)
    await service.coordinator.annul(TRAINING, done["id"])
    without = await claim_of(service.coordinator, TRAINING)
    await service.coordinator.review(TRAINING, "returned")

    assert [one["id"] for one in claim["evidence"]] == [done["evidence"][1]["id"]]
    assert (without["update"], without["summary"], without["evidence"]) == (first, "Báo cáo thứ nhất.", [])
    assert await claim_of(service.coordinator, TRAINING) is None


async def test_each_instant_has_the_claim_of_that_instant(service: Service) -> None:
    paper = {"received_on": "2021-06-10", "document_number": "9/BC-CATP"}
    await service.coordinator.report(TRAINING, summary="Báo cáo giấy.", **paper)
    await service.police.report(TRAINING, "in_progress", summary="Báo cáo sau.")

    then = await claim_of(service.coordinator, TRAINING, as_of="2021-06-11")

    assert (then["summary"], then["document_number"]) == ("Báo cáo giấy.", "9/BC-CATP")
    assert (await claim_of(service.coordinator, TRAINING))["summary"] == "Báo cáo sau."


async def test_an_integrator_gets_no_words_and_whoever_asks_after_a_coordinator_neither(service: Service) -> None:
    await service.police.report(TOURISTS, evidence=[LINK])
    asked = {"plan": "115-kh-ubnd-2021", "cycle": FIRST, "owner": "cong-an", "include": "claim"}
    plain = {name: value for name, value in asked.items() if name != "include"}

    whole = await page(service.coordinator, **asked)
    told = [await page(who, **asked) for who in (service.integrator, service.court)]

    assert set(next(one["claim"] for one in whole["items"] if one["claim"])) >= WORDS
    for who, got in zip((service.integrator, service.court), told, strict=True):
        assert got["items"] == (await page(who, **plain))["items"]
        shown = [one["claim"] for one in got["items"] if one["claim"]]
        assert all(claim.keys().isdisjoint(WORDS) for claim in shown)
        assert bool(shown) is (who.role is Role.INTEGRATOR)


@pytest.mark.parametrize(("name", "shown"), [("police", 3), ("culture", 2), ("coordinator", 3)])
async def test_evidence_is_shown_to_whom_its_classification_lets_read_it(
    service: Service, name: str, shown: int
) -> None:
    await service.police.report(TOURISTS)
    for kind in ("public", "internal", "restricted"):
        await service.police.attach(TOURISTS, classification=kind)

    claim = await claim_of(getattr(service, name), TOURISTS)

    assert len(claim["evidence"]) == shown
    assert claim["summary"]


async def test_a_page_with_claims_takes_one_statement_more_however_many_there_are(lived_in: Service) -> None:
    async def taken(**asked: Any) -> int:
        with statements_on(lived_in.app.state.database) as told:
            await page(lived_in.coordinator, **asked)
        return len(told)

    few, many = await taken(limit=1, include="claim"), await taken(limit=500, include="claim")

    assert few == many == await taken(limit=500) + 1
