"""The desk: what people see there is what the API says, in words."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.api.test_desk_door import screens
from tests.api.test_desk_screens import FURTHER
from tests.api.test_paper_reports import entered, line
from tests.desk import PEOPLE, at_desk
from tests.given import FIRST, INVESTIGATION, LINK, TOURISTS, Service, obligation

FIRST_DAY_LATE = "2021-06-15"
READERS = ("coordinator", "clerk", "stranger", "partner")
OTHERS: Mapping[str, tuple[Any, ...]] = {
    "/desk/reviews": (200, "coordinator"),
    "/desk/papers": (200, "coordinator"),
    f"/desk/papers/{INVESTIGATION}": (404, "coordinator", "auditor"),
    "/desk/reporting": (200, *READERS),
    "/desk/reporting/form": (422, *READERS),
    f"/desk/obligations/{INVESTIGATION}/receipts/{{update}}": (422, *READERS, "auditor"),
    f"/desk/obligations/{INVESTIGATION}/receipts/{{update}}/document": (422, *READERS, "auditor"),
    f"/desk/evidence/{INVESTIGATION}/content": (404, *READERS, "auditor"),
}
"""What screens that are not for everybody who reads answer, and to whom; the others are refused."""
STRANGE = obligation("10.1", "so-khdt")


def overdue(page: str) -> tuple[str, str]:
    """Return where the card of what is overdue leads, and what it counts."""
    found = re.findall(r'href="/desk(/obligations[^"]*status=overdue)"><span class="count">(\d+)<', page)
    return found[0][0], found[0][1]


async def test_a_coordinator_finds_what_was_overdue_on_the_first_day_late(service: Service) -> None:
    coordinator = await at_desk(service, "coordinator")

    then = await coordinator.read("", cycle=FIRST, as_of=FIRST_DAY_LATE)
    now = await coordinator.read("", cycle=FIRST)

    # The report that rests on the others' is due a week later.
    assert "không phải hôm nay" in then
    assert overdue(then)[1] == "219"
    assert "không phải hôm nay" not in now
    link, count = overdue(now)
    assert count == "220"
    found = await coordinator.read(link)
    assert found.count('class="st st-overdue"') == 100
    following = re.findall(r'rel="next" href="/desk([^"]+)"', found)[0]
    assert (await coordinator.read(following)).count('class="st st-overdue"') == 100


async def test_one_obligation_tells_its_duty_its_status_and_its_history(service: Service) -> None:
    assert (await service.police.report(INVESTIGATION, "in_progress", percent=40, evidence=[LINK])).status_code == 201
    acts = await service.police.history(INVESTIGATION)
    assert (await service.coordinator.annul(INVESTIGATION, acts[0]["id"], "Gửi nhầm.")).status_code == 201
    assert (await service.police.report(INVESTIGATION, "in_progress", percent=60)).status_code == 201
    coordinator = await at_desk(service, "coordinator")

    page = await coordinator.read(f"/obligations/{INVESTIGATION}")

    duty = (await service.coordinator.get("/v1/plans/115-kh-ubnd-2021/duties/3.2")).json()
    assert duty["text"] in page
    assert 'class="st st-overdue"' in page
    assert "<s><b>đang thực hiện</b> 40 %" in page
    assert "Gửi nhầm." in page
    assert "<b>đang thực hiện</b> 60 %" in page


async def test_english_is_a_switch(service: Service) -> None:
    coordinator = await at_desk(service, "coordinator")

    switched = await coordinator.post("/language", {"language": "en", "back": "/desk/bodies"})
    spoken = await coordinator.get("/bodies", headers={"Cookie": f"dondoc={coordinator.cookie}; dondoc-language=en"})

    assert (switched.headers["location"], switched.cookies["dondoc-language"]) == ("/desk/bodies", "en")
    assert '<html lang="en">' in spoken.text
    assert "By body" in spoken.text


async def test_an_export_is_that_of_the_api(service: Service) -> None:
    coordinator = await at_desk(service, "coordinator")
    asked = {"cycle": FIRST, "status": "overdue", "format": "csv"}

    ours = await coordinator.get("/obligations/export", **asked)
    theirs = await service.coordinator.get("/v1/obligations/export", **asked)

    assert (ours.status_code, ours.content) == (200, theirs.content)


@pytest.mark.parametrize("who", PEOPLE)
async def test_each_role_sees_on_each_screen_what_the_api_lets_it_see(service: Service, who: str) -> None:
    person = await at_desk(service, who)
    reads, owns = who != "admin", who in {"coordinator", "clerk", "auditor"}

    for path, (status, *roles) in OTHERS.items():
        assert (await person.get(path.removeprefix("/desk"))).status_code == (status if who in roles else 403), path
    for path in filter(lambda path: path.split("/")[2:3] not in FURTHER, set(screens(service)) - OTHERS.keys()):
        for_all = path in {"/desk", "/desk/account"}
        expected = 200 if for_all or (reads and (str(INVESTIGATION) not in path or owns)) else None
        answer = await person.get(path.removeprefix("/desk"))
        assert answer.status_code == (expected or (404 if reads else 403)), (who, path)
        assert len(answer.content) <= 100 * 1024 or path.endswith("export"), path

    if reads:
        assert (await person.get(f"/obligations/{STRANGE}")).status_code == (
            200 if who in {"coordinator", "auditor"} else 404
        )
        assert (await person.get(f"/obligations/{TOURISTS}")).status_code == (404 if who == "stranger" else 200)


async def test_an_auditor_opens_what_a_coordinator_reads_and_is_shown_no_form(service: Service) -> None:
    title = "Biên bản phối hợp"
    note = {"note": "Đã phối hợp.", "evidence": [LINK | {"title": title, "classification": "restricted"}]}
    assert (await service.police.report(INVESTIGATION, "completed", evidence=[LINK])).status_code == 201
    assert (await service.culture.post(f"/v1/obligations/{TOURISTS}/contributions", note)).status_code == 201
    assert (await service.police.ask_for(obligation("3.4", "cong-an", "2026"), "2027-01-31")).status_code == 201
    paper = (await entered(service, line("3.6", state="in_progress")))["paper_report"]["id"]
    auditor, coordinator = await at_desk(service, "auditor"), await at_desk(service, "coordinator")
    asked = re.findall(r'href="/desk(/successions/[^"?]+)', await auditor.read("/successions"))[:1]
    opened = {one.removeprefix("/desk") for one in screens(service) - OTHERS.keys()} - {
        "/people",
        "/obligations/export",
    }

    for path in {*opened, *asked, f"/papers/{paper}", f"/extensions/{obligation('3.4', 'cong-an', '2026')}"}:
        answer = await auditor.get(path)
        assert answer.status_code == (await coordinator.get(path)).status_code, path
        posted = re.findall(r'method="post"[^>]*action="/desk([^"]*)"', answer.text)
        assert set(posted) <= {"/language", "/sign-out"}, path
    assert title in await auditor.read(f"/obligations/{TOURISTS}")
