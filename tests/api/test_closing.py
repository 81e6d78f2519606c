"""POST /v1/plans/{plan}/cycles/{cycle}/closing, and `dondoc verify`: a seal tells what was changed behind it."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.commands.clients import NewClient
from app.commands.seals import Verdict, verify
from app.queries import seals as queries
from embedded_postgres import Address
from tests.api.asking import problem_of, rows_of
from tests.api.copies import service_over_a_copy
from tests.conftest import as_owner
from tests.database.test_audit import run_verify
from tests.given import (
    DOCUMENT,
    FIRST,
    INVESTIGATION,
    LINK,
    PLAN,
    TODAY,
    TOURISTS,
    TRAINING,
    Caller,
    Service,
    obligation,
)

CYCLES = f"/v1/plans/{PLAN}/cycles"
WAIVABLE = obligation("3.7", "cong-an")
CONFIRMED = {"due_before_on": "2021-06-15", "reason": "Xác nhận.", "document_number": "11/UBND-KGVX"}
LETTER = {"decided_on": "2021-06-10", "document_number": "7/UBND-KGVX"}
PAPER: dict[str, Any] = {"received_on": "2021-06-10", "document_number": "9/BC-CATP"}
REOPENED = PAPER | {"reopened_by": "8/UBND-KGVX"}


LACKING = [f"target:3.2-{letter}" for letter in "abcd"]
"""What the report on 3.2 lacks in the first cycle."""


async def close(who: Caller, cycle: str = FIRST, **more: Any) -> Any:
    """Close a cycle."""
    return await who.post(f"{CYCLES}/{cycle}/closing", {"reason": "Đã tổng hợp.", **more})


async def live(service: Service) -> None:
    """Let everything happen in the first cycle that can happen."""
    police, coordinator = service.police, service.coordinator
    figures = [{"target": "3.2-a", "value": 99.5}]
    attached = (await police.attach(TRAINING)).json()["id"]
    answers = [
        await police.report(INVESTIGATION, measurements=figures, evidence=[LINK]),
        await police.withdraw(attached),
        await police.report(TRAINING, evidence=[DOCUMENT]),
        await coordinator.review(TRAINING, "returned"),
        await police.ask_for(TRAINING, "2027-01-15"),
        await coordinator.refuse(TRAINING),
        await coordinator.extend(TRAINING, "2027-01-15", **LETTER),
        await coordinator.post(f"{CYCLES}/{FIRST}/deadlines", CONFIRMED),
        await police.report(WAIVABLE, "not_applicable"),
        await coordinator.post(
            f"/v1/obligations/{WAIVABLE}/condition-decisions", {"met": True, "from_on": "2026-11-24", "reason": "Có."}
        ),
        await service.culture.post(f"/v1/obligations/{TOURISTS}/contributions", {"note": "Đã phối hợp."}),
    ]
    assert {answer.status_code for answer in answers} == {201}


@pytest.fixture(scope="module")
async def sealed(address: Address, template: str, keys_dir: Path, cast: Mapping[str, NewClient]) -> str:
    """Return the name of a database in which the first cycle was lived through and closed; tests copy it."""
    async with service_over_a_copy(address, template, keys_dir, cast) as serving:
        await live(serving)
        assert (await close(serving.coordinator)).status_code == 201
        return name_of(serving)


@pytest.fixture
async def closed(
    address: Address, sealed: str, keys_dir: Path, cast: Mapping[str, NewClient]
) -> AsyncIterator[Service]:
    """Serve a copy of the plan whose first cycle is closed."""
    async with service_over_a_copy(address, sealed, keys_dir, cast) as serving:
        yield serving


def name_of(service: Service) -> str:
    """Return the name of the database that a service is on."""
    return str(service.app.state.database.engine.url.database)


async def verified(service: Service, address: Address) -> list[Verdict]:
    """Verify all seals as the database's owner."""
    async with as_owner(address, name_of(service)) as owner:
        return await verify(owner)


async def tamper(service: Service, address: Address, table: str, change: str) -> None:
    """Change what nobody may, as only the database's owner can: with the triggers off."""
    async with as_owner(address, name_of(service)) as owner:
        await owner.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        await owner.execute(text(change))
        await owner.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


async def test_a_coordinator_closes_a_cycle_under_a_seal(service: Service) -> None:
    response = await close(service.coordinator, document_number="120/BC-UBND")

    assert response.status_code == 201
    seal = response.json()
    assert (seal["cycle"], seal["obligations"], seal["as_of"]) == (FIRST, 252, "2026-11-24T03:00:00Z")
    assert len(seal["digest"]) == 64
    cycle = (await service.integrator.get(response.headers["location"])).json()
    assert (cycle["digest"], cycle["closed_at"]) == (seal["digest"], "2026-11-24T03:00:00Z")
    before = (await service.integrator.get(response.headers["location"], as_of="2026-11-23")).json()
    assert (before["digest"], before["closed_at"]) == (None, None)


async def test_what_comes_later_leaves_the_seal_intact(own_service: Service, address: Address) -> None:
    await live(own_service)
    seal = (await close(own_service.coordinator)).json()

    own_service.clock.now = TODAY + timedelta(days=1)
    answers = [
        await own_service.police.report(TRAINING, evidence=[LINK]),
        await own_service.coordinator.report(obligation("3.5", "cong-an"), evidence=[DOCUMENT], **REOPENED),
        await own_service.coordinator.report(obligation("G.1", "cong-an", "2026"), evidence=[DOCUMENT], **REOPENED),
        await own_service.coordinator.review(INVESTIGATION, "accepted", waives=LACKING, reopened_by="8/UBND-KGVX"),
        await own_service.police.withdraw((await own_service.police.attach(WAIVABLE)).json()["id"]),
    ]

    assert {answer.status_code for answer in answers} == {201}
    [verdict] = await verified(own_service, address)
    assert (verdict.plan, verdict.cycle, verdict.digest, verdict.covered) == (PLAN, FIRST, seal["digest"], 252)
    assert verdict.differences == []


TAMPERINGS = {
    "a word of a report": ("progress_update", "SET summary = summary || '.'", f"= '{TRAINING}'"),
    "when a report came": ("progress_update", "SET received_at = '2021-06-01'", f"= '{INVESTIGATION}'"),
    "when a report was recorded": ("progress_update", "SET recorded_at = now()", f"= '{INVESTIGATION}'"),
    "what a report claims": ("progress_update", "SET state = 'in_progress'", f"= '{INVESTIGATION}'"),
    "the number of a document": ("evidence", "SET number = '1/BC-CATP'", f"= '{TRAINING}'"),
    "why an evidence was withdrawn": ("withdrawal", "SET reason = 'Khác'", f"= '{TRAINING}'"),
    "what a review said": ("review", "SET outcome = 'accepted'", f"= '{TRAINING}'"),
    "a deadline": ("extension", "SET due_before = '2028-01-01'", f"= '{TRAINING}'"),
    "what an owner asked for": ("extension_request", "SET reason = 'Khác'", f"= '{TRAINING}'"),
    "what was refused": ("extension_refusal", "SET reason = 'Khác'", f"= '{TRAINING}'"),
    "a condition": ("condition_decision", "SET met = false", f"= '{WAIVABLE}'"),
    "what a partner wrote": ("contribution", "SET note = 'Khác'", f"= '{TOURISTS}'"),
}


@pytest.mark.parametrize(("table", "change", "which"), TAMPERINGS.values(), ids=TAMPERINGS)
async def test_any_change_to_what_a_seal_covers_is_found(
    closed: Service, address: Address, table: str, change: str, which: str
) -> None:
    await tamper(closed, address, table, f"UPDATE {table} {change} WHERE obligation_id {which}")

    [verdict] = await verified(closed, address)
    changed = which.removeprefix("= '").removesuffix("'")
    assert [difference for difference in verdict.differences if changed not in difference] == []
    assert len(verdict.differences) == 1
    assert " cong-an (" in verdict.differences[0]


# ruff: noqa: S608  The tampering of these tests is SQL as a tamperer writes it.
OF_TOURISTS, OF_TRAINING = (f"WHERE obligation_id = '{one}'" for one in (TOURISTS, TRAINING))
TRAINING_DIFFERS = f"3.4 cong-an ({TRAINING}): differs"
SLIPPED_IN = f"""
    INSERT INTO progress_update (id, plan_id, obligation_id, client_id, received_at, recorded_at, state, summary)
    SELECT gen_random_uuid(), o.plan_id, o.id, c.id, '2021-06-10', '2021-06-10', 'completed', 'Xong'
    FROM obligation o, client c WHERE o.id = '{TOURISTS}' AND c.name = 'police'
"""
OTHERS = {
    "a figure": ("measurement", "UPDATE measurement SET value = 100", f"3.2 cong-an ({INVESTIGATION}): differs"),
    "a report slipped in": ("progress_update", SLIPPED_IN, "3.6 cong-an"),
    "a first deadline": (
        "obligation",
        f"UPDATE obligation SET due_before = '2022-01-01' WHERE id = '{TOURISTS}'",
        "3.6 cong-an",
    ),
    "a force": ("obligation", f"UPDATE obligation SET force = 'requested' WHERE id = '{TOURISTS}'", "3.6 cong-an"),
    "a digest": (
        "sealed_standing",
        f"UPDATE sealed_standing SET digest = md5('') || md5('') {OF_TOURISTS}",
        "3.6 cong-an",
    ),
    "one taken out": ("sealed_standing", f"DELETE FROM sealed_standing {OF_TOURISTS}", "3.6 cong-an"),
    "the digest": ("seal", "UPDATE seal SET digest = md5('') || md5('')", "the seal itself"),
    "the form": ("seal", "UPDATE seal SET form = 99", "another version"),
    "why it was closed": ("seal", "UPDATE seal SET reason = 'Khác'", "the seal itself"),
    "the number of the closing": ("seal", "UPDATE seal SET document_number = '1/UBND'", "the seal itself"),
    "who closed it": (
        "seal",
        "UPDATE seal SET client_id = (SELECT id FROM client WHERE name = 'admin')",
        "the seal itself",
    ),
    "why a cycle's deadline was moved": (
        "cycle_deadline",
        "UPDATE cycle_deadline SET reason = 'Khác'",
        "the seal itself",
    ),
    "the number of what moved it": (
        "cycle_deadline",
        "UPDATE cycle_deadline SET document_number = '1/UBND'",
        "the seal itself",
    ),
    "that it was moved": ("cycle_deadline", "DELETE FROM cycle_deadline", "the seal itself"),
    "the moment": ("seal", "UPDATE seal SET known_at = known_at + interval '1 microsecond'", "the seal itself"),
    "the cycle": ("cycle", "UPDATE cycle SET ends_on = '2021-06-13'", "the seal itself"),
}


@pytest.mark.parametrize(("table", "change", "found"), OTHERS.values(), ids=OTHERS)
async def test_whatever_else_is_changed_is_found(
    closed: Service, address: Address, table: str, change: str, found: str
) -> None:
    await tamper(closed, address, table, change)

    [verdict] = await verified(closed, address)
    assert [found in difference for difference in verdict.differences] == [True]


async def test_a_seal_does_not_pass_for_one_of_an_older_form(own_service: Service, address: Address) -> None:
    await close(own_service.coordinator)
    await tamper(own_service, address, "seal", "UPDATE seal SET form = 1")

    [verdict] = await verified(own_service, address)

    assert verdict.differences == ["the seal itself, its moment or its cycle"]


async def test_a_seal_of_an_older_form_is_verified_as_it_was_spelled(
    own_service: Service, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    await live(own_service)
    monkeypatch.setattr(queries, "FORM", queries.Form.STANDINGS)
    await close(own_service.coordinator)
    monkeypatch.undo()
    await close(own_service.coordinator, "2021")

    intact = await verified(own_service, address)
    await tamper(own_service, address, "progress_update", f"UPDATE progress_update SET summary = '.' {OF_TRAINING}")
    altered = await verified(own_service, address)

    assert [one.differences for one in intact] == [[], []]
    assert [[TRAINING_DIFFERS in difference for difference in one.differences] for one in altered] == [[True], []]


async def test_the_command_names_what_differs_and_fails(own_service: Service, address: Address, tmp_path: Path) -> None:
    untouched = run_verify(own_service, address, tmp_path)
    seal = (await close(own_service.coordinator)).json()
    intact = run_verify(own_service, address, tmp_path)
    relieved = f"UPDATE obligation SET force = 'requested' WHERE id = '{TRAINING}'"
    await tamper(own_service, address, "obligation", relieved)

    altered = run_verify(own_service, address, tmp_path)

    assert (untouched.returncode, untouched.stdout.splitlines()[-1]) == (0, "Closings: intact, no cycle is closed")
    assert (intact.returncode, intact.stdout.splitlines()[-1]) == (
        0,
        f"{PLAN} {FIRST}: intact, 252 obligations, sha256 {seal['digest']}",
    )
    assert altered.returncode == 1
    assert altered.stdout.splitlines()[-1] == f"    3.4 cong-an ({TRAINING}): differs"


async def test_a_cycle_is_closed_once(service: Service) -> None:
    await close(service.coordinator)
    before = await rows_of(service)

    problem_of(await close(service.coordinator), 409, "cycle-closed")

    assert await rows_of(service) == before
    problem_of(await service.coordinator.post(f"{CYCLES}/{FIRST}/deadlines", CONFIRMED), 409, "letter-needed")


async def test_a_cycle_is_closed_once_its_deadline_has_passed(service: Service) -> None:
    service.clock.now = datetime(2026, 12, 16, 16, 59, 59, tzinfo=UTC)
    problem_of(await close(service.coordinator, "2026"), 409, "cycle-not-due")

    service.clock.now = datetime(2026, 12, 16, 17, tzinfo=UTC)
    assert (await close(service.coordinator, "2026")).status_code == 201


async def test_two_cycles_have_two_seals(own_service: Service, address: Address) -> None:
    await close(own_service.coordinator)
    await close(own_service.coordinator, "2021")

    verdicts = await verified(own_service, address)

    assert [(one.cycle, one.covered, one.differences) for one in verdicts] == [(FIRST, 252, []), ("2021", 296, [])]


async def test_the_same_standing_has_another_digest_at_another_moment(service: Service) -> None:
    first = (await close(service.coordinator, "2021")).json()
    second = (await close(service.coordinator, "2022")).json()

    assert first["digest"] != second["digest"]


@pytest.mark.parametrize("name", ["police", "integrator", "admin"])
async def test_only_a_coordinator_closes_cycles(service: Service, name: str) -> None:
    problem_of(await close(getattr(service, name)), 403, "not-allowed")


async def test_a_cycle_that_is_not_open_cannot_be_closed(service: Service) -> None:
    problem_of(await close(service.coordinator, "2027"), 404, "not-found")


@pytest.mark.parametrize("sent", [{}, {"reason": " "}, {"reason": "Vì", "force": True}])
async def test_a_closing_says_why(service: Service, sent: dict[str, Any]) -> None:
    problem_of(await service.coordinator.post(f"{CYCLES}/{FIRST}/closing", sent), 422, "malformed-content")


async def test_the_status_that_is_asked_again_says_at_once_that_a_cycle_was_closed(own_service: Service) -> None:
    path = f"/v1/plans/{PLAN}/status"
    before = (await own_service.coordinator.get(path, cycle=FIRST)).json()
    own_service.clock.now += timedelta(minutes=1)
    closed_at = own_service.clock.now.isoformat().replace("+00:00", "Z")
    assert (await close(own_service.coordinator)).status_code == 201
    own_service.clock.now += timedelta(minutes=1)

    after = (await own_service.coordinator.get(path, cycle=FIRST)).json()

    assert [one["cycles"][0]["closed_at"] for one in (before, after)] == [None, closed_at]
