"""ETag, If-None-Match and If-Match on obligations."""

from datetime import timedelta

import pytest

from tests.api.asking import problem_of, rows_of
from tests.given import TODAY, TRAINING, Service

PATH = f"/v1/obligations/{TRAINING}"


async def test_a_write_with_the_current_etag_is_done(service: Service) -> None:
    etag = (await service.police.get(PATH)).headers["etag"]

    response = await service.police.report(TRAINING, "in_progress", headers={"If-Match": etag})

    assert response.status_code == 201


async def test_a_write_with_a_stale_etag_is_refused_and_nothing_is_written(service: Service) -> None:
    stale = (await service.police.get(PATH)).headers["etag"]
    await service.police.report(TRAINING, "in_progress")
    before = await rows_of(service)

    for act in (service.police.report, service.police.attach):
        problem_of(await act(TRAINING, headers={"If-Match": stale}), 412, "stale-version")

    assert await rows_of(service) == before


async def test_the_answer_to_a_write_brings_the_etag_for_the_next(service: Service) -> None:
    first = await service.police.report(TRAINING, "in_progress")

    second = await service.police.report(TRAINING, "in_progress", headers={"If-Match": first.headers["etag"]})
    third = await service.police.report(TRAINING, "in_progress", headers={"If-Match": first.headers["etag"]})

    assert (second.status_code, third.status_code) == (201, 412)


async def test_time_alone_makes_no_ones_edit_stale(service: Service) -> None:
    etag = (await service.police.get(PATH)).headers["etag"]
    service.clock.now = TODAY + timedelta(days=5)

    response = await service.police.report(TRAINING, "in_progress", headers={"If-Match": etag})

    assert response.status_code == 201


async def test_any_version_will_do_for_a_star(service: Service) -> None:
    await service.police.report(TRAINING, "in_progress")

    assert (await service.police.report(TRAINING, "in_progress", headers={"If-Match": "*"})).status_code == 201


@pytest.mark.parametrize("header", ["", "1", '"abc"', "'1'", '"1"x', '"' + "9" * 190 + '"'])
async def test_an_if_match_that_holds_no_tag_of_ours_is_unreadable(service: Service, header: str) -> None:
    before = await rows_of(service)

    response = await service.police.report(TRAINING, "in_progress", headers={"If-Match": header})

    problem_of(response, 400, "unreadable-request")
    assert await rows_of(service) == before


async def test_a_stale_write_tells_a_stranger_nothing(service: Service) -> None:
    response = await service.health.report(TRAINING, headers={"If-Match": '"99"'})

    problem_of(response, 404, "not-found")


async def test_an_obligation_is_not_sent_again_to_whom_has_it(service: Service) -> None:
    etag = (await service.police.get(PATH)).headers["etag"]

    again = await service.police.get(PATH, headers={"If-None-Match": f'"other", {etag}'})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert not etag.startswith("W/")


async def test_an_obligation_is_sent_again_once_it_has_changed(service: Service) -> None:
    etag = (await service.police.get(PATH)).headers["etag"]
    await service.police.attach(TRAINING)

    again = await service.police.get(PATH, headers={"If-None-Match": etag})

    assert again.status_code == 200
    assert again.headers["etag"] != etag


async def test_an_obligation_is_sent_again_once_time_has_changed_it(service: Service) -> None:
    etag = (await service.police.get(PATH)).headers["etag"]
    service.clock.now = TODAY + timedelta(days=1)

    again = await service.police.get(PATH, headers={"If-None-Match": etag})

    assert (again.status_code, again.json()["days_overdue"]) == (200, 1990)


async def test_a_list_and_a_history_and_an_evidence_have_an_etag_too(service: Service) -> None:
    attached = (await service.police.attach(TRAINING)).json()["id"]

    for path in ("/v1/obligations", f"{PATH}/history", f"/v1/evidence/{attached}"):
        first = await service.police.get(path)
        again = await service.police.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_answers_are_for_their_caller_alone(service: Service) -> None:
    response = await service.police.get(PATH)

    assert response.headers["cache-control"] == "private, no-cache"
    assert "Authorization" in response.headers["vary"]
