"""Days at the desk in a real browser, told as stories."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.browsing import Town, printed_links
from tests.browser.screens import LINK
from tests.files import image, pdf
from tests.given import FIRST

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def opened(page: Page, summary: str) -> None:
    """Open what is folded, as somebody who clicks does."""
    page.locator("summary", has_text=re.compile(rf"^\s*{re.escape(summary)}\s*$")).first.click()


@pytest.mark.parametrize(("cycle", "moved", "scripts"), [(FIRST, "3.5", True), ("2021", "3.6", False)])
def test_a_coordinator_does_the_whole_job_also_without_scripts(
    place: Town, cycle: str, moved: str, scripts: bool
) -> None:
    stray = place.obligation("3.4", "cong-an", cycle)
    for duty, summary in (("3.2", "Đã điều tra, xử lý các vụ việc."), ("3.3", "Đã ký kế hoạch phối hợp.")):
        sent = {"state": "completed", "percent": 100, "summary": summary, "evidence": [LINK]}
        place.post("cong-an", f"/v1/obligations/{place.obligation(duty, 'cong-an', cycle)}/updates", sent)
    place.post("cong-an", f"/v1/obligations/{stray}/updates", {"state": "in_progress", "summary": "Gửi nhầm."})

    link = printed_links(place.service)[0] if scripts else place.invited("coordinator")
    with place.desk(link, java_script_enabled=scripts) as page:
        # What was overdue, and 3.2 among it.
        page.get_by_label("Kỳ báo cáo").select_option(cycle)
        page.get_by_role("button", name="Xem").last.click()
        card = page.locator(".cards a[href*='status=overdue']")
        late = place.service.get("coordinator", "/v1/obligations", cycle=cycle, status="overdue", count=True)["total"]
        assert card.locator(".count").inner_text() == str(late)
        assert late >= 210
        card.click()
        page.get_by_label("Mã nhiệm vụ").fill("3.2")
        page.get_by_role("button", name="Lọc").click()
        page.get_by_role("link", name=re.compile(r"^3\.2 ")).click()
        expect(page.locator("h1")).to_contain_text("3.2")

        # Returned, and put back.
        opened(page, "Trả lại báo cáo")
        page.locator("#return").get_by_role("button", name="Trả lại").click()
        expect(page.locator("#return-reason-wrong")).to_be_visible()
        page.get_by_label("Lý do trả lại").fill("Thiếu số liệu.")
        page.locator("#return").get_by_role("button", name="Trả lại").click()
        expect(page.get_by_role("status")).to_contain_text("Đã trả lại báo cáo.")
        undo = page.locator(".history li").first
        undo.locator("summary").first.click()
        undo.get_by_label("Lý do hủy ghi nhận").fill("Trả lại nhầm.")
        undo.get_by_role("button", name="Hủy ghi nhận").click()
        expect(page.get_by_role("status")).to_contain_text("Đã hủy ghi nhận.")

        # Accepted, by name of what it lacks.
        opened(page, "Chấp nhận báo cáo")
        for box in page.locator("#accept input[name=waives]").all():
            box.check()
        page.get_by_label("Ý kiến của cơ quan đầu mối").fill("Chấp nhận, bổ sung số liệu ở kỳ sau.")
        page.locator("#accept").get_by_role("button", name="Chấp nhận").click()
        expect(page.get_by_role("status")).to_contain_text("Đã chấp nhận báo cáo.")
        expect(page.locator("main")).to_contain_text("Được miễn bổ sung, chấp nhận chưa đạt")

        # The other one from the queue.
        page.get_by_role("link", name="Chờ xem xét").click()
        page.get_by_role("checkbox", name=re.compile(r"^3\.3 ")).check()
        page.get_by_label("Ý kiến, lý do").fill("Đạt yêu cầu.")
        page.get_by_role("button", name="Chấp nhận").click()
        expect(page.get_by_role("status")).to_contain_text("đã chấp nhận")

        _enters_a_paper(page, cycle)
        _extends_and_takes_back(page, place, stray, moved)
        _confirms_closes_and_downloads(page, place, cycle)


def _extends_and_takes_back(page: Page, place: Town, stray: str, moved: str) -> None:
    """Move a deadline by a letter, and take back a stray update."""
    page.goto(f"{place.service.base}/desk/obligations/{place.obligation(moved, 'cong-an', '2026')}")
    opened(page, "Gia hạn theo văn bản")
    page.get_by_label("Thời hạn mới: trước ngày").fill("2026-12-31")
    page.locator("#extend-document_number").fill("115/UBND-KGVX")
    page.get_by_label("Lý do gia hạn").fill("Chờ hướng dẫn.")
    page.locator("#extend").get_by_role("button", name="Gia hạn").click()
    expect(page.get_by_role("status")).to_contain_text("Đã gia hạn.")
    page.goto(f"{place.service.base}/desk/obligations/{stray}")
    mistake = page.locator(".history li", has_text="Gửi nhầm.").last
    mistake.locator("summary").first.click()
    mistake.get_by_label("Lý do hủy ghi nhận").fill("Nhầm kỳ.")
    mistake.get_by_role("button", name="Hủy ghi nhận").click()
    expect(page.locator(".history s")).to_contain_text("Gửi nhầm.")


def _enters_a_paper(page: Page, cycle: str) -> None:
    """Tick up to 18 duties of the first body, look at what would become of them, enter them, and attach the scan."""
    number = "12/BC-SNV" if cycle == FIRST else "13/BC-SNV"
    page.get_by_role("link", name="Báo cáo giấy").click()
    page.get_by_label("Cơ quan báo cáo").select_option(index=0)
    page.get_by_label("Kỳ báo cáo").select_option(cycle)
    page.get_by_role("button", name="Liệt kê nhiệm vụ").click()
    page.locator("#paper-number").fill(number)
    page.locator("#paper-issued_on").fill("2026-11-20")
    page.locator("#paper-received_on").fill("2026-11-23")
    rows = page.locator("#paper .queue > li").all()[:18]
    for row in rows:
        row.get_by_role("checkbox").first.check()
        row.locator("textarea").fill("Đã thực hiện.")
    page.get_by_role("button", name="Xem trước").click()
    expect(page.get_by_role("status")).to_contain_text("chưa có gì được ghi nhận")
    expect(page.locator("[role=status] li")).to_have_count(len(rows))
    page.get_by_role("button", name="Ghi nhận báo cáo giấy").click()
    expect(page.locator("h1")).to_have_text(f"Báo cáo số {number}")
    page.locator("#scan-file").set_input_files({"name": "quet.pdf", "mimeType": "application/pdf", "buffer": pdf()})
    page.get_by_role("button", name="Gửi bản quét").click()
    expect(page.get_by_role("status")).to_contain_text("Đã nhận bản quét.")


def _confirms_closes_and_downloads(page: Page, place: Town, cycle: str) -> None:
    """Confirm a succession, close 2021, have the report, and have the list as a table."""
    page.goto(f"{place.service.base}/desk/successions")
    form = "đổi tên" if cycle == FIRST else "sáp nhập"
    waiting = page.locator("tr", has_text="chờ quyết định").filter(has_text=form)
    waiting.first.get_by_role("link").first.click()
    page.get_by_label("Kết luận").select_option("confirmed")
    page.get_by_label("Lý do, căn cứ").fill("Theo nghị quyết.")
    page.get_by_role("button", name="Ghi nhận quyết định").click()
    expect(page.locator("main")).to_contain_text("đã xác nhận")
    page.goto(f"{place.service.base}/desk/cycles/{cycle}")
    names = ["Tải báo cáo tổng hợp"]
    if cycle == "2021":
        opened(page, "Khóa số liệu của kỳ")
        page.get_by_label("Lý do, căn cứ").fill("Đã chốt số liệu.")
        page.get_by_role("button", name="Khóa số liệu").click()
        expect(page.get_by_role("status")).to_contain_text("Đã ghi nhận.")
        names.append("Tải báo cáo theo số liệu đã khóa")
    for name in names:
        with page.expect_download() as report:
            page.get_by_role("link", name=name).click()
        assert report.value.suggested_filename.endswith(".docx")
    page.goto(f"{place.service.base}/desk/obligations?cycle={cycle}")
    with page.expect_download() as table:
        page.get_by_role("link", name="Tải bảng tính để in").click()
    assert table.value.suggested_filename.endswith(".xlsx")


@pytest.mark.parametrize(("duty", "scripts"), [("3.6", True), ("3.7", False)])
def test_a_clerk_reports_and_has_a_receipt_also_without_scripts(place: Town, duty: str, scripts: bool) -> None:
    with place.desk(place.invited("reporter", "cong-an"), java_script_enabled=scripts) as page:
        page.get_by_role("link", name="Nộp báo cáo").click()
        page.get_by_role("link", name=re.compile(rf"^Lập báo cáo {re.escape(duty)} ")).click()
        page.locator("#report-state").select_option("completed")
        page.locator("#report-percent").fill("90")
        page.locator("#report-summary").fill("Đã kiểm tra 12 cơ sở.")
        page.get_by_role("button", name="Nộp báo cáo").click()
        # A percentage that does not fit is said at once, and nothing is lost.
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.locator("#report-summary")).to_have_value("Đã kiểm tra 12 cơ sở.")
        page.locator("#report-percent").fill("100")
        page.get_by_role("button", name="Nộp báo cáo").click()
        expect(page.locator("h1")).to_have_text("Giấy biên nhận báo cáo")
        page.get_by_role("link", name=re.compile(rf"^← ?{re.escape(duty)}|^{re.escape(duty)} ")).first.click()
        opened(page, "Gửi tệp minh chứng")
        page.get_by_label("Tên minh chứng").fill("Ảnh buổi kiểm tra")
        page.locator("#attach-file").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": image("PNG")})
        page.get_by_role("button", name="Gửi tệp").click()
        expect(page.get_by_role("status")).to_contain_text("Đã nhận tệp minh chứng.")
        opened(page, "Xem ảnh")
        shown = page.locator("img.preview").first
        expect(shown).to_be_visible()


def test_a_clerk_reports_with_the_keyboard_alone(place: Town) -> None:
    at = f"/desk/obligations/{place.obligation('3.8', 'cong-an', FIRST)}?doing=report"
    with place.desk(place.invited("reporter", "cong-an")) as page:
        page.goto(place.service.base + at)
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        page.keyboard.press("Enter")
        typed = {"report-state": "đã", "report-percent": "100", "report-summary": "Đã xong."}
        for _ in range(60):
            page.keyboard.press("Tab")
            at_field = str(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
            if at_field in typed:
                page.keyboard.type(typed[at_field])
            if at_field == "Nộp báo cáo" and page.evaluate("document.activeElement.tagName") == "BUTTON":
                break
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Giấy biên nhận báo cáo")


def test_somebody_else_reads_and_can_do_nothing(place: Town) -> None:
    owned = place.obligation("7.8", "so-vhttdl", FIRST)
    with place.desk(place.invited("reporter", "cong-an")) as page:
        page.goto(f"{place.service.base}/desk/obligations/{owned}")
        expect(page.locator("h1")).to_contain_text("7.8")
        for name in ("accept", "return", "extend", "report"):
            assert page.locator(f"form#{name}").count() == 0
        assert page.get_by_role("link", name="Chờ xem xét").count() == 0
        for closed in ("/desk/reviews", "/desk/papers"):
            answer = page.goto(place.service.base + closed)
            assert answer is not None
            assert answer.status == 403
            expect(page.locator("h1")).to_have_text("Không có quyền thực hiện thao tác này.")
