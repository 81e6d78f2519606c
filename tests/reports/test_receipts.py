"""GET /v1/updates/{id}/receipt and /v1/receipts/{id}: that a report came, checked by whoever holds the receipt."""

import hashlib
from typing import Any
from uuid import uuid4

from tests.api.asking import problem_of
from tests.given import LINK, TRAINING, Service, obligation
from tests.reports.reading import Docx

HOSTILE = "Đã tổ chức <w:p> =1+1 &amp; 12 đợt; " + "rất dài " * 200


async def reported(service: Service, **said: Any) -> dict[str, Any]:
    """Let the police report, and return the update."""
    answer = await service.police.report(TRAINING, evidence=[LINK], **said)
    assert answer.status_code == 201, answer.text
    update: dict[str, Any] = answer.json()["update"]
    return update


def check_of(receipt: dict[str, Any]) -> str:
    """Return the part of the address at which a receipt is checked."""
    return str(receipt["check"]).partition("/v1/")[2]


async def test_a_receipt_says_when_what_and_by_which_digest(service: Service) -> None:
    update = await reported(service, summary="Đã tổ chức 12 đợt.")
    answer = await service.police.get(f"/v1/updates/{update['id']}/receipt")
    document = Docx((await service.police.get(f"/v1/updates/{update['id']}/receipt", format="docx")).content)

    receipt = answer.json()
    assert answer.status_code == 200
    assert {name: receipt[name] for name in ("id", "state", "summary", "received_at", "recorded_at")} == {
        name: update[name] for name in ("id", "state", "summary", "received_at", "recorded_at")
    }
    assert receipt["check"].endswith(f"/v1/receipts/{update['id']}?sha256={receipt['sha256']}")
    assert document.texts("Kind") == ["GIẤY XÁC NHẬN"]
    assert document.texts("Addressee") == ["Kính gửi: Công an thành phố."]
    told = dict(document.rows(0))
    assert told["Tóm tắt kết quả"] == "“Đã tổ chức 12 đợt.”"
    assert told["Thời điểm nhận"] == "10 giờ 00 phút ngày 24 tháng 11 năm 2026"
    notes = "".join(document.part("word/footnotes.xml").itertext())
    assert receipt["sha256"] in notes
    assert receipt["check"] in notes


async def test_anybody_who_holds_it_learns_that_it_is_true_and_when_and_nothing_else(service: Service) -> None:
    update = await reported(service)
    receipt = (await service.police.get(f"/v1/updates/{update['id']}/receipt")).json()

    true = await service.http.get(f"/v1/{check_of(receipt)}")
    other, digest = hashlib.sha256(b"").hexdigest(), receipt["sha256"]
    wrong = await service.http.get(f"/v1/receipts/{update['id']}", params={"sha256": other})
    absent = await service.http.get(f"/v1/receipts/{uuid4()}", params={"sha256": digest})

    assert (true.status_code, true.json()) == (200, {"confirmed": True, "received_at": update["received_at"]})
    told = [problem_of(one, 404, "not-found") | {"request_id": None} for one in (wrong, absent)]
    assert told[0] == told[1]
    problem_of(await service.http.get(f"/v1/receipts/{update['id']}", params={"sha256": "x"}), 422, "malformed-content")


async def test_an_annulment_and_later_evidence_change_nothing_of_it(service: Service) -> None:
    update = await reported(service)
    path = f"/v1/updates/{update['id']}/receipt"
    before = [(await service.coordinator.get(path, format=form)).content for form in ("json", "docx")]
    assert (await service.police.attach(TRAINING)).status_code == 201
    assert (await service.coordinator.annul(TRAINING, update["id"], "Gửi nhầm.")).status_code == 201

    after = [(await service.coordinator.get(path, format=form)).content for form in ("json", "docx")]
    receipt = (await service.coordinator.get(path)).json()
    assert before == after
    assert (await service.http.get(f"/v1/{check_of(receipt)}")).status_code == 200


async def test_hostile_words_change_nothing_of_its_form(service: Service) -> None:
    plain, hostile = await reported(service), await reported(service, summary=HOSTILE)
    first, second = [
        Docx((await service.police.get(f"/v1/updates/{one['id']}/receipt", format="docx")).content)
        for one in (plain, hostile)
    ]

    assert [one.tag for one in first.body.iter()] == [one.tag for one in second.body.iter()]
    assert "<w:p> =1+1 &amp; 12 đợt" in second.text
    assert dict(second.rows(0))["Tóm tắt kết quả"].endswith("[…]”")


async def test_only_who_may_read_a_report_gets_its_receipt(service: Service) -> None:
    update = await reported(service)
    path = f"/v1/updates/{update['id']}/receipt"

    assert (await service.coordinator.get(path)).status_code == 200
    problem_of(await service.health.get(path), 404, "not-found")
    problem_of(await service.police.get(f"/v1/updates/{obligation('3.1', 'cong-an')}/receipt"), 404, "not-found")
    assert (await service.integrator.get(path)).status_code == 403
