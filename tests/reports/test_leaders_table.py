"""GET /v1/plans/{plan}/leaders-table: one page of figures that are the status document's, as data, DOCX and XLSX."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest

from tests.api.asking import problem_of
from tests.given import FIRST, PLAN, TODAY, TRAINING, Service
from tests.libreoffice import to_pdf
from tests.reports.living import AFTERWARDS, EMPTY, FULL, IN_TIME, STATUS
from tests.reports.reading import Docx

TABLE = f"/v1/plans/{PLAN}/leaders-table"
COUNTED = ("owed", "not_applicable", "completed_on_time", "completed_late", "in_time", "overdue", "awaited")


async def table_of(service: Service, **asked: Any) -> dict[str, Any]:
    """Get the table as data."""
    answer = await service.coordinator.get(TABLE, **asked)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def counts(totals: dict[str, int]) -> list[int]:
    """Count as a line of the table does."""
    every = {**totals, "in_time": totals["in_progress"] + totals["not_started"]}
    return [every[name] for name in COUNTED]


@pytest.mark.parametrize("cycle", [FIRST, FULL, EMPTY])
async def test_every_figure_is_that_of_the_status_document_in_each_form(told: Service, cycle: str) -> None:
    shown = await table_of(told, cycle=cycle)
    asked = {"cycle": cycle, "as_of": shown["as_of"], "known_at": shown["known_at"]}
    (status,) = (await told.integrator.get(STATUS, **asked)).json()["cycles"]
    document = Docx((await told.coordinator.get(TABLE, cycle=cycle, format="docx")).content)
    sheet = openpyxl.load_workbook(BytesIO((await told.coordinator.get(TABLE, cycle=cycle, format="xlsx")).content))

    assert {one["code"]: one["totals"] for one in shown["bodies"]} == {
        one["code"]: one["totals"] for one in status["bodies"]
    }
    assert shown["whole"]["totals"] == status["totals"]
    written = {one["name"]: counts(one["totals"]) for one in shown["bodies"]}
    written["Tổng cộng"] = counts(status["totals"])
    assert all(line[0] == sum(line[1:]) for line in written.values())
    on_paper = {
        line[1]: [int(cell.replace(".", "")) for cell in line[2:9]] for line in document.rows(0) if len(line) > 1
    }
    assert on_paper == written
    rows = [[cell.value for cell in row] for row in sheet.worksheets[0].iter_rows()]
    assert {row[1]: row[2:9] for row in rows if isinstance(row[2], int)} == written


async def test_it_says_what_has_changed_since_then_with_arrows(told: Service) -> None:
    shown = await table_of(told, cycle=FIRST, as_of=AFTERWARDS.isoformat(), since=IN_TIME.isoformat())
    before, after = [
        (await told.coordinator.get(STATUS, cycle=FIRST, as_of=at.isoformat(), known_at=known)).json()["totals"]
        for at, known in ((IN_TIME, shown["since"]), (AFTERWARDS, shown["known_at"]))
    ]

    def done(totals: dict[str, int]) -> int:
        return totals["completed_on_time"] + totals["completed_late"]

    assert shown["whole"]["completed_change"] == done(after) - done(before)
    assert shown["whole"]["overdue_change"] == after["overdue"] - before["overdue"]
    assert after["overdue"] > before["overdue"] == 0
    asked = {"cycle": FIRST, "as_of": AFTERWARDS.isoformat(), "since": IN_TIME.isoformat(), "format": "docx"}
    lines = Docx((await told.coordinator.get(TABLE, **asked)).content).rows(0)
    assert lines[-1][-1] == f"↑{after['overdue']}"


async def test_three_lists_name_who_needs_a_word(told: Service) -> None:
    shown = await table_of(told, cycle=FIRST)
    soon = await table_of(told, cycle="2026", as_of=(TODAY + timedelta(days=10)).isoformat())
    document = Docx((await told.coordinator.get(TABLE, cycle=FIRST, format="docx")).content)

    late = shown["most_overdue"]
    assert late == sorted(late, key=lambda one: (-one["overdue"], -one["days"], one["code"]))
    assert sum(one["overdue"] for one in late) == shown["whole"]["totals"]["overdue"]
    assert "tand" not in {one["code"] for one in late}
    asked = {"cycle": FIRST, "as_of": shown["as_of"], "known_at": shown["known_at"]}
    bodies = (await told.integrator.get(STATUS, **asked)).json()["cycles"][0]["bodies"]
    alone = [one for body in bodies for one in (body["members"] or [body])]
    assert [one["code"] for one in shown["silent"]] == [one["code"] for one in alone if one["silent"]]
    assert shown["due_soon"] == []
    assert {one["last_day_on_time"] for one in soon["due_soon"]} == {"2026-12-16"}
    lists = document.rows(1)
    assert lists[0][0].startswith(late[0]["name"])
    assert lists[0][2] == "Không có."
    assert lists[-1][0] == f"và {len(late) - 4} cơ quan, đơn vị khác"
    assert len(lists) == 5


async def test_it_is_one_page_without_number_addressee_and_signature(told: Service) -> None:
    document = Docx((await told.coordinator.get(TABLE, cycle=FIRST, format="docx")).content)

    assert document.texts("Kind") == ["BIỂU TỔNG HỢP"]
    assert len(document.sections) == 1
    assert document.texts("Number") == [""]
    for style in ("Addressee", "Receivers", "Signer"):
        assert document.styled(style) == []


@pytest.mark.libreoffice
@pytest.mark.parametrize("form", ["docx", "xlsx"])
async def test_libreoffice_prints_it_on_one_page(told: Service, tmp_path: Path, form: str) -> None:
    file = tmp_path / f"bieu.{form}"
    file.write_bytes((await told.coordinator.get(TABLE, cycle=FIRST, format=form)).content)

    pages = [page.extract_text() for page in pypdf.PdfReader(to_pdf(file, tmp_path)).pages]

    assert len(pages) == 1
    assert "252" in pages[0]


@pytest.mark.parametrize("form", ["json", "docx", "xlsx"])
async def test_the_same_state_is_the_same_bytes_and_an_act_another(service: Service, form: str) -> None:
    first, again = [await service.coordinator.get(TABLE, cycle=FIRST, format=form) for _ in range(2)]
    assert (await service.police.report(TRAINING)).status_code == 201
    other = await service.coordinator.get(TABLE, cycle=FIRST, format=form)
    kept = {"If-None-Match": first.headers["etag"]}

    assert first.content == again.content != other.content
    assert (await service.coordinator.get(TABLE, cycle=FIRST, format=form, headers=kept)).status_code == 200
    assert first.headers["etag"] == again.headers["etag"] != other.headers["etag"]


async def test_who_may_not_read_reports_gets_none_and_nobody_compares_with_later(service: Service) -> None:
    later = await service.coordinator.get(TABLE, cycle=FIRST, as_of="2021-06-20", since="2021-06-21")

    problem_of(later, 422, "malformed-content")
    problem_of(await service.coordinator.get(TABLE, cycle="1999"), 404, "not-found")
    assert (await service.police.get(TABLE, cycle=FIRST)).status_code == 403
    assert (await service.integrator.get(TABLE, cycle=FIRST)).status_code == 403
