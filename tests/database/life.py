"""A life: one service in which something of every kind has happened, each thing as somebody does it over the API."""

from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy.ext.asyncio import AsyncConnection

from app.jobs.audit import facts, feed, files, record
from tests.api.test_paper_reports import annulled, entered, line
from tests.api.test_successions import NINH_KIEU, decide
from tests.files import pdf
from tests.given import DOCUMENT, FIRST, INVESTIGATION, LINK, PLAN, TOURISTS, TRAINING, Service, item, obligation

AT = f"/v1/plans/{PLAN}"
GUIDED, LATER = obligation("3.7", "cong-an"), obligation("3.5", "cong-an", "2026")
LETTER = {"document_number": "15/UBND-NC", "decided_on": "2026-11-20", "reason": "Theo văn bản của UBND thành phố."}
MEMBER = {"code": "thanh-tra", "name": "Thanh tra thành phố", "from_on": "2026-11-20", **LETTER}
HEAD = {"body": "VĂN PHÒNG", "code": "VP", "place": "Cần Thơ", "signer": "CHÁNH VĂN PHÒNG", "recipients": ["Lưu: VT"]}
REASON = {"reason": "Theo đề nghị của đơn vị."}
SURE = {"not_personal": True, "not_personal_reason": "Không nêu tên trẻ em nào."}
ERASED = {**REASON, "legal_basis": "Luật số 91/2025/QH15, Điều 14"}


async def live(service: Service) -> None:
    """Let something of everything happen; the events are numbered and signed in between, and at the end."""
    await _report(service)
    await _sign(service)
    await _coordinate(service)
    await _enter(service)
    await _sign(service)
    await _keep_house(service)
    await _sign(service)


async def _sign(service: Service) -> None:
    await service.jobs.number()
    service.clock.now += timedelta(minutes=1)


async def _report(service: Service) -> None:
    police, figures = service.police, [{"target": "3.2-a", "value": 99.5}, {"target": "3.2-b", "cases": 0}]
    _done(await police.report(TRAINING, evidence=[LINK, DOCUMENT]))
    _done(await police.report(INVESTIGATION, measurements=figures, late_reason="Vì dịch bệnh."))
    _done(await police.report(GUIDED, "in_progress", percent=40))
    _done(await police.bulk(item(TOURISTS, client_ref="sheet-7")))
    _done(await police.ask_for(LATER, "2027-06-30"))
    _done(await police.withdraw(_done(await police.attach(LATER))["id"]))
    _done(await police.annul(LATER, _done(await police.attach(LATER))["id"]))
    _done(await service.culture.post(f"/v1/obligations/{TOURISTS}/contributions", {"note": "Đã phối hợp."}))
    for _ in range(2):
        uploaded = await police.upload(TRAINING, pdf("Biên bản nghiệm thu"))
        for reader in (service.coordinator, police):
            assert (await reader.get(f"/v1/evidence/{uploaded['id']}/content")).status_code == 200
    _done(await service.coordinator.post(f"/v1/evidence/{uploaded['id']}/erasure", ERASED))


async def _coordinate(service: Service) -> None:
    coordinator, reopened = service.coordinator, {"reopened_by": "8/UBND-KGVX"}
    _done(await coordinator.review(INVESTIGATION, "returned"))
    _done(await coordinator.post(f"/v1/obligations/{LATER}/extension-refusals", {**REASON, **SURE}))
    given = {"decided_on": "2026-11-20", "document_number": "7/UBND"}
    _done(await coordinator.extend(LATER, "2027-06-30", **given))
    decided = {"met": True, "from_on": "2026-11-20", **REASON}
    _done(await coordinator.post(f"/v1/obligations/{GUIDED}/condition-decisions", decided))
    said = {"words": "Khẩn trương thực hiện.", "leader": "Phó Chủ tịch UBND thành phố", "by_on": "2026-12-10"}
    _done(await coordinator.post(f"/v1/obligations/{GUIDED}/instructions", said))
    moved = {"due_before_on": "2037-01-10", "document_number": "9/UBND", **REASON}
    _done(await coordinator.post(f"{AT}/cycles/2026/deadlines", moved))
    _done(await coordinator.post(f"{AT}/holidays", {"observed_on": "2026-12-31", "name": "Nghỉ bù"}))
    _done(await coordinator.post(f"{AT}/bodies/so-ban-nganh/members", MEMBER))
    _done(
        await coordinator.post(
            f"{AT}/bodies/so-ban-nganh/members/thanh-tra/ending", LETTER | {"until_on": "2026-12-31"}
        )
    )
    _done(await coordinator.post(f"{AT}/duties/2.5/partners", LETTER | {"code": "tand"}))
    _done(await coordinator.post(f"{AT}/letterheads", HEAD))
    urged = {"cycle": FIRST, "kind": "overdue", "bodies": ["cong-an"]}
    letters = _done(await coordinator.post(f"{AT}/reminder-letters?format=json", urged))["items"]
    numbered = {"number": "15/VP", "issued_on": "2026-11-24"}
    _done(await coordinator.post(f"{AT}/reminder-letters/{letters[0]['id']}/number", numbered))
    heir = {"code": "ninh-kieu", "name": "UBND phường Ninh Kiều"}
    _done(await decide(coordinator, NINH_KIEU, successor=heir))
    _done(await coordinator.post(f"{AT}/cycles/{FIRST}/closing", REASON))
    _done(await coordinator.review(TRAINING, "returned", **reopened))


async def _enter(service: Service) -> None:
    """Enter two papers and their scans; a line of one is taken back, and all of the other, and that again."""
    for number in ("30/BC-CATP", "31/BC-CATP"):
        paper = await entered(service, line("3.1"), line("3.6"), number=number, reopened_by="8/UBND-KGVX")
        path = f"/v1/paper-reports/{paper['paper_report']['id']}"
        pages, headers = pdf(f"Báo cáo {number}"), {"Content-Type": "application/pdf"}
        _done(await service.coordinator.send(f"{path}/content", pages, method="PUT", headers=headers))
        items = {} if number.startswith("31") else {"items": [paper["items"][0]["update"]["id"]]}
        taken = await annulled(service, paper["paper_report"]["id"], reopened_by="8/UBND-KGVX", **items)
    back = {"act": taken["annulments"][0]["id"], "reopened_by": "8/UBND-KGVX"}
    await annulled(service, paper["paper_report"]["id"], **back)


async def _keep_house(service: Service) -> None:
    _done(await service.police.post(f"{AT}/bodies/cong-an/calendar", {}))
    _done(await service.police.post(f"{AT}/bodies/cong-an/calendar/revocation", {}))
    admin, court = service.admin, f"/v1/clients/{service.court.client_id}"
    _done(await admin.post("/v1/clients", {"name": "Hệ thống mới", "role": "integrator"}))
    _done(await admin.post(f"{court}/secrets", {}))
    _done(await admin.patch(court, {"name": "Tòa án nhân dân thành phố", "bodies": [{"plan": PLAN, "body": "tand"}]}))


def _done(answer: httpx.Response) -> Any:
    assert answer.status_code < 300, f"{answer.request.url}: {answer.text}"
    return answer.json()


async def faults_of(connection: AsyncConnection, service: Service, *, whole: bool = True) -> list[str]:
    """Hold what there is to what was said and signed of it, and return all that is wrong.

    Unless `whole`, stored facts and files are left out, which takes a tenth of the time.
    """
    fault = (await feed.verify(connection, service.app.state.checkpoint_keys.has_signed)).fault
    found = [*([fault] if fault else []), *(await record.verify(connection)).faults]
    if whole:
        found += (await facts.verify(connection, service.clock.now)).faults
        found += (await files.verify(connection, service.app.state.store)).faults
    return found
