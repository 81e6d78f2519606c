"""What people do at the desk to one obligation: by the commands of the API, once, and with all that came meanwhile."""

import asyncio
import re
from typing import Any

import httpx

from tests.desk import Person, at_desk, form_of
from tests.given import INVESTIGATION, LINK, TRAINING, Service, obligation

AT = f"/obligations/{INVESTIGATION}"
FIGURES = {"3.2.a": "95", "3.2.b": "70,5", "3.2.c": "3", "3.2.d": "90"}


async def sent(person: Person, page: str, name: str, **typed: Any) -> httpx.Response:
    """Fill in a form of a page, and send it."""
    action, fields = form_of(page, name)
    return await person.post(action, fields | typed)


async def test_a_claim_is_reported_returned_put_back_and_accepted_with_what_it_lacks(service: Service) -> None:
    clerk, coordinator = await at_desk(service, "clerk"), await at_desk(service, "coordinator")
    page = await clerk.read(AT)
    targets = re.findall(r'name="(figure-[^"]+)"', page)

    reported = await sent(clerk, page, "report", state="completed", percent="100", summary="Đã xong.",
                          **dict.fromkeys(targets, "1,5"))  # fmt: skip
    page = await coordinator.read(AT)
    returned = await sent(coordinator, page, "return", reason="Chưa có số liệu so với năm trước.")

    assert (reported.status_code, returned.status_code) == (303, 303), reported.text
    assert returned.headers["location"] == f"/desk{AT}?done=returned"
    page = await coordinator.read(AT, done="returned")
    assert "Đã trả lại báo cáo." in page
    review = re.findall(r'id="(annul-[^"]+)"', page)[0]
    undone = await sent(coordinator, page, review, reason="Trả lại nhầm.")
    assert undone.status_code == 303, undone.text
    page = await coordinator.read(AT)
    refused = await sent(coordinator, page, "accept", reason="Chấp nhận.")
    assert (refused.status_code, "phải nêu đúng" in refused.text.lower()) == (409, True)
    assert "Chấp nhận.</textarea>" in refused.text
    lacking = re.findall(r'name="waives" value="([^"]+)"', page)
    accepted = await sent(coordinator, page, "accept", reason="Chấp nhận.", waives=lacking)
    assert accepted.status_code == 303, accepted.text
    standing = await service.coordinator.standing(INVESTIGATION)
    assert (standing["judged"], standing["waived"], len(lacking)) == ("accepted_with_waiver", lacking, len(lacking))
    assert "evidence" in lacking


async def test_the_words_of_a_leader_are_entered_and_shown_to_the_owner(service: Service) -> None:
    coordinator, clerk = await at_desk(service, "coordinator"), await at_desk(service, "clerk")
    said = {"words": "Khẩn trương hoàn thành.", "leader": "Phó Chủ tịch UBND thành phố"}

    page = await coordinator.read(AT)
    early = await sent(coordinator, page, "instruct", **said, given_on="2026-11-20", by_on="2026-11-19")
    given = await sent(coordinator, page, "instruct", **said, by_on="2026-12-10")

    assert (early.status_code, "Khẩn trương hoàn thành.</textarea>" in early.text) == (422, True)
    assert (given.status_code, given.headers["location"]) == (303, f"/desk{AT}?done=instructed")
    shown = await clerk.read(AT)
    assert shown.count("Khẩn trương hoàn thành. – Phó Chủ tịch UBND thành phố") == 2
    assert 'id="instruct"' not in shown


async def test_a_double_click_and_a_reload_do_it_once(own_service: Service) -> None:
    service = own_service
    clerk = await at_desk(service, "clerk")
    page = await clerk.read(f"/obligations/{TRAINING}")
    asked = {"state": "in_progress", "percent": "40", "summary": "Đang triển khai."}

    both = await asyncio.gather(sent(clerk, page, "report", **asked), sent(clerk, page, "report", **asked))
    again = await sent(clerk, page, "report", **asked)

    assert [one.status_code for one in (*both, again)] == [303, 303, 303]
    assert len(await service.police.history(TRAINING)) == 1


async def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_is_kept(service: Service) -> None:
    clerk = await at_desk(service, "clerk")
    page = await clerk.read(AT)
    target = re.findall(r'name="(figure-[^"]+)"', page)[0]

    refused = await sent(clerk, page, "report", state="in_progress", percent="300", summary="Đang <b>làm</b>.",
                         **{target: "chín", "link-url": "javascript:1", "link-title": "Trang"})  # fmt: skip

    assert refused.status_code == 422
    for name in ("percent", target, "link-url"):
        assert f'id="report-{name}-wrong"' in refused.text, (name, refused.text)
    assert 'value="300"' in refused.text
    assert 'value="chín"' in refused.text
    assert "Đang &lt;b&gt;làm&lt;/b&gt;.</textarea>" in refused.text
    assert "must" not in refused.text
    assert form_of(refused.text, "report")[1]["key"] == form_of(page, "report")[1]["key"]
    assert await service.police.history(INVESTIGATION) == []


async def test_the_second_of_two_people_sees_what_came_meanwhile(service: Service) -> None:
    coordinator = await at_desk(service, "coordinator")
    assert (await service.police.report(INVESTIGATION, evidence=[LINK])).status_code == 201
    page = await coordinator.read(AT)
    assert (await service.police.report(INVESTIGATION, "in_progress", percent=60)).status_code == 201

    second = await sent(coordinator, page, "return", reason="Chưa đủ.")
    third = await sent(coordinator, second.text, "return", reason="Chưa đủ.")

    assert second.status_code == 409, second.text
    assert "Ghi nhận mới từ người khác" in second.text
    assert second.text.count('<li><a href="#act-') == 1
    assert "Chưa đủ.</textarea>" in second.text
    assert third.status_code == 303, third.text


async def test_a_deadline_is_moved_by_a_letter(service: Service) -> None:
    coordinator, due = await at_desk(service, "coordinator"), obligation("3.4", "cong-an", "2026")
    page = await coordinator.read(f"/obligations/{due}")

    wrong = await sent(coordinator, page, "extend", due_before_on="2026-12-31", document_number="không số")
    right = await sent(coordinator, page, "extend", due_before_on="2026-12-31", document_number="115/UBND-KGVX",
                       reason="Chờ hướng dẫn.")  # fmt: skip

    assert (wrong.status_code, right.status_code) == (422, 303), right.text
    assert 'id="extend-document_number-wrong"' in wrong.text
    assert 'id="extend-reason-wrong"' in wrong.text
    assert (await service.coordinator.standing(due))["due_before"] == "2026-12-30T17:00:00Z"


async def test_nobody_does_what_the_api_would_not_let_them_do(service: Service) -> None:
    coordinator = await at_desk(service, "coordinator")
    action, fields = form_of(await coordinator.read(AT), "extend")
    acts = {"updates": 403, "reviews": 403, "extensions": 403, "annulments": 403}

    for who in ("stranger", "partner", "auditor", "admin"):
        person = await at_desk(service, who)
        for act in acts:
            typed = {"act": str(INVESTIGATION), "summary": "a", "reason": "a", "state": "in_progress"}
            answer = await person.post(f"{AT}/{act}", fields | typed)
            assert answer.status_code in {403, 404}, (who, act)
    clerk = await at_desk(service, "clerk")
    assert 'id="extend"' not in await clerk.read(AT)
    assert (await clerk.post(action, fields)).status_code == 403
    assert (await coordinator.post(action, fields | {"key": "mine"})).status_code == 400
    assert 'id="extend"' not in await coordinator.read(AT, as_of="2021-06-15")
