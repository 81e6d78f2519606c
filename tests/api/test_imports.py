"""Filled-in forms sent to the service as a spreadsheet program saved them."""

import io
import json
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest

from tests.api.asking import problem_of
from tests.given import Service

IMPORTS = "/v1/plans/115-kh-ubnd-2021/imports"
CASES = Path(__file__).parent.parent / "importing" / "cases"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
HEADINGS = "cycle,duty,owner,state,percent,summary\n"


async def sent(service: Service, content: bytes | str, media_type: str = "text/csv", **asked: Any) -> httpx.Response:
    """Send a form as the police."""
    headers = {"Content-Type": media_type, "Accept-Language": asked.pop("language", "vi")}
    token = {"Authorization": f"Bearer {service.police.token()}"}
    body = content.encode() if isinstance(content, str) else content
    return await service.http.post(IMPORTS, content=body, headers=headers | token, params=asked)


def became(response: httpx.Response) -> list[tuple[int, str]]:
    """Return what became of each line."""
    assert response.status_code == 207, response.text
    return [(one["line"], one["result"]) for one in response.json()["results"]]


def row(duty: str, summary: str = "Đã làm", percent: str = "40", state: str = "đang thực hiện") -> str:
    """Spell one line of a form."""
    return f"2026,{duty},cong-an,{state},{percent},{summary}\n"


async def test_every_line_is_recorded_once_however_often_the_form_is_sent(service: Service) -> None:
    form = HEADINGS + row("3.1") + row("3.2")

    first = await sent(service, form)
    again = await sent(service, form)
    renamed = await sent(service, form, name="moi")

    assert became(first) == [(2, "recorded"), (3, "recorded")]
    assert became(again) == [(2, "replayed"), (3, "replayed")]
    assert [one["update"] for one in again.json()["results"]] == [one["update"] for one in first.json()["results"]]
    assert became(renamed) == [(2, "recorded"), (3, "recorded")]
    assert first.json()["counts"] == {"recorded": 2, "replayed": 0, "refused": 0, "blank": 0}


async def test_lines_put_right_are_recorded_and_the_others_are_not_recorded_again(service: Service) -> None:
    await sent(service, HEADINGS + row("3.1") + row("3.2", percent="300") + row("3.3"))

    again = await sent(service, HEADINGS + row("3.3") + row("3.2", percent="30"))

    assert became(again) == [(2, "replayed"), (3, "recorded")]


async def test_a_line_put_back_to_what_it_was_says_that_another_report_counts(service: Service) -> None:
    first, second = HEADINGS + row("3.6", percent="40"), HEADINGS + row("3.6", percent="50")
    answers = [await sent(service, one, language="en") for one in (first, first, second, first)]
    anew = await sent(service, first, name="lai")

    told = [answer.json()["results"][0] for answer in answers]
    assert [one["result"] for one in told] == ["recorded", "replayed", "recorded", "replayed"]
    assert [one["remark"] for one in told[::2]] == [None, None]
    assert "it is kept once" in told[1]["remark"]
    assert "another report came since" in told[3]["remark"]
    assert "name=" in told[3]["remark"]
    assert became(anew) == [(2, "recorded")]


async def test_a_dry_run_says_what_would_become_and_records_nothing(service: Service) -> None:
    form = HEADINGS + row("3.1") + row("99.9")

    tried = await sent(service, form, dry_run=True)
    real = await sent(service, form)

    assert became(tried) == became(real) == [(2, "recorded"), (3, "refused")]
    assert tried.json()["dry_run"] is True


@pytest.mark.parametrize(
    ("language", "detail", "title"),
    [
        ("vi", "phải là số nguyên từ 0 đến 100", "Tỷ lệ hoàn thành (%)"),
        ("en", "must be a whole number from 0 to 100", "Tỷ lệ hoàn thành (%)"),
    ],
)
async def test_a_refusal_names_the_cell_the_heading_and_what_to_do(
    service: Service, language: str, detail: str, title: str
) -> None:
    headings = "Kỳ báo cáo,Nhiệm vụ,Mã cơ quan chủ trì,Kết quả thực hiện,Tỷ lệ hoàn thành (%),Tóm tắt kết quả\n"

    answer = await sent(service, headings + row("3.1", percent="300"), language=language)

    (line,) = answer.json()["results"]
    (fault,) = line["faults"]
    assert (line["result"], line["problem"]) == ("refused", "malformed-content")
    assert (fault["cell"], fault["column"], fault["heading"]) == ("E2", "percent", title)
    assert detail in fault["detail"]
    assert "300" not in answer.text.replace(answer.json()["plan"], "")


async def test_an_id_beside_the_code_of_another_duty_is_refused_by_that_code(service: Service) -> None:
    shown = (await service.police.get("/v1/obligations", duty="3.1", owner="cong-an", cycle="2026")).json()["items"][0]
    lines = [f"{shown['id']},{duty},in_progress,Đang làm\n" for duty in ("3.2", "3.1", "")]

    answer = await sent(service, "obligation,duty,state,summary\n" + "".join(lines), language="en")

    assert became(answer) == [(2, "refused"), (3, "recorded"), (4, "recorded")]
    (fault,) = answer.json()["results"][0]["faults"]
    assert (fault["cell"], fault["column"]) == ("B2", "duty")
    assert "says 3.2" in fault["detail"]
    assert "of 3.1;" in fault["detail"]


async def test_what_the_service_refuses_is_said_of_its_cell_too(service: Service) -> None:
    lines = [row("3.1", summary=""), row("3.2", percent="50", state="completed"), row("3.3", "Gọi 0912345678")]

    answer = await sent(service, HEADINGS + "".join(lines) + row("5.1").replace("cong-an", "so-y-te"))

    told = [[(one["cell"], one["column"]) for one in line["faults"]] for line in answer.json()["results"]]
    assert told == [
        [("F2", "summary")],
        [("E3", "percent")],
        [("F4", "summary")],
        [("A5", "cycle"), ("B5", "duty"), ("C5", "owner")],
    ]
    assert [one["problem"] for one in answer.json()["results"]] == [
        "malformed-content",
        "malformed-content",
        "personal-data-found",
        "not-found",
    ]
    assert "0912345678" not in answer.text


async def test_a_line_of_another_plan_is_not_recorded(service: Service) -> None:
    form = "plan," + HEADINGS + "another-plan," + row("3.1")

    answer = await sent(service, form)

    assert became(answer) == [(2, "refused")]
    assert answer.json()["results"][0]["faults"][0]["cell"] == "A2"


async def test_the_form_that_we_give_out_is_taken_back(service: Service) -> None:
    template = await service.police.get("/v1/plans/115-kh-ubnd-2021/template", cycle="2026", owner="cong-an")
    book = openpyxl.load_workbook(io.BytesIO(template.content))
    sheet = book.worksheets[0]
    places = {cell.value: n for n, cell in enumerate(sheet[1], start=1)}
    for heading, value in (("Kết quả thực hiện", "đang thực hiện"), ("Tóm tắt kết quả", "Đang làm")):
        sheet.cell(2, places[heading], value)
    sheet.cell(2, places["Tỷ lệ hoàn thành (%)"], 0.6).number_format = "0%"
    filled = io.BytesIO()
    book.save(filled)

    answer = await sent(service, filled.getvalue(), XLSX)

    assert became(answer) == [(2, "recorded")]
    assert answer.json()["counts"]["blank"] > 5
    history = await service.police.get(f"/v1/obligations/{answer.json()['results'][0]['obligation']}/history")
    assert history.json()["items"][-1]["percent"] == 60


@pytest.mark.parametrize(("name", "media_type"), [("pct.xlsx", XLSX), ("pct.ods", ODS), ("strict.xlsx", XLSX)])
async def test_percentages_arrive_as_they_were_typed(service: Service, name: str, media_type: str) -> None:
    answer = await sent(service, (CASES / name).read_bytes(), media_type)

    assert became(answer) == [(3, "recorded"), (4, "recorded")]
    history = await service.police.get(f"/v1/obligations/{answer.json()['results'][1]['obligation']}/history")
    assert [one["value"] for one in history.json()["items"][-1]["measurements"]] == [95.0, 100.0, 92.5, 5.6]


async def test_figures_that_look_scaled_are_asked_about_before_anything_is_recorded(service: Service) -> None:
    form = HEADINGS + row("3.1", percent="1") + row("3.2", percent="0")

    problem = problem_of(await sent(service, form), 422, "figures-look-scaled")
    meant = await sent(service, form, as_is=True)

    assert "--as-is" in problem["detail"]
    assert became(meant) == [(2, "recorded"), (3, "recorded")]


TARGETS = HEADINGS.strip() + ",target:3.2-a,target:3.2-c,target:3.2-d\n"


@pytest.mark.parametrize(
    ("form", "media_type", "asked"),
    [
        (TARGETS + row("3.2", percent="60").strip() + ",1,1,1\n", "text/csv", "3.2-a, 3.2-c, 3.2-d"),
        (TARGETS + row("3.2", percent="60").strip() + ',100,"0,95",6\n', "text/csv", "3.2-c"),
        # A fall of 1% may be meant, beside one of 6%; and who writes the sign is certain.
        (TARGETS + (row("3.2").strip() + ",100,95,1\n") + (row("3.2").strip() + ",100,95,6\n"), "text/csv", None),
        (TARGETS + row("3.2").strip() + ",1%,0,6\n", "text/csv", None),
        (json.dumps({"cycle": "2026", "duty": "3.1", "percent": 1}), "application/x-ndjson", "percent"),
    ],
)
async def test_a_share_at_most_one_where_most_is_asked_for_looks_scaled(
    service: Service, form: str, media_type: str, asked: str | None
) -> None:
    answer = await sent(service, form, media_type, dry_run=True)
    meant = await sent(service, form, media_type, dry_run=True, as_is=True)

    if asked:
        names = problem_of(answer, 422, "figures-look-scaled")["detail"].split("”")[0].split("“")[1]
        assert names.replace("target:", "") == asked
    else:
        assert {result for _, result in became(answer)} == {"recorded"}
    assert {result for _, result in became(meant)} == {"refused" if form.startswith("{") else "recorded"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "XLSX"),
        (b"PK\x03\x04 no archive", "bị hỏng"),
        (b"a,b\n1,2\n", "dòng tiêu đề"),
        (b"%PDF-1.7", "bảng tính"),
    ],
)
async def test_a_file_that_cannot_be_read_says_what_to_do(service: Service, content: bytes, words: str) -> None:
    problem = problem_of(await sent(service, content), 422, "form-unreadable")

    assert words in problem["detail"]


async def test_what_is_wrong_with_a_file_is_said_in_english_too(service: Service) -> None:
    unreadable = problem_of(await sent(service, b"%PDF-1.7", language="en"), 422, "form-unreadable")
    percents = await sent(service, HEADINGS + row("3.1", percent="1"), language="en")

    assert unreadable["detail"] == "The file is no spreadsheet; send XLSX, ODS, CSV or NDJSON."
    assert "as_is=true" in problem_of(percents, 422, "figures-look-scaled")["detail"]


async def test_a_form_has_a_media_type_and_a_plan(service: Service) -> None:
    problem_of(await sent(service, b"{}", "application/json"), 415, "unsupported-media-type")
    macros = await sent(service, b"PK", "application/vnd.ms-excel.sheet.macroEnabled.12")
    assert "XLSX" in problem_of(macros, 415, "unsupported-media-type")["detail"]
    answer = await service.http.post(
        "/v1/plans/nobodys/imports",
        content=b"state\n",
        headers={"Content-Type": "text/csv", "Authorization": f"Bearer {service.police.token()}"},
    )
    problem_of(answer, 404, "not-found")


async def test_json_is_taken_line_by_line(service: Service) -> None:
    line = '{"cycle": "2026", "duty": "3.1", "owner": "cong-an", "state": "in_progress", "summary": "Đang làm"}'

    answer = await sent(service, f"{line}\n\nnonsense\n", "application/x-ndjson")

    assert became(answer) == [(1, "recorded"), (3, "refused")]
    assert answer.json()["counts"]["blank"] == 1
