"""What has happened in the plan that the tests of reports tell of: cycles in which nobody, some and all have reported.

2021-06-15: some reported, on time and late, with figures, reasons, letters, waivers and mistakes that were annulled.
2022: everybody reported everything in time, but for the last ten, who were late.  2023: nobody reported anything.
"""

from datetime import UTC, datetime
from typing import Any

from tests.given import DOCUMENT, FIRST, INVESTIGATION, PLAN, Service, obligation

REPORT = f"/v1/plans/{PLAN}/report"
STATUS = f"/v1/plans/{PLAN}/status"
IN_TIME = datetime(2021, 6, 10, 3, tzinfo=UTC)
AFTERWARDS = datetime(2021, 6, 21, 3, tzinfo=UTC)
FULL, EMPTY = "2022", "2023"
LATE_IN_2022 = 10
FIGURES = [
    {"target": f"3.2-{letter}", "value": value} for letter, value in (("a", 100), ("b", 100), ("c", 92.5), ("d", 6))
]
PLAN_OF_POLICE = DOCUMENT | {"title": "Kế hoạch triển khai của Công an thành phố", "number": "45/KH-CATP"}
RESTRICTED = DOCUMENT | {"number": "77/BC-CATP", "classification": "restricted"}
PUBLIC = DOCUMENT | {"number": "12/BC-SYT", "classification": "public", "issuer": "Sở Y tế"}
REASON = "Chờ hướng dẫn của Bộ Y tế; đã có văn bản hỏi."


async def live(service: Service) -> None:
    """Let it all happen."""
    await _in_time(service)
    await _late(service)
    await _put_right(service)
    await _full_year(service)


async def _done(*answers: Any) -> None:
    assert {answer.status_code for answer in answers} <= {200, 201, 207}, [answer.text for answer in answers]


async def _in_time(service: Service) -> None:
    service.clock.now = IN_TIME
    police, court, coordinator = service.police, service.court, service.coordinator
    await _done(
        await police.report(obligation("G.1", "cong-an"), evidence=[PLAN_OF_POLICE]),
        await police.report(INVESTIGATION, measurements=FIGURES, evidence=[DOCUMENT]),
        await police.report(obligation("3.5", "cong-an"), summary="Đã tổ chức 12 đợt tuyên truyền."),
        await coordinator.review(obligation("3.5", "cong-an"), "accepted", "Báo chí đã đưa tin.", waives=["evidence"]),
        await police.report(obligation("3.6", "cong-an"), "in_progress", percent=40),
        await police.report(
            obligation("3.7", "cong-an"), summary="Đề nghị sửa đổi Điều 142 Bộ luật Hình sự.", evidence=[DOCUMENT]
        ),
        await police.report(obligation("3.8", "cong-an"), summary="Không để xảy ra.", evidence=[RESTRICTED]),
        await court.report(
            obligation("15.1", "tand"), measurements=[{"target": "15.1-a", "cases": 0}], evidence=[DOCUMENT]
        ),
        await coordinator.extend(
            obligation("4.3", "so-y-te"), "2021-06-20", decided_on="2021-06-10", document_number="9/UBND-KGVX"
        ),
    )


async def _late(service: Service) -> None:
    service.clock.now = AFTERWARDS
    await _done(
        await service.health.report(obligation("4.1", "so-y-te"), late_reason=REASON, evidence=[PUBLIC]),
        await service.health.report(obligation("4.2", "so-y-te"), "in_progress", percent=60, late_reason=REASON),
        await service.court.report(obligation("15.2", "tand"), "in_progress", late_reason="Chưa bố trí được lớp."),
    )


async def _put_right(service: Service) -> None:
    mistaken = await service.police.report(obligation("3.1", "cong-an"), evidence=[DOCUMENT])
    act = mistaken.json()["update"]["id"]
    await _done(mistaken, await service.coordinator.annul(obligation("3.1", "cong-an"), act, "Gửi nhầm nhiệm vụ 3.1."))


async def _full_year(service: Service) -> None:
    """Enter everything that the bodies sent on paper in 2022, in their names."""
    service.clock.now = datetime(2022, 12, 30, 3, tzinfo=UTC)
    owed = await service.coordinator.get("/v1/obligations", plan=PLAN, cycle=FULL, limit=500, sort="duty")
    items = owed.json()["items"]
    sent = [_on_paper(one, late=n >= len(items) - LATE_IN_2022) for n, one in enumerate(items)]
    answer = await service.coordinator.bulk(*sent, atomic=True)
    assert {one["status"] for one in answer.json()["results"]} == {201}, answer.text


FIGURES_OF = {"3.2": FIGURES, "14.2": [{"target": f"14.2-{letter}", "value": 100} for letter in "ab"]}
FIGURES_OF["15.1"] = [{"target": "15.1-a", "value": 95}]


def _on_paper(owed: dict[str, Any], *, late: bool) -> dict[str, Any]:
    number = f"{len(owed['owner']['code'])}/BC-TH"
    evidence = DOCUMENT | {"number": number, "issuer": owed["owner"]["name"], "issued_on": "2022-12-12"}
    measured = FIGURES_OF.get(owed["duty"]["code"])
    return {
        "obligation": owed["id"],
        "state": "completed",
        "summary": "Đã thực hiện trong năm.",
        "received_on": "2022-12-27" if late else "2022-12-12",
        "document_number": number,
        "evidence": [evidence],
        **({"late_reason": "Chờ số liệu của cấp xã."} if late else {}),
        **({"measurements": measured} if measured else {}),
    }


__all__ = ["AFTERWARDS", "EMPTY", "FIRST", "FULL", "IN_TIME", "LATE_IN_2022", "REASON", "REPORT", "STATUS", "live"]
