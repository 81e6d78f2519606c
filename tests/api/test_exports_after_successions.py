"""Exports and calendars follow the owner in force, as the lists do."""

import json
from typing import Any

import pytest

from tests.api.asking import listed
from tests.api.test_calendars import address_of, events_of
from tests.api.test_successions import CHILDREN, decide
from tests.given import PLAN, Caller, Service


async def lines(caller: Caller, path: str = "/v1/obligations/export", **asked: Any) -> list[dict[str, Any]]:
    """Export as NDJSON."""
    response = await caller.get(path, format="ndjson", plan=PLAN, **asked)
    assert response.status_code == 200, response.text
    return [json.loads(line) for line in response.text.splitlines()]


@pytest.mark.parametrize("asked", [{}, {"owner": "so-y-te"}, {"owner": "so-ldtbxh"}, {"body": "so-y-te"}], ids=str)
@pytest.mark.parametrize("name", ["coordinator", "health", "labour"])
async def test_an_export_finds_what_the_list_finds(service: Service, name: str, asked: dict[str, Any]) -> None:
    caller = getattr(service, name)
    await decide(service.coordinator, CHILDREN)

    for when in ({}, {"as_of": "2025-02-28"}):
        found = await lines(caller, cycle="2026", **asked, **when)
        assert {one["id"] for one in found} == {
            one["id"] for one in await listed(caller, cycle="2026", **asked, **when)
        }


async def test_a_history_goes_out_under_the_name_of_who_owes_it(service: Service) -> None:
    await decide(service.coordinator, CHILDREN)

    told = await lines(service.health, "/v1/history/export", cycle="2026", duty="1.3")

    assert {one["act"]["act"] for one in told} == {"transfer"}
    assert {one["owner"] for one in told} == {"so-y-te"}


async def test_a_calendar_shows_what_a_body_has_taken_over(service: Service) -> None:
    path = await address_of(service, "health", "so-y-te")
    before = await events_of(service, path)

    await decide(service.coordinator, CHILDREN)

    owed = {one["id"] for one in await listed(service.health, owner="so-y-te")}
    assert set(await events_of(service, path)) == owed > set(before)


async def test_a_calendar_shows_nothing_that_has_passed_to_another_body(service: Service) -> None:
    path = await address_of(service, "labour", "so-ldtbxh")
    before = await events_of(service, path)

    await decide(service.coordinator, CHILDREN)

    owed = {one["id"] for one in await listed(service.labour, owner="so-ldtbxh")}
    assert set(await events_of(service, path)) == owed < set(before)
