"""Exports for people: what they show, and what comes out of a printer."""

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest

from app.schemas import printed as schemas
from tests.given import Service
from tests.libreoffice import filled_in, to_pdf

PLAN = "/v1/plans/115-kh-ubnd-2021"
OBLIGATIONS, HISTORY, STATUS = "/v1/obligations/export", "/v1/history/export", f"{PLAN}/status/export"
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

    assert (paper.title, paper["A1"].value) == ("Tổng hợp", "TỔNG HỢP TÌNH HÌNH THỰC HIỆN")
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


async def test_a_status_has_totals_percentages_members_below_their_group_and_requests_apart(lived_in: Service) -> None:
    page = page_of(await printed(lived_in, STATUS, as_of="2026-11-24T03:00:00Z", cycle="2021-06-15"))

    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=7)]
    total = next(row for row in rows if row[1] == "Tổng cộng")
    assert total[2] == 252 == sum(total[3:10])
    assert any(row[0] == "Cơ quan được đề nghị thực hiện" for row in rows)
    levels = [page.row_dimensions[n].outlineLevel for n in range(7, page.max_row + 1)]
    assert 1 in levels
    assert {cell.number_format for row in page.iter_rows(min_row=8, min_col=11) for cell in row} >= {"0.0%"}


@pytest.mark.libreoffice
@pytest.mark.parametrize(
    ("where", "asked", "pages"),
    [(OBLIGATIONS, {"owner": "cong-an"}, 50), (HISTORY, {"owner": "cong-an"}, 50), (STATUS, {"cycle": "2026"}, 1)],
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
    assert "Tính đến" in document.pages[0].extract_text()


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


@pytest.mark.parametrize("columns", [schemas.OBLIGATIONS, schemas.HISTORY, schemas.STATUS])
def test_columns_are_together_no_wider_than_a_page_of_eight_points(columns: Any) -> None:
    assert sum(column.width for column in columns) <= 132
