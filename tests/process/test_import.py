"""`dondoc import` against a real service: every line once, whatever happens on the way.

`DONDOC_LINES=10000` imports as many as was promised; without it some are imported, in the same way.
"""

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest

from tests.process.running import Running, running

pytestmark = pytest.mark.load

LINES = int(os.environ.get("DONDOC_LINES", "2000"))
HALF = LINES // 2
DUTIES_OF_SCHOOLS = ("2.1", "2.2", "2.3")
PAPER = {
    "kind": "document",
    "title": "Báo cáo kết quả thực hiện",
    "classification": "internal",
    "number": "9/BC-STTTT",
    "issued_on": "2021-06-09",
    "issuer": "Sở Thông tin và Truyền thông",
}
BAD: dict[int, dict[str, Any]] = {17: {"state": "done"}, HALF + 3: {"percent": 300}, LINES - 1: {"duty": "99.9"}}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Run a service for all tests of this file."""
    with running(tmp_path_factory.mktemp("service")) as serving:
        yield serving


def importing(service: Running, file: Path, *options: str, client: str = "cong-an") -> "subprocess.Popen[str]":
    """Start an import as one of the demo clients."""
    known = ["--url", service.base, "--credentials", str(service.data_dir / "clients.json"), "--client", client]
    return subprocess.Popen(  # noqa: S603  Our own command.
        [Path(sys.executable).with_name("dondoc"), "import", file, *known, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=service.environment(),
        text=True,
    )


def imported(service: Running, file: Path, *options: str, client: str = "cong-an") -> tuple[int, str]:
    """Import a file; return how the command ended and what it said."""
    process = importing(service, file, *options, client=client)
    said, complained = process.communicate()
    return process.returncode, said + complained


def report_of(file: Path) -> list[dict[str, str]]:
    """Read the report of a file, without its first row, which is about the file itself."""
    with file.with_name(f"{file.name}.report.csv").open(encoding="utf-8-sig", newline="") as report:
        first, *rows = csv.DictReader(report)
    assert (first["result"], first["detail"]) == ("begun", file.name)
    return rows


def line(number: int, duties: list[str]) -> dict[str, Any]:
    """Spell one line: an update on one of the duties of the police."""
    names: dict[str, Any] = {
        "plan": "115-kh-ubnd-2021",
        "cycle": "2026",
        "duty": duties[number % len(duties)],
        "owner": "cong-an",
    }
    update = {"state": "in_progress", "percent": number % 100, "summary": f"Dòng số {number}"}
    return {**names, **update, **BAD.get(number, {})}


def duties_of(service: Running, owner: str = "cong-an") -> list[str]:
    """Return the codes of the duties that an owner owes this year."""
    found = service.get(owner, "/v1/obligations", owner=owner, cycle="2026", limit=500)["items"]
    return [one["duty"]["code"] for one in found]


def summaries(service: Running, owner: str) -> Counter[str]:
    """Count the updates of an owner in this year's cycle by what they say."""
    found = service.get(owner, "/v1/obligations", owner=owner, cycle="2026", limit=500)["items"]
    histories = (service.get(owner, f"/v1/obligations/{one['id']}/history")["items"] for one in found)
    return Counter(act["summary"] for acts in histories for act in acts if act["act"] == "update")


def test_thousands_of_lines_killed_half_way_are_recorded_once_each(service: Running, tmp_path: Path) -> None:
    file, duties = tmp_path / "bao-cao.ndjson", duties_of(service)
    file.write_text("".join(json.dumps(line(n, duties)) + "\n" for n in range(1, LINES + 1)), "utf-8")

    first = importing(service, file)
    assert first.stderr is not None
    while f" {HALF} " not in first.stderr.readline():
        assert first.poll() is None
    first.kill()
    first.communicate()
    code, said = imported(service, file)

    assert code == 1
    rows = report_of(file)
    assert [int(row["line"]) for row in rows] == list(range(1, LINES + 1))
    results = Counter(row["result"] for row in rows)
    assert results["refused"] == len(BAD)
    assert results["replayed"] >= HALF - 2
    assert results["recorded"] + results["replayed"] == LINES - len(BAD)
    refused = {int(row["line"]): (row["problem"], row["detail"]) for row in rows if row["result"] == "refused"}
    assert {number: problem for number, (problem, _) in refused.items()} == {
        17: "malformed-content",
        HALF + 3: "malformed-content",
        LINES - 1: "not-found",
    }
    assert "line 17: state: must be one of" in said
    assert f"line {HALF + 3}: percent: must be a whole number" in said
    assert summaries(service, "cong-an") == {f"Dòng số {n}": 1 for n in range(1, LINES + 1) if n not in BAD}


def test_lines_put_right_are_recorded_and_the_others_are_not_recorded_again(service: Running, tmp_path: Path) -> None:
    file = tmp_path / "bao-cao.csv"
    rows = ["plan,cycle,duty,owner,state,percent,summary", *(row_of(n, "so-y-te") for n in ("4.1", "4.2", "4.3"))]
    file.write_text("\n".join([*rows[:2], rows[2].replace("in_progress", "nearly"), rows[3]]), "utf-8")
    first_code, first_said = imported(service, file, client="so-y-te")
    before = [row["result"] for row in report_of(file)]

    file.write_text("\n".join(rows), "utf-8")
    code, _ = imported(service, file, client="so-y-te")

    assert (first_code, before) == (1, ["recorded", "refused", "recorded"])
    assert "line 3: cell E3, state: must be one of" in first_said
    assert (code, [row["result"] for row in report_of(file)]) == (0, ["replayed", "recorded", "replayed"])
    assert summaries(service, "so-y-te") == {f"Đã làm {n}": 1 for n in ("4.1", "4.2", "4.3")}


def row_of(duty: str, owner: str) -> str:
    """Spell one line of a table."""
    return f"115-kh-ubnd-2021,2026,{duty},{owner},in_progress,40,Đã làm {duty}"


def test_a_separator_in_a_text_loses_nothing_silently(service: Running, tmp_path: Path) -> None:
    file = tmp_path / "bao-cao.csv"
    heading = "plan,cycle,duty,owner,state,percent,summary\n"
    file.write_text(heading + row_of("7.4", "so-vhttdl") + ", và nhiều việc khác", "utf-8")

    code, said = imported(service, file, client="so-vhttdl")

    assert (code, "line 2: cell H2: has more cells than the heading" in said) == (1, True)


def test_lines_taken_out_or_moved_are_not_recorded_again(service: Running, tmp_path: Path) -> None:
    file = tmp_path / "bao-cao.csv"
    heading, *rows = ["plan,cycle,duty,owner,state,percent,summary", *(row_of(n, "so-gddt") for n in DUTIES_OF_SCHOOLS)]
    bad = rows[0].replace("in_progress", "nearly")
    file.write_text("\n".join([heading, bad, rows[1], rows[2], rows[2]]), "utf-8")
    imported(service, file, client="so-gddt")
    before = [row["result"] for row in report_of(file)]

    file.write_text("\n".join([heading, rows[2], rows[1], rows[2]]), "utf-8")
    code, said = imported(service, file, client="so-gddt")

    assert before == ["refused", "recorded", "recorded", "recorded"]
    assert (code, [row["result"] for row in report_of(file)]) == (0, ["replayed"] * 3)
    assert "add --new" in said
    told = [f"Đã làm {n}" for n in DUTIES_OF_SCHOOLS]
    assert summaries(service, "so-gddt") == {told[1]: 1, told[2]: 2}


def test_a_name_that_is_null_is_none(service: Running, tmp_path: Path) -> None:
    file, duties = tmp_path / "bao-cao.ndjson", duties_of(service, "so-tu-phap")
    named = {"plan": "115-kh-ubnd-2021", "cycle": "2026", "owner": "so-tu-phap", "state": "in_progress"}
    file.write_text(json.dumps({**named, "duty": duties[0], "summary": "Một lần", "client_ref": None}), "utf-8")

    results = []
    for _ in range(2):
        imported(service, file, client="so-tu-phap")
        results += [row["result"] for row in report_of(file)]

    assert results == ["recorded", "replayed"]
    assert summaries(service, "so-tu-phap") == {"Một lần": 1}


def test_a_report_on_what_is_owed_no_more_is_a_line_like_any_other(service: Running, tmp_path: Path) -> None:
    file = tmp_path / "giay.ndjson"
    named = {"plan": "115-kh-ubnd-2021", "duty": "G.1", "owner": "so-tttt", "summary": "Giấy"}
    paper = {"document_number": "9/BC-STTTT", "evidence": [PAPER]}
    lines = [
        {**named, **paper, "cycle": "2026", "state": "in_progress", "received_on": "2026-11-20", "evidence": []},
        {**named, **paper, "cycle": "2021-06-15", "state": "completed", "received_on": "2021-06-10"},
    ]
    file.write_text("\n".join(json.dumps(one) for one in lines), "utf-8")

    code, said = imported(service, file, client="coordinator")

    assert code == 0, said
    rows = report_of(file)
    assert [row["result"] for row in rows] == ["recorded", "recorded"]
    assert all(row["obligation"] and row["update"] for row in rows)


def test_another_file_under_an_old_report_is_a_new_import_only_when_it_says_so(
    service: Running, tmp_path: Path
) -> None:
    file = tmp_path / "hang-thang.csv"
    heading = "plan,cycle,duty,owner,state,percent,summary\n"
    file.write_text(heading + row_of("7.3", "so-vhttdl"), "utf-8")
    imported(service, file, client="so-vhttdl")
    file.write_text(heading + row_of("7.3", "so-vhttdl") + " lần nữa\n" + row_of("7.3", "so-vhttdl"), "utf-8")

    code, said = imported(service, file, client="so-vhttdl")
    results = [row["result"] for row in report_of(file)]
    new_code, _ = imported(service, file, "--new", client="so-vhttdl")

    assert (code, results, "add --new" in said) == (0, ["recorded", "replayed"], True)
    assert (new_code, [row["result"] for row in report_of(file)]) == (0, ["recorded", "recorded"])


def test_check_sends_nothing_and_needs_no_service(tmp_path: Path, service: Running) -> None:
    file = tmp_path / "bao-cao.csv"
    file.write_text("cycle;duty;owner;plan;state;summary\n2026;4.1;so-y-te;115-kh-ubnd-2021;xong;\n", "utf-8")

    process = subprocess.run(  # noqa: S603  Our own command.
        [Path(sys.executable).with_name("dondoc"), "import", "--check", file, "--url", "http://127.0.0.1:9"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert process.returncode == 1
    assert process.stdout.startswith("line 2: cell E2, state: must be one of: not started, ")
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--client", "nobody"], "clients.json holds no client_id and client_secret of the client nobody"),
        (["--credentials", "/nowhere.json"], "/nowhere.json holds no client_id"),
    ],
)
def test_without_credentials_nothing_is_sent(
    service: Running, tmp_path: Path, options: list[str], complaint: str
) -> None:
    file = tmp_path / "bao-cao.csv"
    file.write_text("plan,cycle,duty,owner,state,percent,summary\n" + row_of("4.4", "so-y-te"), "utf-8")

    code, said = imported(service, file, *options, client="so-y-te")

    assert (code, complaint in said, "client_secret=" in said) == (2, True, False)


def test_a_form_goes_out_is_filled_in_by_hand_and_comes_back(service: Running, tmp_path: Path) -> None:
    file = tmp_path / "bieu-mau.xlsx"
    asked = {"cycle": "2026", "owner": "cong-an"}
    headers = {"Authorization": f"Bearer {service.token('cong-an')}"}
    answer = httpx.get(f"{service.base}/v1/plans/115-kh-ubnd-2021/template", params=asked, headers=headers)
    file.write_bytes(answer.content)
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    columns = {cell.value: n for n, cell in enumerate(sheet[1], start=1)}
    place = next(n for n in range(2, sheet.max_row + 1) if sheet.cell(n, columns["Nhiệm vụ"]).value == "3.2")
    filled: dict[str, Any] = {
        "Kết quả thực hiện": "đã hoàn thành",
        "Tóm tắt kết quả": "- Đã khởi tố 12 vụ",
        "Ngày thực hiện": date(2026, 11, 20),
        "Chỉ tiêu 3.2-c": 93.5,
    }
    for heading, value in filled.items():
        sheet.cell(place, columns[heading], value)
    book.save(file)

    code, said = imported(service, file)

    assert code == 0, said
    rows = report_of(file)
    assert [row["result"] for row in rows] == ["recorded"]
    (row,) = (row for row in rows if row["result"] == "recorded")
    act = service.get("cong-an", f"/v1/obligations/{row['obligation']}/history")["items"][-1]
    assert (act["state"], act["summary"]) == ("completed", "- Đã khởi tố 12 vụ")
    assert act["occurred_on"] == "2026-11-20"
    assert act["measurements"] == [{"target": "3.2-c", "value": 93.5, "cases": None}]
