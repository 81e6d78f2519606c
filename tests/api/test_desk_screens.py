"""The further screens of the desk: who sees each, and what is done there as by the API, once."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest

from app.pages import records
from tests.desk import PEOPLE, Person, at_desk
from tests.files import pdf
from tests.given import FIRST, INVESTIGATION, PLAN, TOURISTS, TRAINING, Service

EVERYBODY, REPORTING = set(PEOPLE), set(PEOPLE) - {"admin"}
SCREENS: Mapping[str, set[str]] = {
    "/duties": REPORTING,
    "/documents": {"coordinator", "auditor"},
    f"/documents/table/preview?cycle={FIRST}": {"coordinator", "auditor"},
    f"/documents/table?cycle={FIRST}": {"coordinator", "auditor"},
    "/cycles": REPORTING,
    f"/cycles/{FIRST}": REPORTING,
    "/extensions": REPORTING,
    "/targets": REPORTING,
    "/successions": EVERYBODY,
    "/holidays": EVERYBODY,
    "/annulments": {"coordinator", "auditor"},
    "/reads": {"coordinator", "auditor"},
    "/people": {"admin"},
}
"""Who may open what."""
FURTHER = [path.split("/")[1:2] for path in SCREENS]
"""The first parts of their addresses."""
ACTS: Mapping[str, str] = {
    "/documents/letters": "coordinator",
    f"/documents/letters/{uuid4()}/number": "coordinator",
    "/cycles": "coordinator",
    f"/cycles/{FIRST}/closing": "coordinator",
    f"/cycles/{FIRST}/deadlines": "coordinator",
    f"/cycles/{FIRST}/annulments": "coordinator",
    f"/extensions/{INVESTIGATION}/grant": "coordinator",
    f"/extensions/{INVESTIGATION}/refusal": "coordinator",
    f"/successions/{uuid4()}/decision": "coordinator",
    f"/successions/{uuid4()}/annulments": "coordinator",
    "/holidays": "coordinator",
    "/people": "admin",
    f"/people/{uuid4()}/disabled": "admin",
    f"/people/{uuid4()}/invitation": "admin",
}
"""Who alone may do what."""


def form(**fields: str) -> dict[str, str]:
    """Fill a form in that has just been opened."""
    return {"key": uuid4().hex, **fields}


async def sent(person: Person, path: str, *, status: int = 303, **fields: str) -> str:
    """Send a form, and return the page that it leads to, or that shows it again."""
    answer = await person.post(path, form(**fields))
    assert answer.status_code == status, (path, answer.text)
    return await person.read(answer.headers["location"].removeprefix("/desk")) if status == 303 else answer.text


@pytest.mark.parametrize("who", PEOPLE)
async def test_each_role_sees_and_does_on_further_screens_what_the_api_lets_it(service: Service, who: str) -> None:
    person = await at_desk(service, who)
    menu = await person.read("")

    for path, readers in SCREENS.items():
        answer = await person.get(path)
        assert answer.status_code == (200 if who in readers else 403), (who, path)
        assert len(answer.content) <= 100 * 1024, path
        if path.count("/") == 1:
            assert (f'href="/desk{path}"' in menu) == (who in readers), (who, path)
    for path, doer in ACTS.items():
        answer = await person.post(path, form())
        assert (answer.status_code == 403) == (who != doer), (who, path, answer.status_code)


async def test_nothing_is_done_by_a_form_of_another_site_or_without_its_key(service: Service) -> None:
    coordinator, admin = await at_desk(service, "coordinator"), await at_desk(service, "admin")

    for path, who in ACTS.items():
        person = admin if who == "admin" else coordinator
        elsewhere = await person.post(path, form(), headers={"Sec-Fetch-Site": "cross-site"})
        keyless = await person.post(path, {"name": "Ngày nghỉ"})
        assert (elsewhere.status_code, keyless.status_code // 100) == (403, 4), path


async def test_a_cycle_is_closed_under_a_seal_once(service: Service) -> None:
    coordinator = await at_desk(service, "coordinator")
    path, filled = f"/cycles/{FIRST}/closing", form(reason="Đã chốt số liệu.", document_number="115/UBND-KGVX")

    wrong = await sent(coordinator, path, status=422, document_number="không có số")
    answers = [await coordinator.post(path, filled) for _ in range(2)]
    again = await sent(coordinator, path, status=409, reason="Khóa lần nữa.")

    assert "không có số" in wrong
    assert wrong.count('aria-invalid="true"') == 2
    assert [one.status_code for one in answers] == [303, 303]
    assert 'role="alert"' in again
    cycle = (await service.coordinator.get(f"/v1/plans/{PLAN}/cycles/{FIRST}")).json()
    assert cycle["digest"] in await coordinator.read(f"/cycles/{FIRST}", done="1")
    assert f'<option value="{cycle["closing"]}">' in again
    await sent(coordinator, f"/cycles/{FIRST}/annulments", act=cycle["closing"], reason="Khóa nhầm kỳ.")
    assert "Khóa nhầm kỳ." in await coordinator.read("/annulments")
    assert cycle["digest"] not in await coordinator.read(f"/cycles/{FIRST}")


async def test_the_letter_on_a_deadline_stands_on_its_cycle(service: Service) -> None:
    coordinator = await at_desk(service, "coordinator")

    page = await sent(
        coordinator,
        "/cycles/2026/deadlines",
        due_before_on="2026-12-20",
        document_number="20/UBND-KGVX",
        reason="Lùi thời hạn.",
    )

    assert "20/12/2026" in page
    assert "Lùi thời hạn." in page


async def test_a_request_is_answered_and_leaves_the_queue(service: Service) -> None:
    for one, day in ((INVESTIGATION, "2026-12-20"), (TRAINING, "2026-12-21"), (TOURISTS, "2026-12-22")):
        assert (await service.police.ask_for(one, day)).status_code == 201
    coordinator, stranger = await at_desk(service, "coordinator"), await at_desk(service, "stranger")

    queue = await coordinator.read("/extensions")
    opened = await coordinator.read(f"/extensions/{INVESTIGATION}")
    seen = re.findall(r'name="seen" value="(\d+)"', opened)[0]
    stale = await sent(
        coordinator, f"/extensions/{INVESTIGATION}/refusal", status=412, reason="Không đủ căn cứ.", seen="999"
    )
    refused = await sent(coordinator, f"/extensions/{INVESTIGATION}/refusal", reason="Không đủ căn cứ.", seen=seen)

    assert ("20/12/2026" in queue, "21/12/2026" in queue) == (True, True)
    assert "20/12/2026" not in await stranger.read("/extensions")
    assert 'value="2026-12-20"' in opened
    assert "Không đủ căn cứ." in stale
    assert "Không có đề nghị gia hạn nào đang chờ" in refused
    assert "20/12/2026" not in await coordinator.read("/extensions")


async def test_targets_show_figures_beside_thresholds(service: Service) -> None:
    figures = {"3.2-a": 100, "3.2-b": 97.5, "3.2-c": 95, "3.2-d": 4}
    measured = [{"target": target, "value": value} for target, value in figures.items()]
    reported = await service.police.report(INVESTIGATION, "in_progress", percent=50, measurements=measured)
    assert reported.status_code == 201, reported.text
    clerk, stranger = await at_desk(service, "clerk"), await at_desk(service, "stranger")

    page = await clerk.read("/targets")

    assert (page.count('<b class="met"'), page.count('<b class="wrong"')) == (2, 2)
    assert [one in page for one in ("97,5", "3.2-d", "14.2-a", "15.1-a")] == [True, True, True, False]
    assert page.count('class="chart"') == 4
    assert "3.2-a" not in await stranger.read("/targets")


async def test_a_succession_is_confirmed_with_whoever_takes_over(service: Service) -> None:
    listed = (await service.coordinator.get(f"/v1/plans/{PLAN}/successions")).json()["items"]
    undecided = next(one for one in listed if not one["successors"] and not one["ends"])
    known = next(one for one in listed if one["successor"] and one["predecessor"]["code"] == "so-ldtbxh")
    coordinator = await at_desk(service, "coordinator")

    every = await coordinator.read("/successions")
    at = f"/successions/{undecided['id']}/decision"
    unclear = await sent(coordinator, at, status=422, outcome="confirmed", reason="Theo nghị quyết.")
    taken = await sent(coordinator, at, outcome="confirmed", reason="Theo nghị quyết.", taken_over_by="so-vhttdl")
    rejected = await sent(
        coordinator, f"/successions/{known['id']}/decision", outcome="rejected", reason="Chưa đủ căn cứ."
    )

    assert every.count("chờ quyết định</span>") == len(listed) == 15
    pairs = {(one["predecessor"]["code"], after["name"]) for one in listed for after in one["successors"]}
    assert every.count('class="m-proposed"') == len(pairs) > 0
    assert "Theo nghị quyết." in unclear
    assert "đã xác nhận" in taken
    assert "không xác nhận" in rejected
    undone = await sent(coordinator, at.replace("decision", "annulments"), reason="Xác nhận nhầm cơ quan.")
    assert "đã hủy ghi nhận" in undone
    decided = (await service.coordinator.get(f"/v1/plans/{PLAN}/successions/{undecided['id']}")).json()
    assert (decided["state"], decided["successor"]["code"]) == ("annulled", "so-vhttdl")


async def test_what_was_taken_back_and_who_read_what_is_listed(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await service.police.report(INVESTIGATION, "in_progress", percent=40)).status_code == 201
    acts = await service.police.history(INVESTIGATION)
    assert (await service.coordinator.annul(INVESTIGATION, acts[0]["id"], "Gửi nhầm kỳ này.")).status_code == 201
    kept = await service.police.upload(TRAINING, pdf())
    for _ in range(2):
        assert (await service.coordinator.get(f"/v1/evidence/{kept['id']}/content")).status_code == 200
    annulment = (await service.police.history(INVESTIGATION))[-1]["id"]
    assert (await service.coordinator.annul(INVESTIGATION, annulment, "Báo cáo vẫn đúng.")).status_code == 201
    coordinator = await at_desk(service, "coordinator")

    annulled, reads = await coordinator.read("/annulments"), await coordinator.read("/reads")

    assert ("Gửi nhầm kỳ này." in annulled, f"#act-{acts[0]['id']}" in annulled) == (True, True)
    assert annulled.count("đã khôi phục") == 1
    monkeypatch.setattr(records, "ROWS", 1)
    for path, last in (("/annulments", "Gửi nhầm kỳ này."), ("/reads", kept["title"])):
        first = await coordinator.read(path)
        following = re.findall(r'rel="next" href="/desk([^"]+)"', first)[0]
        assert last in await coordinator.read(following)
    assert ("coordinator" in reads, kept["title"] in reads, kept["content"]["sha256"] in reads) == (True, True, True)


async def test_a_day_is_marked_as_off_and_as_off_no_more(service: Service) -> None:
    coordinator = await at_desk(service, "coordinator")

    marked = await sent(coordinator, "/holidays", observed_on="2027-05-04", name="Nghỉ bù ngày 30/4.")
    unmarked = await sent(coordinator, "/holidays", observed_on="2027-05-04", name="Không nghỉ bù.", observed="false")
    refused = await sent(coordinator, "/holidays", status=422, observed_on="4/5/2027", name="Nghỉ bù.")

    assert ("4/5/2027" in marked, "Nghỉ bù ngày 30/4." in marked) == (True, True)
    assert "Nghỉ bù ngày 30/4." not in unmarked
    assert ('value="Nghỉ bù."' in refused, 'id="mark-observed_on-wrong"' in refused) == (True, True)


async def test_an_admin_adds_invites_and_disables_people(service: Service) -> None:
    admin = await at_desk(service, "admin")

    unnamed = await sent(admin, "/people", status=422, role="reporter", bodies="so-y-te")
    listed = await sent(admin, "/people", name="Văn thư Sở Y tế", role="reporter", bodies="so-y-te")
    person = re.findall(r'href="/desk(/people/[0-9a-f-]{36})">Văn thư Sở Y tế<', listed)[0]
    invited = await sent(admin, f"{person}/invitation", status=200)
    link = re.findall(r"/desk(/sign-in/[\w-]{43})<", invited)[0]
    comes = await Person(service, admin.id).get(link)
    seen = re.findall(r'name="seen" value="(\d+)"', await admin.read(person))[0]
    disabled = await sent(admin, f"{person}/disabled", disabled="true", seen=seen)
    newcomer = Person(service, admin.id, comes.cookies["dondoc"])

    assert 'value="reporter" selected' in unnamed
    assert 'value="so-y-te" checked' in unnamed
    assert comes.status_code == 303
    assert link not in await admin.read(person)
    assert "đã khóa" in disabled
    assert (await newcomer.get("")).status_code == 401
    assert (await admin.post(f"{person}/invitation", form())).status_code == 404


async def test_duties_count_what_bodies_count(service: Service) -> None:
    coordinator = await at_desk(service, "coordinator")

    by_duty, by_body = [await coordinator.read(path, cycle=FIRST) for path in ("/duties", "/bodies")]

    foot = [page[page.index("<tfoot>") : page.index("</tfoot>")] for page in (by_duty, by_body)]
    assert re.findall(r'<td class="num">(.*?)</td>', foot[0]) == re.findall(r'<td class="num">(.*?)</td>', foot[1])
    assert "cycle=2021-06-15&duty=3.2" in by_duty


async def test_letters_are_made_of_what_is_ticked_taken_along_and_numbered(service: Service) -> None:
    coordinator = await at_desk(service, "coordinator")

    page = await sent(coordinator, "/documents/letters", cycle=FIRST, kind="overdue", body="cong-an")
    (letter,) = (await service.coordinator.get(f"/v1/plans/{PLAN}/reminder-letters", cycle=FIRST)).json()["items"]
    path = f"/documents/letters/{letter['id']}"
    given: dict[str, Any] = {"cycle": FIRST, "issued_on": "2026-11-24"}
    refused = await sent(coordinator, f"{path}/number", status=422, number="mười lăm", **given)
    numbered = await sent(coordinator, f"{path}/number", number="15/SLĐTBXH-BTXH", **given)

    assert letter["sha256"] in page
    assert 'value="mười lăm"' in refused
    assert "15/SLĐTBXH-BTXH" in numbered
    theirs = await service.coordinator.get(f"/v1/plans/{PLAN}/reminder-letters/{letter['id']}/content")
    assert (await coordinator.get(path)).content == theirs.content
    assert "công văn đôn đốc" in await coordinator.read(f"/obligations/{TOURISTS}")
