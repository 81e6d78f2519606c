"""What only a script can do at the desk: a passkey, all ticked at once, how far a file is, counts that follow."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.browsing import Town
from tests.browser.screens import CLAIM
from tests.files import pdf
from tests.given import FIRST

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_passkey_is_made_used_and_removed(place: Town) -> None:
    with place.desk(place.invited("coordinator")) as page:
        devices = page.context.new_cdp_session(page)
        devices.send("WebAuthn.enable")
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        page.goto(f"{place.service.base}/desk/account")
        page.get_by_label("Tên để nhận ra").fill("Máy ở văn phòng")
        page.get_by_role("button", name="Tạo khóa truy cập").click()
        expect(page.get_by_role("status")).to_contain_text("Đã ghi nhận.")
        before = _session(page)

        page.get_by_role("button", name="Đăng xuất").click()
        page.get_by_role("link", name="Đăng nhập").click()
        page.get_by_role("button", name="Đăng nhập bằng khóa truy cập").click()

        expect(page.locator("h1")).to_have_text("Tổng quan")
        assert _session(page) not in {"", before}
        page.goto(f"{place.service.base}/desk/account")
        expect(page.locator("tbody tr")).to_contain_text("Máy ở văn phòng")
        page.get_by_role("button", name="Gỡ").click()
        expect(page.locator("main")).to_contain_text("Chưa gắn cách nào")
        page.get_by_role("button", name="Đăng xuất").click()
        page.get_by_role("link", name="Đăng nhập").click()
        page.get_by_role("button", name="Đăng nhập bằng khóa truy cập").click()
        expect(page.locator("h1")).to_contain_text("Không xác nhận được người đăng nhập")


def _session(page: Page) -> str:
    return next((str(one.get("value")) for one in page.context.cookies() if one.get("name") == "dondoc"), "")


def test_all_are_ticked_at_once_counts_follow_and_a_file_is_sent(place: Town) -> None:
    mine = place.obligation("G.1", "cong-an", FIRST)
    with place.desk(place.invited("coordinator")) as page:
        page.goto(f"{place.service.base}/desk?cycle={FIRST}")
        waiting = page.locator(".cards a[href*='awaiting_review'] .count")
        count = int(waiting.inner_text())
        place.post("cong-an", f"/v1/obligations/{mine}/updates", CLAIM)
        expect(waiting).to_have_text(str(count + 1))
        page.goto(f"{place.service.base}/desk/papers?body=cong-an&cycle={FIRST}")
        page.get_by_role("checkbox", name="Chọn tất cả").check()
        boxes = page.locator("#paper input[name=item]")
        expect(page.locator("#paper input[name=item]:checked")).to_have_count(boxes.count())
    with place.desk(place.invited("reporter", "cong-an")) as page:
        page.goto(f"{place.service.base}/desk/obligations/{mine}")
        page.locator("summary", has_text=re.compile("^Gửi tệp minh chứng$")).click()
        page.locator("#attach-file").set_input_files({"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"MZ"})
        page.get_by_role("button", name="Gửi tệp").click()
        # What is wrong is said on the page that comes back, as without a script.
        expect(page.get_by_role("alert")).to_be_visible()
        page.get_by_label("Tên minh chứng").fill("Kế hoạch")
        page.locator("#attach-file").set_input_files({"name": "a.pdf", "mimeType": "application/pdf", "buffer": pdf()})
        page.get_by_role("button", name="Gửi tệp").click()
        expect(page.get_by_role("status")).to_contain_text("Đã nhận tệp minh chứng.")
