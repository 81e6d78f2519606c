"""Days at the desk: a coordinator reviews and enters papers, a clerk reports, sends files and forms."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl

from tests.api.test_desk_acts import sent
from tests.desk import at_desk, form_of
from tests.files import image, pdf
from tests.given import FIRST, INVESTIGATION, LINK, TRAINING, Service

PAPER = {"number": "12/BC-CATP", "issued_on": "2026-11-20", "received_on": "2026-11-23"}


async def test_claims_wait_oldest_first_and_several_are_decided_at_once(service: Service) -> None:
    coordinator = await at_desk(service, "coordinator")
    assert (await service.police.report(TRAINING, evidence=[LINK])).status_code == 201
    service.clock.now += timedelta(minutes=1)
    assert (await service.police.report(INVESTIGATION, evidence=[LINK])).status_code == 201

    page = await coordinator.read("/reviews")
    none = await sent(coordinator, page, "reviews", outcome="accepted", reason="Đạt.")
    both = await sent(coordinator, page, "reviews", outcome="accepted", reason="Đạt.",
                      item=[str(TRAINING), str(INVESTIGATION)])  # fmt: skip

    assert page.index(f'value="{TRAINING}"') < page.index(f'value="{INVESTIGATION}"')
    assert none.status_code == 422
    assert "Đạt.</textarea>" in none.text
    # 3.2 lacks its figures, and nobody named them.
    assert both.status_code == 200
    assert "Phải nêu đúng những nội dung còn thiếu" in both.text
    assert (await service.coordinator.standing(TRAINING))["judged"] == "accepted"
    assert (await service.coordinator.standing(INVESTIGATION))["judged"] == "awaiting_review"
    page = await coordinator.read("/reviews")
    waives = {f"waives-{INVESTIGATION}": re.findall(rf'name="waives-{INVESTIGATION}" value="([^"]+)"', page)}
    again = await sent(
        coordinator, page, "reviews", outcome="accepted", reason="Đạt.", item=str(INVESTIGATION), **waives
    )
    assert "Không có báo cáo nào chờ xem xét." in again.text


async def test_a_paper_is_tried_entered_once_and_its_scan_attached(service: Service) -> None:
    coordinator = await at_desk(service, "coordinator")
    page = await coordinator.read("/papers", body="cong-an", cycle=FIRST)
    duties = re.findall(r'name="item" id="[^"]+" value="([^"]+)"', page)
    said: dict[str, Any] = {**PAPER, "item": duties}
    for one in duties:
        said |= {f"{one}-state": "completed", f"{one}-percent": "100", f"{one}-summary": "Đã thực hiện."}

    wrong = await sent(coordinator, page, "paper", **said | {f"{duties[1]}-percent": "101"}, do="enter")
    tried = await sent(coordinator, page, "paper", **said, do="preview")

    assert (wrong.status_code, tried.status_code) == (422, 200), tried.text
    assert f'id="paper-{duties[1]}-percent-wrong"' in wrong.text
    assert "Xem trước: chưa có gì được ghi nhận." in tried.text
    assert await service.police.history(TRAINING) == []
    page = tried.text
    assert form_of(page, "paper")[1]["number"] == PAPER["number"]
    entered = await sent(coordinator, page, "paper", **said, do="enter")
    again = await sent(coordinator, page, "paper", **said, do="enter")
    assert (entered.status_code, entered.headers["location"]) == (303, again.headers["location"]), entered.text
    paper = entered.headers["location"].removeprefix("/desk").partition("?")[0]
    page = await coordinator.read(paper)
    assert page.count("Đã thực hiện.") == len(duties) == 10
    action, fields = form_of(page, "scan")
    bad = await coordinator.post(action, fields, files={"file": ("quet.pdf", b"MZ no pdf", "application/pdf")})
    good = await coordinator.post(action, fields, files={"file": ("quet.pdf", pdf(), "application/pdf")})
    assert (bad.status_code, good.status_code) == (422, 303), (bad.text, good.text)
    assert "đã có" in await coordinator.read(paper)


async def test_a_clerk_reports_sends_a_file_and_has_a_receipt(service: Service) -> None:
    clerk = await at_desk(service, "clerk")
    mine = await clerk.read("/reporting", cycle=FIRST)
    assert f"/obligations/{TRAINING}?doing=report#report" in mine
    page = await clerk.read(f"/obligations/{TRAINING}", doing="report")
    reported = await sent(clerk, page, "report", state="completed", percent="100", summary="Đã mở 3 lớp.")
    receipt = await clerk.read(reported.headers["location"].removeprefix("/desk"))
    page = await clerk.read(f"/obligations/{TRAINING}")
    action, fields = form_of(page, "attach")
    files = {"file": ("lop hoc.png", image("PNG"), "image/png")}

    bare = await clerk.post(action, fields | {"title": "Ảnh lớp tập huấn"})
    virus = await clerk.post(action, fields | {"title": "Ảnh"}, files={"file": ("a.exe", b"MZ", "image/png")})
    attached = await clerk.post(action, fields | {"title": "Ảnh lớp tập huấn"}, files=files)
    twice = await clerk.post(action, fields | {"title": "Ảnh lớp tập huấn"}, files=files)

    assert re.search(r"<code>[0-9a-f]{64}</code>", receipt)
    assert "Còn thiếu minh chứng" in receipt
    assert (bare.status_code, virus.status_code) == (400, 415)
    assert (attached.status_code, twice.status_code) == (303, 303), attached.text
    assert (await service.police.standing(TRAINING))["evidence_count"] == 1
    page = await clerk.read(f"/obligations/{TRAINING}")
    (link,) = set(re.findall(r'href="/desk(/evidence/[^"]+/content)"', page))
    given = await clerk.get(link)
    assert (given.status_code, given.content) == (200, files["file"][1])
    assert "sandbox" in given.headers["content-security-policy"]
    assert (await (await at_desk(service, "stranger")).get(link)).status_code == 404


async def test_a_clerk_sends_the_filled_form_and_reads_what_became_of_each_line(service: Service) -> None:
    clerk = await at_desk(service, "clerk")
    page = await clerk.read("/reporting", cycle=FIRST)
    blank = await clerk.get("/reporting/form", cycle=FIRST, owner="cong-an")
    book = openpyxl.load_workbook(BytesIO(blank.content))
    sheet = book.worksheets[0]
    headings = {cell.value: int(str(cell.column)) for row in sheet.iter_rows(max_row=3) for cell in row}
    state, words = headings["Kết quả thực hiện"], headings["Tóm tắt kết quả"]
    first = next(row for row in range(1, 12) if sheet.cell(row, state).value is None and sheet.cell(row, 1).value)
    for row, said in ((first, "đang thực hiện"), (first + 1, "không rõ")):
        sheet.cell(row, state).value, sheet.cell(row, words).value = said, "Đang làm."
    filled = BytesIO()
    book.save(filled)
    action, fields = form_of(page, "form")

    tried = await clerk.post(action, fields | {"trial": "1"}, files={"file": ("bieu.xlsx", filled.getvalue())})
    real = await clerk.post(action, fields, files={"file": ("bieu.xlsx", filled.getvalue())})
    junk = await clerk.post(action, fields, files={"file": ("bieu.xlsx", b"PK nothing")})

    assert [one.status_code for one in (tried, real)] == [200, 200], real.text
    assert "đã ghi nhận" in real.text
    assert "bị từ chối" in real.text
    assert (junk.status_code, 'role="alert"' in junk.text) == (422, True)
