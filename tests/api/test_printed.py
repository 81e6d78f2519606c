"""Exports for people: what they show, and what comes out of a printer."""

import re
from dataclasses import fields
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, get_args

import openpyxl
import pypdf
import pytest

from app.routers.obligations import PRINTED
from app.schemas import printed as schemas
from app.schemas.history import HistoryAct
from app.standing.filters import Filters
from tests.api.asking import problem_of, status_of
from tests.given import DOCUMENT, Service, obligation
from tests.libreoffice import filled_in, to_pdf

PLAN_CODE = "115-kh-ubnd-2021"
PLAN = f"/v1/plans/{PLAN_CODE}"
OBLIGATIONS, HISTORY, STATUS = "/v1/obligations/export", "/v1/history/export", f"{PLAN}/status/export"
INBOX = "/v1/inbox/export"
VIETNAMESE = {"Accept-Language": "vi"}
AS_OF = "2021-06-14T16:59:59.999999Z"
"""The last instant of 14/6/2021 in the plan's zone."""


async def printed(service: Service, address: str, **asked: Any) -> bytes:
    """Get an export as somebody does whose browser speaks Vietnamese."""
    answer = await service.coordinator.get(address, format="xlsx", headers=VIETNAMESE, **asked)
    assert answer.status_code == 200
    return answer.content


def page_of(content: bytes) -> Any:
    """Open the one sheet of an export."""
    return openpyxl.load_workbook(BytesIO(content)).worksheets[0]


async def test_a_vietnamese_export_is_for_paper_and_another_for_programs(lived_in: Service) -> None:
    paper = page_of(await printed(lived_in, STATUS, as_of=AS_OF))
    data = page_of(await printed(lived_in, STATUS, as_of=AS_OF, layout="data"))

    assert (paper.title, paper["A1"].value) == ("Tổng hợp", "TỔNG HỢP TÌNH HÌNH THỰC HIỆN THEO CƠ QUAN")
    assert data["A1"].value == "Kế hoạch"
    assert (paper.page_setup.orientation, int(paper.page_setup.paperSize)) == ("landscape", 9)
    assert "&P" in paper.oddFooter.center.text
    assert paper.print_title_rows


async def test_a_title_says_as_of_when_and_never_later_than_it_was(lived_in: Service) -> None:
    page = page_of(await printed(lived_in, OBLIGATIONS, as_of=AS_OF, cycle="2021-06-15"))

    details = [page.cell(n, 1).value for n in range(2, 6)]
    assert "Tính đến 23:59 ngày 14/06/2021 (giờ Việt Nam)" in details
    assert "Kế hoạch: tất cả; kỳ báo cáo: 2021-06-15" in details
    texts = {cell.value for row in page.iter_rows(min_row=7) for cell in row}
    assert "trước ngày 15/06/2021" in texts
    assert not {"report evidence", "report", "update", "in_progress"} & {str(one) for one in texts}


async def test_an_instant_is_shown_on_the_day_on_which_it_was(lived_in: Service) -> None:
    for layout in ("print", "data"):
        page = page_of(await printed(lived_in, HISTORY, cycle="2021-06-15", layout=layout))
        shown = [cell.value for row in page.iter_rows() for cell in row if isinstance(cell.value, datetime)]
        assert {one.strftime("%d/%m/%Y %H:%M") for one in shown if one.year == 2021} >= {"14/06/2021 23:59"}
        assert "15/06/2021" not in {one.strftime("%d/%m/%Y") for one in shown}


async def test_each_act_of_a_history_has_a_name_that_people_read(own_service: Service) -> None:
    own_service.clock.catch_up()
    told = await own_service.police.report(obligation("3.4", "cong-an", "2026"), "in_progress")
    await own_service.police.annul(obligation("3.4", "cong-an", "2026"), told.json()["update"]["id"])
    own_service.clock.catch_up()

    page = page_of(await printed(own_service, HISTORY, cycle="2026"))

    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=6)]
    assert [row[2:4] for row in rows[:2]] == [
        ["Công an thành phố", "cập nhật tiến độ (đã hủy ghi nhận)"],
        ["Công an thành phố", "hủy ghi nhận"],
    ]
    kinds = {one.model_fields["act"].annotation.__args__[0] for one in get_args(get_args(HistoryAct)[0])}
    assert kinds == schemas.ACTS.keys()


async def test_who_made_it_and_whom_it_is_about_are_called_by_their_names(lived_in: Service) -> None:
    for where, asked in [(OBLIGATIONS, {"plan": PLAN_CODE}), (HISTORY, {"plan": PLAN_CODE}), (STATUS, {})]:
        page = page_of(await printed(lived_in, where, body="cong-an", cycle="2021-06-15", **asked))

        details = [page.cell(n, 1).value for n in range(2, 5)]
        assert details[0] == "Kế hoạch: số 115/KH-UBND; kỳ báo cáo: 2021-06-15; cơ quan: Công an thành phố"
        assert details[2] == "Người lập: coordinator"


async def test_every_filter_that_narrows_an_export_down_stands_in_its_title(lived_in: Service) -> None:
    asked = {"status": ["overdue", "awaited"], "past_due": True, "silent": False, "kind": "reporting"}
    page = page_of(await printed(lived_in, OBLIGATIONS, as_of=AS_OF, due_before="2021-06-15", **asked))

    assert page.cell(2, 1).value == (
        "Kế hoạch: tất cả; tình trạng: chưa hoàn thành – quá hạn, quá thời hạn đề nghị; đã quá thời hạn: có;"
        " chưa có báo cáo: không; thời hạn đến: 00:00 ngày 15/06/2021; loại nhiệm vụ: báo cáo"
    )
    assert PRINTED.keys() | {"plan"} == {one.name for one in fields(Filters)}


async def table_of(service: Service, **asked: Any) -> list[dict[str, Any]]:
    """Read the table for leaders by its headings."""
    page = page_of(await printed(service, STATUS, **asked))
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    place = next(n for n, row in enumerate(rows) if row[2] == "Tổng số nghĩa vụ")
    return [dict(zip(rows[place], row, strict=True)) for row in rows[place + 1 :]]


CELLS = (
    "Đã hoàn thành, đúng hạn",
    "Đã hoàn thành, quá hạn",
    "Chưa hoàn thành, trong hạn",
    "Chưa hoàn thành, quá hạn",
    "Quá thời hạn đề nghị",
    "Không phát sinh",
)


@pytest.mark.parametrize("by", ["body", "duty"])
@pytest.mark.parametrize("cycle", ["2021-06-15", "2026", ["2021-06-15", "2026"], []])
async def test_the_four_cells_and_what_lies_outside_them_are_all_that_is_owed(
    lived_in: Service, by: str, cycle: list[str] | str
) -> None:
    asked = {"as_of": "2026-11-24T03:00:00Z", "cycle": cycle}
    rows = await table_of(lived_in, by=by, **asked)
    document = await status_of(lived_in.coordinator, **asked)

    total = rows[-1]
    assert total["Tổng số nghĩa vụ"] == document["totals"]["owed"]
    for row in rows:
        if row["Tổng số nghĩa vụ"] is not None:
            assert row["Tổng số nghĩa vụ"] == sum(row[name] for name in CELLS)
    assert total["Chưa hoàn thành, quá hạn"] == document["totals"]["overdue"]
    open_in_time = document["totals"]["in_progress"] + document["totals"]["not_started"]
    assert total["Chưa hoàn thành, trong hạn"] == open_in_time


async def test_a_table_for_leaders_sets_members_below_their_group_and_requests_apart(lived_in: Service) -> None:
    page = page_of(await printed(lived_in, STATUS, as_of="2026-11-24T03:00:00Z", cycle="2021-06-15"))

    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=6)]
    assert [row[0] for row in rows if row[2] is None][:1] == ["Kỳ báo cáo 2021-06-15 (trước ngày 15/06/2021)"]
    assert any(row[0] == "Cơ quan được đề nghị thực hiện" for row in rows)
    levels = [page.row_dimensions[n].outlineLevel for n in range(7, page.max_row + 1)]
    assert levels.count(1) == 15
    assert {cell.number_format for row in page.iter_rows(min_row=8, min_col=10) for cell in row} >= {"0.0%"}


async def test_a_table_for_leaders_says_what_has_changed_since_the_last_one(own_service: Service) -> None:
    own_service.clock.catch_up()
    since = own_service.clock.now.isoformat()
    paper = {"received_on": "2021-06-14", "document_number": "9/BC-CATP"}
    answer = await own_service.coordinator.report(obligation("3.6", "cong-an"), evidence=[DOCUMENT], **paper)
    assert answer.status_code == 201
    own_service.clock.catch_up()

    rows = {row["Cơ quan"]: row for row in await table_of(own_service, cycle="2021-06-15", since=since)}
    later = await table_of(own_service, cycle="2021-06-15", since=own_service.clock.now.isoformat())

    police, total = rows["Công an thành phố"], rows["Tổng cộng"]
    for row in (police, total):
        assert (row["Tăng giảm hoàn thành"], row["Tăng giảm quá hạn"]) == (1, -1)
    assert rows["Sở Y tế"]["Tăng giảm hoàn thành"] == 0
    assert (later[-1]["Tăng giảm hoàn thành"], later[-1]["Tăng giảm quá hạn"]) == (0, 0)
    page = page_of(await printed(own_service, STATUS, cycle="2021-06-15", since=since))
    assert str(page.cell(3, 1).value).endswith(": hoàn thành +1, quá hạn −1")


async def test_the_last_time_is_a_week_ago_unless_somebody_says_and_never_later(lived_in: Service) -> None:
    page = page_of(await printed(lived_in, STATUS, as_of="2026-11-24T03:00:00Z", cycle="2026"))
    assert "; tăng giảm so với 10:00 ngày 17/11/2026: " in str(page.cell(3, 1).value)

    later = await lived_in.coordinator.get(STATUS, as_of="2026-11-24", since="2026-11-25", headers=VIETNAMESE)
    (fault,) = problem_of(later, 422, "malformed-content")["errors"]
    assert fault["detail"] == "không được sau `as_of` hoặc sau thời điểm hiện tại"


async def test_a_layout_is_a_spreadsheets_where_nobody_says_what_form_it_has(lived_in: Service) -> None:
    table = await lived_in.coordinator.get(STATUS, layout="print", by="duty", cycle="2026")
    text = await lived_in.coordinator.get(STATUS, layout="print", headers={"Accept": "text/csv"})

    assert page_of(table.content)["A1"].value == "TỔNG HỢP TÌNH HÌNH THỰC HIỆN THEO NHIỆM VỤ"
    assert text.headers["content-type"].startswith("text/csv")


async def test_what_does_not_fit_the_page_is_added_up_and_what_is_late_is_not(lived_in: Service) -> None:
    asked = {"as_of": "2026-11-24T03:00:00Z", "cycle": "2021-06-15"}
    rows = await table_of(lived_in, by="duty", **asked)
    document = await status_of(lived_in.coordinator, by="duty", **asked)

    owed = {one["code"]: one["totals"] for one in document["cycles"][0]["duties"]}
    shown = {row["Mã"] for row in rows if row["Mã"] in owed}
    (others,) = (row for row in rows if str(row["Nhiệm vụ"]).startswith("Các nhiệm vụ khác"))
    left = owed.keys() - shown
    assert others["Nhiệm vụ"] == f"Các nhiệm vụ khác ({len(left)})"
    assert others["Tổng số nghĩa vụ"] == sum(owed[code]["owed"] for code in left)
    late = {code: one["overdue"] + one["awaited"] for code, one in owed.items()}
    assert min(late[code] for code in shown) >= max(late[code] for code in left)
    assert [code for code in owed if code in shown] == [row["Mã"] for row in rows if row["Mã"] in owed]


@pytest.mark.libreoffice
@pytest.mark.parametrize(
    ("where", "asked", "pages"),
    [
        (OBLIGATIONS, {"owner": "cong-an"}, 50),
        (HISTORY, {"owner": "cong-an"}, 50),
        (STATUS, {"cycle": "2026"}, 1),
        (STATUS, {}, 1),
        (STATUS, {"cycle": "2021-06-15", "by": "duty"}, 1),
        (STATUS, {"by": "duty"}, 1),
        (INBOX, {"since": "2026-01-01"}, 50),
    ],
)
async def test_what_is_printed_can_be_read(
    lived_in: Service, tmp_path: Path, where: str, asked: dict[str, str], pages: int
) -> None:
    file = tmp_path / "export.xlsx"
    file.write_bytes(await printed(lived_in, where, **asked))

    document = pypdf.PdfReader(to_pdf(file, tmp_path))

    sizes: list[float] = []

    def measure(text: str, cm: Any, tm: Any, _: Any, size: float) -> None:
        if text.strip():
            sizes.append(size * abs(tm[3]) * abs(cm[3]))

    for page in document.pages:
        page.extract_text(visitor_text=measure)
        assert float(page.mediabox.width) > float(page.mediabox.height)
    assert len(document.pages) <= pages
    assert min(sizes) >= 8
    # Where the sheet's font lacks a letter with two marks, another font draws it, and it is extracted elsewhere.
    assert re.search(r"Tính đ.{0,2}n \d\d:\d\d ng.{0,2}y \d\d/\d\d/\d{4}", document.pages[0].extract_text())


@pytest.mark.libreoffice
@pytest.mark.parametrize("locale", ["vi-VN", "en-US"])
@pytest.mark.parametrize("into", ["xlsx", "ods"])
async def test_a_form_filled_in_by_libreoffice_arrives_as_it_was_typed(
    service: Service, tmp_path: Path, locale: str, into: str
) -> None:
    template = await service.police.get(f"{PLAN}/template", cycle="2026", owner="cong-an")
    form = tmp_path / "form.xlsx"
    form.write_bytes(template.content)
    page = page_of(template.content)
    letters = {cell.value: cell.column_letter for cell in page[1]}
    place = next(n for n in range(2, page.max_row + 1) if page[f"{letters['Nhiệm vụ']}{n}"].value == "3.2")
    typed = {
        "Kết quả thực hiện": "đã hoàn thành",
        "Tỷ lệ hoàn thành (%)": "100%",
        "Tóm tắt kết quả": "Đã xong",
        "Ngày thực hiện": "05/11/2026",
        "Chỉ tiêu 3.2-a": "100%",
        "Chỉ tiêu 3.2-b": "92,5",
        "Chỉ tiêu 3.2-c": "92,5%",
        "Chỉ tiêu 3.2-d": "5,6%",
    }
    cells = {f"{letters[heading]}{place}": value for heading, value in typed.items()}
    saved = filled_in(form, tmp_path, locale=locale, cells=cells, into=into)

    media_type = {"xlsx": template.headers["content-type"], "ods": "application/vnd.oasis.opendocument.spreadsheet"}
    token = {"Authorization": f"Bearer {service.police.token()}", "Content-Type": media_type[into]}
    answer = await service.http.post(f"{PLAN}/imports", content=saved.read_bytes(), headers=token)

    (line,) = answer.json()["results"]
    assert (line["line"], line["result"]) == (place, "recorded"), line
    act = (await service.police.get(f"/v1/obligations/{line['obligation']}/history")).json()["items"][-1]
    assert (act["percent"], act["occurred_on"]) == (100, "2026-11-05")
    assert {one["target"]: one["value"] for one in act["measurements"]} == {
        "3.2-a": 100,
        "3.2-b": 92.5,
        "3.2-c": 92.5,
        "3.2-d": 5.6,
    }


@pytest.mark.parametrize("columns", [schemas.OBLIGATIONS, schemas.HISTORY, schemas.INBOX])
def test_columns_are_together_no_wider_than_a_page_of_eight_points(columns: Any) -> None:
    assert sum(column.width for column in columns) <= 132
