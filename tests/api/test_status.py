"""GET /v1/plans/{plan}/status: the document that integrators pull."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.asking import EVERYTHING_KNOWN, listed, problem_of, status_of
from tests.given import DOCUMENT, FIRST, PLAN, TODAY, TRAINING, Service, obligation

PATH = f"/v1/plans/{PLAN}/status"
STATUSES = (
    "not_applicable",
    "completed_on_time",
    "completed_late",
    "overdue",
    "awaited",
    "in_progress",
    "not_started",
)
NEXT_DEADLINE = datetime(2026, 12, 16, 17, tzinfo=UTC)
Part = dict[str, Any]


def every_part(document: Part) -> Iterator[tuple[Part, list[Part]]]:
    """Yield every level of the document with the parts that it is the sum of."""
    for cycle in document["cycles"]:
        yield cycle, cycle["bodies"]
        for body in cycle["bodies"]:
            yield body, body["members"]
            yield from ((member, []) for member in body["members"])


def rate(completed: int, denominator: int) -> float | None:
    return round(completed / denominator, 4) if denominator else None


async def test_an_integrator_pulls_where_the_plan_stands(service: Service) -> None:
    document = await status_of(service.integrator)

    assert set(document) == {"plan", "as_of", "known_at", "totals", "cycles", "missing_cycles", "successions"}
    first = document["cycles"][0]
    assert (document["plan"], document["known_at"], first["cycle"]) == (PLAN, None, FIRST)
    assert (first["due_before"], first["status"]) == ("2021-06-14T17:00:00Z", "overdue")
    assert first["totals"] == dict.fromkeys(STATUSES, 0) | {"owed": 252, "overdue": 220, "awaited": 32}
    assert (first["judged"]["silent"], sum(first["judged"].values()), first["on_time_rate"]) == (252, 252, None)
    assert document["totals"]["owed"] == 252 + 6 * 296
    assert [cycle["totals"]["owed"] for cycle in document["cycles"]] == [252] + [296] * 6
    assert document["cycles"][-1]["totals"]["not_started"] == 296


async def test_the_document_names_all_bodies_in_order_and_their_members(service: Service) -> None:
    bodies = (await status_of(service.integrator))["cycles"][0]["bodies"]

    assert [body["no"] for body in bodies] == list(range(1, 19))
    assert {body["no"]: len(body["members"]) for body in bodies if body["members"]} == {16: 4, 17: 2, 18: 9}


@pytest.mark.parametrize("as_of", ["2021-05-31", "2021-06-15", "2022-01-01", "2026-11-24", "2026-12-17"])
async def test_totals_sum_to_what_is_owed_at_every_level(lived_in: Service, as_of: str) -> None:
    document = await status_of(lived_in.coordinator, as_of=as_of)

    for part, parts in every_part(document):
        assert sum(part["totals"][status] for status in STATUSES) == part["totals"]["owed"]
        for name in (*STATUSES, "owed") if parts else ():
            assert part["totals"][name] == sum(one["totals"][name] for one in parts)


async def test_rates_are_shares_of_what_applies_and_of_what_is_due(lived_in: Service) -> None:
    document = await status_of(lived_in.coordinator, as_of="2026-11-24T03:00:00Z")

    for part, _ in every_part(document):
        totals = part["totals"]
        completed = totals["completed_on_time"] + totals["completed_late"]
        assert part["completion_rate"] == rate(completed, totals["owed"] - totals["not_applicable"])
        assert part["due_completion_rate"] == rate(completed, completed + totals["overdue"])


async def test_the_document_counts_what_the_list_shows(lived_in: Service) -> None:
    asked = {"as_of": "2026-11-24T03:00:00Z", "known_at": EVERYTHING_KNOWN}
    document = await status_of(lived_in.coordinator, **asked)

    counted = Counter((item["cycle"], item["status"]) for item in await listed(lived_in.coordinator, **asked))

    shown = {(cycle["cycle"], one): cycle["totals"][one] for cycle in document["cycles"] for one in STATUSES}
    assert {key: number for key, number in shown.items() if number} == counted


async def test_a_body_is_as_late_as_its_latest_duty(lived_in: Service) -> None:
    document = await status_of(lived_in.coordinator, body="cong-an", as_of="2026-11-24T03:00:00Z")

    first = document["cycles"][0]["bodies"][0]
    assert (first["status"], first["totals"]["completed_late"], first["totals"]["not_applicable"]) == ("overdue", 1, 1)


async def test_the_document_can_be_narrowed_to_a_cycle_and_a_body(service: Service) -> None:
    document = await status_of(service.integrator, cycle="2026", body="ubnd-quan-huyen")

    assert [cycle["cycle"] for cycle in document["cycles"]] == ["2026"]
    assert [body["no"] for body in document["cycles"][0]["bodies"]] == [18]
    assert document["cycles"][0]["totals"] == document["cycles"][0]["bodies"][0]["totals"]


async def test_several_cycles_can_be_asked_for_at_once(service: Service) -> None:
    document = await status_of(service.integrator, cycle=[FIRST, "2026", "1999"])

    assert [cycle["cycle"] for cycle in document["cycles"]] == [FIRST, "2026"]
    assert document["totals"]["owed"] == 252 + 296


async def test_the_figures_of_duties_are_those_of_bodies_added_up_otherwise(lived_in: Service) -> None:
    asked = {"as_of": "2026-11-24T03:00:00Z", "cycle": [FIRST, "2026"]}
    by_body = await status_of(lived_in.coordinator, **asked)
    by_duty = await status_of(lived_in.coordinator, **asked, by="duty")

    for cycle, same in zip(by_duty["cycles"], by_body["cycles"], strict=True):
        duties, bodies = cycle.pop("duties"), same.pop("bodies")
        assert cycle == same
        assert duties
        assert bodies
        for name in STATUSES:
            assert sum(one["totals"][name] for one in duties) == cycle["totals"][name]
    assert by_duty["totals"] == by_body["totals"]


async def test_a_duty_is_counted_over_all_who_owe_it(lived_in: Service) -> None:
    asked = {"as_of": "2026-11-24T03:00:00Z", "cycle": FIRST, "known_at": EVERYTHING_KNOWN}
    document = await status_of(lived_in.coordinator, **asked, by="duty")

    owed = await listed(lived_in.coordinator, **asked)
    counted = Counter((item["duty"]["code"], item["status"]) for item in owed)
    duties = document["cycles"][0]["duties"]
    shown = {(one["code"], status): one["totals"][status] for one in duties for status in STATUSES}
    assert {key: number for key, number in shown.items() if number} == counted
    assert [one["code"] for one in duties] == list(dict.fromkeys(item["duty"]["code"] for item in owed))
    assert duties[0]["title_vi"] == owed[0]["duty"]["title_vi"]


async def test_a_body_asked_for_shows_its_duties_alone(service: Service) -> None:
    document = await status_of(service.integrator, cycle=FIRST, body="cong-an", by="duty")

    owed = await listed(service.integrator, cycle=FIRST, owner="cong-an")
    assert {one["code"] for one in document["cycles"][0]["duties"]} == {item["duty"]["code"] for item in owed}


async def test_who_has_reported_nothing_is_told_in_one_call(lived_in: Service) -> None:
    document = await status_of(lived_in.coordinator, cycle=FIRST, known_at=EVERYTHING_KNOWN)

    owed = await listed(lived_in.coordinator, cycle=FIRST, known_at=EVERYTHING_KNOWN)
    said = {item["owner"]["code"] for item in owed if not item["silent"]}
    bodies = [one for body in document["cycles"][0]["bodies"] for one in (body["members"] or [body])]
    assert {one["code"] for one in bodies if one["silent"]} == {item["owner"]["code"] for item in owed} - said
    assert {"cong-an"} <= said
    assert not document["cycles"][0]["silent"]


async def test_a_member_can_be_asked_about_by_its_code(service: Service) -> None:
    document = await status_of(service.integrator, cycle=FIRST, body="ubnd-ninh-kieu")

    group = document["cycles"][0]["bodies"][0]
    assert (group["no"], [member["code"] for member in group["members"]]) == (18, ["ubnd-ninh-kieu"])


async def test_a_reporter_sees_only_its_own_figures(service: Service) -> None:
    document = await status_of(service.police, cycle=FIRST)

    seen = await listed(service.police, cycle=FIRST)
    cycle = document["cycles"][0]
    assert cycle["totals"]["owed"] == len(seen)
    assert {body["code"] for body in cycle["bodies"]} == {item["body"]["code"] for item in seen}
    assert (await status_of(service.court, cycle=FIRST, body="cong-an"))["cycles"][0]["bodies"] == []


async def test_the_document_is_the_same_bytes_until_something_changes(service: Service) -> None:
    first = await service.integrator.get(PATH)
    service.clock.now = TODAY + timedelta(days=3)

    again = await service.integrator.get(PATH)
    unchanged = await service.integrator.get(PATH, headers={"If-None-Match": first.headers["etag"]})

    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert not first.headers["etag"].startswith("W/")


async def test_a_write_changes_the_document(service: Service) -> None:
    before = await service.integrator.get(PATH)
    service.clock.now = TODAY + timedelta(seconds=1)
    await service.police.report(TRAINING, evidence=[DOCUMENT])

    after = await service.integrator.get(PATH, headers={"If-None-Match": before.headers["etag"]})

    assert after.status_code == 200
    assert after.json()["as_of"] == "2026-11-24T03:00:01Z"
    assert after.json()["cycles"][0]["totals"]["completed_late"] == 1


async def test_a_paper_report_of_long_ago_changes_the_document_too(service: Service) -> None:
    before = await service.integrator.get(PATH)
    paper = {"received_on": "2021-06-14", "document_number": "9/BC-CATP"}
    await service.coordinator.report(TRAINING, evidence=[DOCUMENT], **paper)

    after = await service.integrator.get(PATH, headers={"If-None-Match": before.headers["etag"]})

    assert after.json()["cycles"][0]["totals"]["completed_on_time"] == 1


async def test_a_deadline_that_passes_changes_the_document(service: Service) -> None:
    service.clock.now = NEXT_DEADLINE - timedelta(microseconds=1)
    before = await service.integrator.get(PATH)
    service.clock.now = NEXT_DEADLINE

    after = await service.integrator.get(PATH, headers={"If-None-Match": before.headers["etag"]})

    assert before.json()["cycles"][-1]["totals"]["not_started"] == 296
    assert (after.status_code, after.json()["as_of"]) == (200, "2026-12-16T17:00:00Z")
    assert after.json()["cycles"][-1]["totals"]["overdue"] > 250


def max_age(header: str) -> int:
    """Return for how many seconds a caller may keep an answer without asking again."""
    directives = dict(one.strip().partition("=")[::2] for one in header.split(","))
    return 0 if "no-cache" in directives else int(directives["max-age"])


@pytest.mark.parametrize("seconds", [0.000001, 0.5, 1, 2.5, 4.999999])
async def test_nobody_may_keep_the_document_past_the_next_deadline(service: Service, seconds: float) -> None:
    service.clock.now = NEXT_DEADLINE - timedelta(seconds=seconds)

    response = await service.integrator.get(PATH)

    assert max_age(response.headers["cache-control"]) <= seconds
    assert "private" in response.headers["cache-control"]


async def test_a_document_that_lasts_may_be_kept_for_a_few_seconds(service: Service) -> None:
    response = await service.integrator.get(PATH)
    unchanged = await service.integrator.get(PATH, headers={"If-None-Match": response.headers["etag"]})

    assert 0 < max_age(response.headers["cache-control"]) < 60
    assert unchanged.headers["cache-control"] == response.headers["cache-control"]


async def test_a_duty_done_once_counts_in_every_cycle_that_it_ended(service: Service) -> None:
    await service.police.report(obligation("G.1", "cong-an", "2026"), evidence=[DOCUMENT])

    document = await status_of(service.integrator, body="cong-an")

    done = [cycle["totals"]["completed_late"] + cycle["totals"]["completed_on_time"] for cycle in document["cycles"]]
    assert done == [1] * 7


async def test_an_admin_pulls_no_status(service: Service) -> None:
    problem_of(await service.admin.get(PATH), 403, "not-allowed")


async def test_an_act_that_waited_for_a_later_one_does_not_hide_it(service: Service) -> None:
    for seconds in (2, 1):
        service.clock.now = TODAY + timedelta(seconds=seconds)
        assert (await service.police.report(TRAINING, "in_progress")).status_code == 201
    service.clock.now = TODAY + timedelta(minutes=1)

    document = await status_of(service.integrator, cycle=FIRST, body="cong-an")

    assert document["as_of"] == "2026-11-24T03:00:02Z"
    assert document["cycles"][0]["totals"]["overdue"] == 10
