"""Exports: obligations, histories and totals as CSV, NDJSON and spreadsheets."""

import csv
import json
from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest

from app.commands.clients import NewClient
from app.web.files.csv_injection import harmless
from embedded_postgres import Address
from tests.api.asking import listed, problem_of, status_of
from tests.api.copies import service_over_a_copy
from tests.given import DOCUMENT, FIRST, LINK, PLAN, Service, obligation

OBLIGATIONS, HISTORY, STATUS = "/v1/obligations/export", "/v1/history/export", f"/v1/plans/{PLAN}/status/export"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AS_OF = "2026-11-25"


def table(response: httpx.Response) -> list[dict[str, str]]:
    """Read CSV."""
    assert (response.status_code, response.headers["content-type"]) == (200, "text/csv; charset=utf-8"), response.text
    return list(csv.DictReader(StringIO(response.text.removeprefix("\ufeff"), newline="")))


def lines(response: httpx.Response) -> list[dict[str, Any]]:
    """Read NDJSON."""
    assert (response.status_code, response.headers["content-type"]) == (200, "application/x-ndjson"), response.text
    return [json.loads(line) for line in response.text.splitlines()]


def sheet(response: httpx.Response) -> list[dict[Any, Any]]:
    """Read a spreadsheet by its headings."""
    assert (response.status_code, response.headers["content-type"]) == (200, XLSX), response.text
    headings, *rows = openpyxl.load_workbook(BytesIO(response.content)).worksheets[0].iter_rows(values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in rows]


async def test_every_obligation_of_the_list_is_exported_in_the_plans_order(lived_in: Service) -> None:
    owed = await listed(lived_in.coordinator, as_of=AS_OF, sort="due_before")

    exported = lines(await lived_in.coordinator.get(OBLIGATIONS, format="ndjson", as_of=AS_OF))

    assert exported == owed


@pytest.mark.parametrize(
    "asked",
    [
        {"status": "overdue"},
        {"status": ["in_progress", "completed_late"]},
        {"cycle": FIRST, "body": "cong-an"},
        {"duty": "3.4"},
        {"owner": "so-y-te", "cycle": "2026"},
        {"q": "dieu tra", "force": "directed"},
        {"cycle": "1999"},
    ],
)
async def test_an_export_finds_what_the_list_finds(lived_in: Service, asked: dict[str, Any]) -> None:
    owed = await listed(lived_in.coordinator, as_of=AS_OF, **asked)

    exported = lines(await lived_in.coordinator.get(OBLIGATIONS, format="ndjson", as_of=AS_OF, **asked))

    assert {one["id"] for one in exported} == {one["id"] for one in owed}
    assert len(exported) == len(owed)


async def test_csv_has_a_line_for_each_and_the_names_of_the_api(lived_in: Service) -> None:
    owed = {one["id"]: one for one in await listed(lived_in.coordinator, as_of=AS_OF, cycle=FIRST)}

    rows = table(await lived_in.coordinator.get(OBLIGATIONS, format="csv", as_of=AS_OF, cycle=FIRST))

    assert len(rows) == 252
    for row in rows:
        one = owed[row["id"]]
        assert (row["duty"], row["owner"], row["status"]) == (one["duty"]["code"], one["owner"]["code"], one["status"])
        assert (row["due_before"], row["missing"]) == (one["due_before"], " ".join(one["missing"]))
        assert row["claim_state"] == (one["claim"]["state"] if one["claim"] else "")


async def test_a_spreadsheet_holds_dates_as_dates_and_speaks_vietnamese(lived_in: Service) -> None:
    rows = sheet(await lived_in.coordinator.get(OBLIGATIONS, format="xlsx", as_of=AS_OF, duty="3.4", cycle=FIRST))

    (row,) = rows
    assert (row["Ngày cuối còn đúng hạn"].date(), row["Thời hạn (trước ngày)"]) == (
        date(2021, 6, 14),
        datetime.fromisoformat("2021-06-15"),
    )
    assert (row["Tình trạng"], row["Cơ quan chủ trì"]) == ("đã hoàn thành – quá hạn", "Công an thành phố")
    assert isinstance(row["Số minh chứng"], int)


async def test_a_spreadsheet_can_be_filtered_and_keeps_its_headings_in_sight(lived_in: Service) -> None:
    response = await lived_in.coordinator.get(STATUS, format="xlsx", as_of=AS_OF, headers={"Accept-Language": "en"})

    page = openpyxl.load_workbook(BytesIO(response.content)).worksheets[0]
    assert (page.freeze_panes, page.auto_filter.ref) == ("A2", page.dimensions)
    assert {"Cycle", "Owed", "overdue"} <= {cell.value for cell in page[1]}
    assert page.column_dimensions["G"].width > 30


def owner_of(one: dict[str, Any]) -> dict[str, str]:
    return {"owner": one["owner"]["code"], "owner_name": one["owner"]["name"]}


async def test_histories_are_exported_whole(lived_in: Service) -> None:
    police = lived_in.police
    exported = lines(await police.get(HISTORY, format="ndjson", plan=PLAN))

    owed = await listed(police, as_of=AS_OF)
    one_by_one = [
        {"plan": PLAN, "cycle": one["cycle"], "duty": one["duty"]["code"], **owner_of(one), "act": act}
        for one in owed
        for act in (await police.get(f"/v1/obligations/{one['id']}/history", as_of=AS_OF)).json()["items"]
    ]
    assert len(exported) >= 6
    assert exported == one_by_one


async def test_a_history_in_a_table_shows_what_was_written(own_service: Service) -> None:
    own_service.clock.catch_up()
    figures = [{"target": "3.2-c", "value": 93.5}, {"target": "3.2-d", "value": 6}]
    await own_service.police.report(obligation("3.2", "cong-an"), measurements=figures, evidence=[DOCUMENT])

    (update, evidence) = table(await own_service.police.get(HISTORY, format="csv", duty="3.2"))

    assert (update["act"], update["measurements"]) == ("update", "3.2-c = 93.5; 3.2-d = 6")
    assert (evidence["act"], evidence["number"], evidence["issued_on"]) == ("evidence", "115/BC-CATP", "2021-06-10")


async def test_the_deadline_of_a_cycle_is_in_the_history_of_each_of_its_obligations(service: Service) -> None:
    cycles = f"/v1/plans/{PLAN}/cycles"
    reason = {"reason": "Theo công văn của UBND thành phố.", "document_number": "99/UBND-KGVX"}
    moved = {"due_before_on": "2028-01-10", **reason}
    await service.coordinator.post(cycles, {"code": "2027"})
    await service.coordinator.post(f"{cycles}/2027/deadlines", moved)

    exported = lines(await service.police.get(HISTORY, format="ndjson", cycle="2027", owner="cong-an"))

    owed = await listed(service.police, cycle="2027", owner="cong-an")
    assert [one["act"]["obligation"] for one in exported] == [one["id"] for one in owed]
    assert {one["act"]["reason"] for one in exported} == {"Theo công văn của UBND thành phố."}


async def test_totals_are_exported_line_by_line(lived_in: Service) -> None:
    document = await status_of(lived_in.integrator, as_of=AS_OF)

    rows = table(await lived_in.integrator.get(STATUS, format="csv", as_of=AS_OF))

    bodies = [(cycle["cycle"], body) for cycle in document["cycles"] for body in cycle["bodies"]]
    flat = [(cycle, one) for cycle, body in bodies for one in (body, *body["members"])]
    assert [(row["cycle"], row["code"], row["status"]) for row in rows] == [
        (cycle, one["code"], one["status"]) for cycle, one in flat
    ]
    assert [int(row["overdue"]) for row in rows] == [one["totals"]["overdue"] for _, one in flat]
    members = [row for row in rows if row["group"]]
    assert {row["no"] for row in members} == {""}


DANGEROUS = {
    "=1+1": "'=1+1",
    "+1": "'+1",
    "-1": "'-1",
    "@SUM(A1)": "'@SUM(A1)",
    "\t=1": "'\t'=1",
    "\r=1": "'\r'=1",
    '=HYPERLINK("http://x","y")': '\'=HYPERLINK("http://x","y")',
    "＝1+1": "'＝1+1",
    "x;=1+1;y": "x;'=1+1;y",
    "x\t@SUM(A1)\ty": "x\t'@SUM(A1)\ty",
    "x\n+1": "x\n'+1",
    'x;"=1+1;y': "x;\"'=1+1;y",
    "x;;＝1": "x;;'＝1",
}


Told = tuple[Service, dict[str, dict[str, str]]]
"""A service, and how to ask for the one report that says each dangerous text."""


@pytest.fixture(scope="module")
async def told(address: Address, template: str, keys_dir: Path, cast: Mapping[str, NewClient]) -> AsyncIterator[Told]:
    """Serve a plan in which each dangerous text was reported on an obligation of its own; tests only read it."""
    async with service_over_a_copy(address, template, keys_dir, cast) as serving:
        serving.clock.catch_up()
        where = {}
        for text, one in zip(DANGEROUS, await listed(serving.police, owner="cong-an"), strict=False):
            answer = await serving.police.report(one["id"], "in_progress", summary=text, late_reason="bình thường")
            assert answer.status_code == 201, answer.text
            where[text] = {"duty": one["duty"]["code"], "cycle": one["cycle"]}
        serving.clock.catch_up()
        yield serving, where


@pytest.mark.parametrize(("text", "guarded"), DANGEROUS.items())
async def test_no_cell_runs_when_a_spreadsheet_opens_it(told: Told, text: str, guarded: str) -> None:
    service, where = told

    (row,) = table(await service.police.get(HISTORY, format="csv", **where[text]))
    response = await service.police.get(HISTORY, format="xlsx", **where[text])

    assert (row["summary"], row["late_reason"]) == (guarded, "bình thường")
    book = openpyxl.load_workbook(BytesIO(response.content))
    assert {cell.data_type for line in book.worksheets[0].iter_rows() for cell in line} <= {"s", "n", "d"}
    if "\r" not in text:
        assert sheet(response)[0]["Tóm tắt kết quả"] == text


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("text", DANGEROUS)
async def test_no_cell_runs_in_a_spreadsheet_that_separates_otherwise(told: Told, text: str, separator: str) -> None:
    service, where = told

    response = await service.police.get(HISTORY, format="csv", **where[text])

    # The row is there, whatever an open quote does to it where something else separates.
    assert len(table(response)) == 1
    cells = [cell for row in csv.reader(StringIO(response.text, newline=""), delimiter=separator) for cell in row]
    assert [cell for cell in cells if cell.strip('"').startswith(("=", "+", "-", "@", "＝"))] == []


def test_numbers_are_no_text_that_could_run() -> None:
    assert [harmless(cell) for cell in (-1, 2.5, None, "3-1", "")] == [-1, 2.5, None, "3-1", ""]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/csv", "text/csv; charset=utf-8"),
        ("application/x-ndjson", "application/x-ndjson"),
        (XLSX, XLSX),
        ("text/html, application/x-ndjson;q=0.9", "application/x-ndjson"),
        ("text/html,application/xml;q=0.9,*/*;q=0.8", "text/csv; charset=utf-8"),
        ("text/*", "text/csv; charset=utf-8"),
        ("text/csv;q=0.1, application/x-ndjson;q=0.2", "application/x-ndjson"),
        ("application/x-ndjson;q=0.5, text/csv; q=0.5", "text/csv; charset=utf-8"),
        ("text/csv;q=0, */*;q=0.1", "application/x-ndjson"),
        ("text/*;q=0, APPLICATION/*;Q=0.3", "application/x-ndjson"),
        ("text/csv;charset=utf-8;q=0.4, */*;q=0.3", "text/csv; charset=utf-8"),
        (f"*/*;q=0.1, {XLSX};q=1", XLSX),
        ("text/csv;q=nan, application/x-ndjson;q=0.001", "application/x-ndjson"),
    ],
)
async def test_the_form_is_what_is_accepted(lived_in: Service, accept: str, media_type: str) -> None:
    response = await lived_in.integrator.get(STATUS, headers={"Accept": accept}, cycle="2026")

    assert (response.status_code, response.headers["content-type"]) == (200, media_type)


@pytest.mark.parametrize(
    "accept",
    [
        "application/pdf",
        "*******!",
        "*" * 5_000 + "!",
        "text/c*",
        "*/csv",
        "*",
        "text/csv;q=0",
        "*/*;q=0",
        "text/csv;q=2",
        "text/csv;q=x",
        ",;=,",
    ],
)
async def test_a_form_that_is_not_offered_is_refused(lived_in: Service, accept: str) -> None:
    problem_of(await lived_in.integrator.get(STATUS, headers={"Accept": accept}), 406, "not-acceptable")


async def test_a_form_that_nobody_knows_is_refused(lived_in: Service) -> None:
    problem_of(await lived_in.integrator.get(STATUS, format="pdf"), 422, "malformed-content")


async def test_csv_begins_with_a_byte_order_mark_only_when_asked(lived_in: Service) -> None:
    plain = await lived_in.integrator.get(STATUS, format="csv", cycle="2026")
    marked = await lived_in.integrator.get(STATUS, format="csv", cycle="2026", bom=True)

    assert marked.content == b"\xef\xbb\xbf" + plain.content


async def test_a_file_says_its_name(lived_in: Service) -> None:
    response = await lived_in.integrator.get(STATUS, format="csv", cycle="2026")

    assert response.headers["content-disposition"] == 'attachment; filename="status-2026-11-24.csv"'
    assert response.headers["cache-control"] == "private, no-store"


async def test_who_may_not_read_may_not_export(lived_in: Service) -> None:
    problem_of(await lived_in.integrator.get(HISTORY), 403, "not-allowed")
    problem_of(await lived_in.admin.get(OBLIGATIONS), 403, "not-allowed")
    problem_of(await lived_in.integrator.get("/v1/plans/nothing/status/export"), 404, "not-found")


async def test_a_reporter_exports_what_it_may_see(lived_in: Service) -> None:
    owed = await listed(lived_in.culture, as_of=AS_OF)

    exported = lines(await lived_in.culture.get(OBLIGATIONS, format="ndjson", as_of=AS_OF))

    assert {one["id"] for one in exported} == {one["id"] for one in owed}
    assert 0 < len(exported) < 1000


async def test_restricted_evidence_stays_with_its_owner(own_service: Service) -> None:
    own_service.clock.catch_up()
    shared = obligation("3.6", "cong-an")
    await own_service.police.report(shared, evidence=[LINK, DOCUMENT | {"classification": "restricted"}])

    own = table(await own_service.police.get(HISTORY, format="csv", duty="3.6"))
    partners = table(await own_service.culture.get(HISTORY, format="csv", duty="3.6"))

    assert [row["classification"] for row in own] == ["", "public", "restricted"]
    assert [row["classification"] for row in partners] == ["", "public"]
