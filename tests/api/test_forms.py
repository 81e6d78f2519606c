"""GET /v1/plans/{plan}/template: the form to fill in."""

from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.api.asking import problem_of
from tests.given import PLAN, Service

TEMPLATE = f"/v1/plans/{PLAN}/template"


async def form(service: Service, name: str = "police", cycle: str = "2026", owner: str = "cong-an") -> Any:
    """Download a form and open it."""
    response = await getattr(service, name).get(TEMPLATE, cycle=cycle, owner=owner)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].endswith("spreadsheetml.sheet")
    assert response.headers["content-disposition"] == f'attachment; filename="{PLAN}-{cycle}-{owner}.xlsx"'
    return openpyxl.load_workbook(BytesIO(response.content))


def table(sheet: Worksheet) -> list[dict[Any, Any]]:
    """Read a sheet as rows by their headings."""
    headings, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in rows]


async def test_a_form_holds_what_the_owner_owes_in_the_cycle(service: Service) -> None:
    owed = (await service.police.get("/v1/obligations", cycle="2026", owner="cong-an", sort="duty")).json()["items"]

    rows = table((await form(service)).worksheets[0])

    assert [row["Mã nghĩa vụ"] for row in rows] == [one["id"] for one in owed]
    assert [row["Nhiệm vụ"] for row in rows] == [one["duty"]["code"] for one in owed]
    assert {row["Ngày cuối còn đúng hạn"].date() for row in rows} == {date(2026, 12, 16)}
    assert {row["Tình trạng"] for row in rows} == {"chưa thực hiện – trong hạn"}
    assert {row["Kết quả thực hiện"] for row in rows} == {None}
    assert {f"Chỉ tiêu 3.2-{letter}" for letter in "abcd"} <= set(rows[0])


async def test_only_what_is_to_be_filled_in_can_be_changed(service: Service) -> None:
    sheet = (await form(service)).worksheets[0]

    free = {sheet.cell(1, cell.column).value for cell in sheet[2] if not cell.protection.locked}
    assert sheet.protection.sheet
    assert "Tóm tắt kết quả" in free
    assert not free & {"Mã nghĩa vụ", "Nhiệm vụ", "Ngày cuối còn đúng hạn", "Tình trạng"}


async def test_states_are_chosen_from_a_list(service: Service) -> None:
    sheet = (await form(service)).worksheets[0]

    lists = [one.formula1 for one in sheet.data_validations.dataValidation if one.type == "list"]
    assert lists[0] == '"chưa thực hiện,đang thực hiện,đã hoàn thành,không phát sinh"'


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("police", {"cycle": "2026", "owner": "so-y-te"}),
        ("police", {"cycle": "2030", "owner": "cong-an"}),
        ("coordinator", {"cycle": "2026", "owner": "nobody"}),
    ],
)
async def test_there_is_no_form_of_what_is_not_owed_or_not_seen(
    service: Service, name: str, asked: dict[str, str]
) -> None:
    problem_of(await getattr(service, name).get(TEMPLATE, **asked), 404, "not-found")


async def test_a_coordinator_can_get_the_form_of_any_owner(service: Service) -> None:
    assert table((await form(service, "coordinator", "2021-06-15", "so-y-te")).worksheets[0])


async def test_every_cell_to_fill_in_is_a_text_that_no_program_makes_another_of(service: Service) -> None:
    sheet = (await form(service)).worksheets[0]

    free = [cell for row in sheet.iter_rows(min_row=2) for cell in row if not cell.protection.locked]
    assert len(free) >= 15 * (sheet.max_row - 1)
    assert {cell.number_format for cell in free} == {"@"}


async def test_what_is_typed_freely_says_how(service: Service) -> None:
    sheet = (await form(service)).worksheets[0]

    places = {cells.min_col for one in sheet.data_validations.dataValidation for cells in one.sqref.ranges}
    columns = {sheet.cell(1, place).value for place in places}
    assert {"Tỷ lệ hoàn thành (%)", "Tóm tắt kết quả", "Ngày thực hiện", "Chỉ tiêu 3.2-a"} <= columns
