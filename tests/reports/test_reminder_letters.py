"""POST /v1/plans/{plan}/reminder-letters: letters that urge, recorded as acts and kept byte for byte."""

import hashlib
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from tests.api.asking import listed as obligations
from tests.api.asking import problem_of
from tests.given import FIRST, INVESTIGATION, LINK, PLAN, TOURISTS, TRAINING, Service
from tests.reports.reading import Docx

LETTERS = f"/v1/plans/{PLAN}/reminder-letters"
OVERDUE = {"cycle": FIRST, "kind": "overdue"}
SOON = datetime(2026, 12, 5, 3, tzinfo=UTC)


async def sent(service: Service, **what: Any) -> list[dict[str, Any]]:
    """Make letters, and return what was recorded of them."""
    answer = await service.coordinator.post(f"{LETTERS}?format=json", {**OVERDUE, **what})
    assert answer.status_code == 201, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def document_of(service: Service, letter: dict[str, Any]) -> bytes:
    """Get the document of a letter."""
    answer = await service.coordinator.get(f"{LETTERS}/{letter['id']}/content")
    assert answer.status_code == 200, answer.text
    return answer.content


async def test_each_body_that_is_late_gets_a_letter_with_what_it_owes(service: Service) -> None:
    assert (await service.police.report(TRAINING, evidence=[LINK])).status_code == 201
    answer = await service.coordinator.post(LETTERS, OVERDUE, headers={"Idempotency-Key": "urged"})
    again = await service.coordinator.post(LETTERS, OVERDUE, headers={"Idempotency-Key": "urged"})

    listed = (await service.coordinator.get(LETTERS, cycle=FIRST)).json()["items"]
    late = await obligations(service.coordinator, plan=PLAN, cycle=FIRST, status=["overdue", "awaited"])
    archive = ZipFile(BytesIO(answer.content))
    assert answer.status_code == 201
    assert answer.headers["content-type"] == "application/zip"
    assert again.content == answer.content
    assert again.headers["idempotent-replayed"] == "true"
    assert str(TRAINING) not in {one["id"] for one in late}
    assert {one["body"]["code"] for one in listed} == {one["owner"]["code"] for one in late}
    assert {one for letter in listed for one in letter["obligations"]} == {one["id"] for one in late}
    kept = {hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
    assert kept == {one["sha256"] for one in listed}
    assert len(kept) == len(listed)
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


async def test_a_letter_tells_each_duty_its_deadline_and_the_words_of_the_plan(service: Service) -> None:
    (letter,) = await sent(service, bodies=["cong-an"])
    document = Docx(await document_of(service, letter))

    lines = document.rows(0)
    duties = (await service.coordinator.get(f"/v1/plans/{PLAN}/duties", body="cong-an")).json()["items"]
    texts = {one["code"]: f"“{' '.join(one['text'].removeprefix('- ').split())}”" for one in duties}
    assert [line[2] for line in lines] == [texts[line[1].partition(". ")[0]] for line in lines]
    assert {(line[3], line[4]) for line in lines} == {("14/6/2021", "1.989")}
    assert document.texts("Addressee") == ["Kính gửi: Công an thành phố."]
    assert document.texts("ExcerptOfLetter")[0].startswith("V/v đôn đốc thực hiện Kế hoạch số 115/KH-UBND")
    assert document.texts("Kind") == []
    assert document.texts("AnnexNumber") == ["Phụ lục"]
    assert "(Kèm theo Công văn số" in document.text
    assert document.texts("BodyText")[-2].endswith("./.")
    assert f"còn {len(lines)} nghĩa vụ Kế hoạch giao chưa hoàn thành, quá hạn" in document.text
    assert document.texts("BodyText")[-1].startswith("Căn cứ thời hạn của kỳ báo cáo: ")


async def test_who_is_asked_is_never_told_to_be_overdue(service: Service) -> None:
    (letter,) = await sent(service, bodies=["tand"])
    text = Docx(await document_of(service, letter)).text

    assert "quá thời hạn đề nghị" in text
    assert "trân trọng đề nghị Tòa án" in text
    assert "quá hạn" not in text
    assert "khẩn trương" not in text


async def test_the_same_state_on_the_same_day_is_the_same_letter_and_another_day_another(service: Service) -> None:
    first, again = [(await sent(service, bodies=["so-y-te"]))[0]["sha256"] for _ in range(2)]
    service.clock.now = SOON
    later = (await sent(service, bodies=["so-y-te"]))[0]["sha256"]

    assert first == again != later


async def test_a_letter_is_an_act_in_the_history_and_told_of_on_each_obligation(service: Service) -> None:
    before = len(await service.events())
    (letter,) = await sent(service, bodies=["cong-an"])
    day, number = "2026-11-24", {"number": "15/SLĐTBXH-BTXH", "issued_on": "2026-11-24"}
    numbered = await service.coordinator.post(f"{LETTERS}/{letter['id']}/number", number)

    told = [(one["type"], one["act"], one["obligation"]) for one in (await service.events())[before:]]
    assert {kind for kind, *_ in told} == {"letter.sent", "letter.numbered"}
    assert {one for kind, act, one in told if act == letter["id"]} == set(letter["obligations"])
    assert numbered.json() | {"recorded_at": letter["recorded_at"]} == {**letter, **number}
    for who in (service.police, service.coordinator):
        (act,) = (await who.get(f"/v1/obligations/{TOURISTS}/history")).json()["items"]
        assert (act["act"], act["id"], act["sha256"]) == ("reminder_letter", letter["id"], letter["sha256"])
        assert (act["number"], act["issued_on"], act["body"]) == (number["number"], day, "cong-an")
    assert (await service.coordinator.get(f"/v1/obligations/{INVESTIGATION}")).json()["version"] == 1


async def test_what_is_due_within_15_days_is_urged_for_and_not_what_is_due_later(service: Service) -> None:
    due_soon = {"cycle": "2026", "kind": "due_soon", "bodies": ["cong-an"]}
    nobody = await service.coordinator.post(LETTERS, due_soon)
    service.clock.now = SOON
    (letter,) = await sent(service, **due_soon)

    problem_of(nobody, 409, "nobody-to-urge")
    document = Docx(await document_of(service, letter))
    assert {line[3:5] == ["16/12/2026", "11"] for line in map(list, document.rows(0))} == {True}
    assert "Từ ngày 05 tháng 12 năm 2026 đến hết ngày 20 tháng 12 năm 2026" in document.text


async def test_bodies_that_are_none_and_days_that_cannot_be_are_refused(service: Service) -> None:
    unknown = await service.coordinator.post(LETTERS, {**OVERDUE, "bodies": ["cong-an", "nobody"]})
    (letter,) = await sent(service, bodies=["cong-an"])
    tomorrow = {"number": "15/SLĐTBXH-BTXH", "issued_on": "2026-11-25"}
    ahead = await service.coordinator.post(f"{LETTERS}/{letter['id']}/number", tomorrow)
    closed = await service.coordinator.post(LETTERS, {**OVERDUE, "cycle": "1999"})
    group = await sent(service, bodies=["ubnd-quan-huyen"])

    assert problem_of(unknown, 422, "body-unknown")["errors"][0]["pointer"] == "/bodies/1"
    problem_of(ahead, 422, "letter-date-impossible")
    problem_of(closed, 409, "cycle-not-open")
    assert len(group) == 9
    assert (await service.police.post(LETTERS, OVERDUE)).status_code == 403
    assert (await service.police.get(f"{LETTERS}/{letter['id']}/content")).status_code == 403
