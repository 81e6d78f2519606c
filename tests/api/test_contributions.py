"""Contributions: culture coordinates 3.6 of the police, and adds to it without touching the claim."""

from typing import Any
from uuid import UUID

import pytest

from tests.api.asking import problem_of, rows_of
from tests.given import DOCUMENT, LINK, TOURISTS, TRAINING, Caller, Service

PATH = f"/v1/obligations/{TOURISTS}/contributions"


async def contribute(who: Caller, one: UUID = TOURISTS, note: str = "Đã cử cán bộ phối hợp.", **more: Any) -> Any:
    """Post a note."""
    return await who.post(f"/v1/obligations/{one}/contributions", {"note": note, **more})


async def test_a_partner_contributes_a_note_with_evidence(service: Service) -> None:
    response = await contribute(service.culture, evidence=[LINK])

    assert response.status_code == 201
    note = response.json()["contribution"]
    assert (note["body"], note["note"]) == ("so-vhttdl", "Đã cử cán bộ phối hợp.")
    assert [(one["kind"], one["body"]) for one in note["evidence"]] == [("link", "so-vhttdl")]
    assert response.json()["obligation"]["version"] == 3


@pytest.mark.parametrize("state", [None, "in_progress", "completed"])
async def test_a_contribution_never_changes_the_claim(service: Service, state: str | None) -> None:
    if state:
        await service.police.report(TOURISTS, state, evidence=[DOCUMENT])
    before = await service.police.standing(TOURISTS)

    after = (await contribute(service.culture)).json()["obligation"]

    assert after | {"version": 0} == before | {"version": 0}


async def test_contributions_are_shown_apart_and_in_the_history(service: Service) -> None:
    await service.police.report(TOURISTS, evidence=[DOCUMENT])
    await contribute(service.culture, note="Một", evidence=[LINK])
    await service.culture.attach(TOURISTS)
    await contribute(service.culture, note="Hai")

    apart = (await service.police.get(PATH)).json()["items"]
    history = await service.police.history(TOURISTS)

    assert [(act["act"], act["body"]) for act in apart] == [
        ("contribution", "so-vhttdl"),
        ("evidence", "so-vhttdl"),
        ("evidence", "so-vhttdl"),
        ("contribution", "so-vhttdl"),
    ]
    assert [act["note"] for act in apart if act["act"] == "contribution"] == ["Một", "Hai"]
    assert [act for act in history if act in apart] == apart
    assert [act["act"] for act in history] == ["update", "evidence", *(act["act"] for act in apart)]


async def test_before_it_came_nobody_had_contributed(service: Service) -> None:
    await contribute(service.culture)

    assert (await service.police.get(PATH, as_of="2026-11-23")).json()["items"] == []


async def test_what_a_partner_restricts_other_partners_do_not_see(service: Service) -> None:
    await contribute(service.culture, evidence=[LINK | {"classification": "restricted"}])

    seen = {name: len((await getattr(service, name).get(PATH)).json()["items"]) for name in ("police", "culture")}

    assert seen == {"police": 2, "culture": 2}
    problem_of(await service.court.get(PATH), 404, "not-found")
    problem_of(await service.integrator.get(PATH), 403, "not-allowed")


async def test_the_owner_reports_and_does_not_contribute(service: Service) -> None:
    before = await rows_of(service)

    problem_of(await contribute(service.police), 403, "partners-only")

    assert await rows_of(service) == before


async def test_who_coordinates_nothing_here_contributes_nothing(service: Service) -> None:
    problem_of(await contribute(service.court), 404, "not-found")
    problem_of(await contribute(service.culture, TRAINING), 404, "not-found")
    for name in ("coordinator", "integrator", "admin"):
        problem_of(await contribute(getattr(service, name)), 403, "not-allowed")


@pytest.mark.parametrize(
    "sent",
    [{}, {"note": " "}, {"note": "x" * 10_001}, {"note": "Có", "state": "completed"}, {"note": "Có", "body": "x"}],
)
async def test_a_contribution_is_a_note_and_nothing_else(service: Service, sent: dict[str, Any]) -> None:
    problem_of(await service.culture.post(PATH, sent), 422, "malformed-content")


async def test_a_contribution_answers_the_version_that_was_read(service: Service) -> None:
    seen = (await service.culture.get(f"/v1/obligations/{TOURISTS}")).headers["etag"]
    await service.police.report(TOURISTS, "in_progress")

    stale = await service.culture.post(PATH, {"note": "Có"}, headers={"If-Match": seen})

    problem_of(stale, 412, "stale-version")
