"""Calendars: deadlines as iCalendar, at an address that can be revoked."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from icalendar import Calendar, Timezone

from app.models import Extension
from tests.api.asking import listed, problem_of
from tests.api.test_logs import Lines, lines  # noqa: F401  A fixture.
from tests.api.test_successions import succeed
from tests.given import DOCUMENT, PLAN, TODAY, TRAINING, Caller, Service, act_of, obligation

ADDRESS = f"/v1/plans/{PLAN}/bodies/{{}}/calendar"
POLICE = ADDRESS.format("cong-an")


async def address_of(service: Service, name: str = "police", body: str = "cong-an") -> str:
    """Give a body's calendar an address, and return its path."""
    caller = getattr(service, name)
    given = await caller.post(ADDRESS.format(body), {})
    assert given.status_code == 201, given.text
    assert "ics" not in given.text
    address: str = (await caller.get(given.headers["location"])).json()["address"]
    return urlsplit(address).path


async def revoke(caller: Caller) -> httpx.Response:
    """Revoke the address of the calendar of the police."""
    return await caller.post(f"{POLICE}/revocation", {})


async def read(service: Service, path: str) -> httpx.Response:
    """Read a calendar as a calendar program does: with its address alone."""
    return await service.http.get(path)


async def events_of(service: Service, path: str) -> dict[str, Any]:
    """Read the events of a calendar by the ids of their obligations."""
    response = await read(service, path)
    assert (response.status_code, response.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    calendar = Calendar.from_ical(response.content)
    assert calendar["version"] == "2.0"
    return {str(event["uid"]).partition("@")[0]: event for event in calendar.walk("VEVENT")}


async def test_every_deadline_of_a_body_is_a_day_of_its_calendar(service: Service) -> None:
    owed = {one["id"]: one for one in await listed(service.police, owner="cong-an")}

    events = await events_of(service, await address_of(service))

    assert set(events) == set(owed)
    for obligation_id, event in events.items():
        last_day = date.fromisoformat(owed[obligation_id]["last_day_on_time"])
        assert (event["dtstart"].dt, event["dtend"].dt) == (last_day, last_day + timedelta(days=1))
        assert owed[obligation_id]["duty"]["title_vi"] in str(event["summary"])
    assert str(events[str(TRAINING)]["description"]) == "Công an thành phố: chưa hoàn thành – quá hạn."


async def test_a_calendar_without_deadlines_has_a_component_all_the_same(service: Service) -> None:
    service.clock.now = datetime(2030, 3, 2, tzinfo=UTC)
    await succeed(service, "so-tai-chinh", {"code": "so-moi", "name": "Sở mới"}, effective_on="2030-03-01")
    path = await address_of(service, "coordinator", "so-moi")

    calendar = Calendar.from_ical((await read(service, path)).content)

    assert await events_of(service, path) == {}
    (zone,) = calendar.subcomponents
    assert isinstance(zone, Timezone)
    assert (zone.tz_name, zone.to_tz().utcoffset(TODAY.replace(tzinfo=None))) == (
        "Asia/Ho_Chi_Minh",
        timedelta(hours=7),
    )


async def test_a_calendar_follows_what_happens(service: Service) -> None:
    path, this_year = await address_of(service), obligation("3.4", "cong-an", "2026")
    before = (await events_of(service, path))[str(this_year)]

    later = TODAY + timedelta(days=60)
    await act_of(service.coordinator, Extension, this_year, due_before=later, reason="Vì", decided_on=TODAY.date())
    await service.police.report(this_year, evidence=[DOCUMENT])
    after = (await events_of(service, path))[str(this_year)]

    assert (before["dtstart"].dt, after["dtstart"].dt) == (date(2026, 12, 16), date(2027, 1, 23))
    assert str(after["summary"]).startswith("✓ ")
    assert after["sequence"] > before["sequence"]


async def test_a_groups_calendar_holds_what_its_members_owe(service: Service) -> None:
    path = await address_of(service, "coordinator", "ubnd-quan-huyen")
    owed = await listed(service.coordinator, body="ubnd-quan-huyen")

    assert set(await events_of(service, path)) == {one["id"] for one in owed}
    assert len({one["owner"]["code"] for one in owed}) > 1


async def test_nothing_that_somebody_wrote_is_in_a_calendar(service: Service) -> None:
    secret = "Bí mật của cháu Lan"
    path = await address_of(service)
    await service.police.report(TRAINING, summary=secret, late_reason=secret, evidence=[DOCUMENT | {"title": secret}])

    assert "Lan" not in (await read(service, path)).text


async def test_an_address_stays_until_it_is_revoked_and_the_next_one_is_another(service: Service) -> None:
    first = await address_of(service)
    again = await address_of(service)
    shown = (await service.coordinator.get(POLICE)).json()["address"]

    revoked = await revoke(service.police)
    gone = await read(service, first)
    second = await address_of(service)

    assert first == again == urlsplit(shown).path
    assert (revoked.status_code, revoked.json()["revoked_at"]) == (201, "2026-11-24T03:00:00Z")
    problem_of(gone, 404, "not-found")
    assert second != first
    assert (await read(service, second)).status_code == 200


async def test_an_address_is_revoked_once(service: Service) -> None:
    await address_of(service)

    assert [(await revoke(service.police)).status_code for _ in range(2)] == [201, 404]
    problem_of(await service.police.get(POLICE), 404, "not-found")


async def test_an_unchanged_calendar_costs_nothing(service: Service) -> None:
    path = await address_of(service)
    response = await read(service, path)

    again = await service.http.get(path, headers={"If-None-Match": response.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("change", ["x", "-1", "A" * 64, "", "AAAA"])
async def test_no_other_address_opens_a_calendar(service: Service, change: str) -> None:
    path = await address_of(service)
    guessed = f"/v1/calendar/{change}.ics" if change != "x" else path[:-5] + ("A" if path[-5] != "A" else "B") + ".ics"

    response = await read(service, guessed)

    assert response.status_code in {404, 422}
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("name", ["health", "culture", "integrator", "admin"])
async def test_only_the_body_and_the_coordinator_have_its_address(service: Service, name: str) -> None:
    caller = getattr(service, name)

    for response in (await caller.post(POLICE, {}), await caller.get(POLICE), await revoke(caller)):
        problem_of(response, 403, "not-allowed")


async def test_who_stands_for_the_group_alone_does_not_get_what_its_members_owe(service: Service) -> None:
    await service.admin.patch(
        f"/v1/clients/{service.police.client_id}", {"bodies": [{"plan": PLAN, "body": "ubnd-quan-huyen"}]}
    )
    service.clock.now += timedelta(seconds=11)

    problem_of(await service.police.post(ADDRESS.format("ubnd-quan-huyen"), {}), 403, "not-allowed")


@pytest.mark.parametrize(
    "change", [{"disabled": True}, {"bodies": []}, {"bodies": [{"plan": PLAN, "body": "so-y-te"}]}], ids=str
)
async def test_an_address_goes_with_the_right_to_give_it(service: Service, change: dict[str, Any]) -> None:
    path = await address_of(service)
    assert (await read(service, path)).status_code == 200

    assert (await service.admin.patch(f"/v1/clients/{service.police.client_id}", change)).status_code == 200

    problem_of(await read(service, path), 404, "not-found")
    assert await address_of(service, "coordinator") != path


async def test_an_address_stays_when_its_client_changes_otherwise(service: Service) -> None:
    path = await address_of(service)
    bodies = [{"plan": PLAN, "body": body} for body in ("so-y-te", "cong-an")]

    for change in ({"name": "Công an"}, {"bodies": bodies}):
        assert (await service.admin.patch(f"/v1/clients/{service.police.client_id}", change)).status_code == 200

    assert (await read(service, path)).status_code == 200


async def test_there_is_no_calendar_of_an_unknown_body(service: Service) -> None:
    problem_of(await service.coordinator.post(ADDRESS.format("nobody"), {}), 404, "not-found")


async def test_an_address_is_never_logged(service: Service, lines: Lines) -> None:  # noqa: F811
    path = await address_of(service)
    await read(service, path)
    await read(service, path.replace("/calendar/", "/calendar/x"))

    logged = lines()

    assert [line["route"] for line in logged[2:]] == ["/v1/calendar/{token}.ics"] * 2
    assert path.rpartition("/")[2][:20] not in str(logged)
