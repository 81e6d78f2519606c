"""Files of updates: what people and programs write in them is read as they meant it, or named as unreadable."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.importing.files import FileUnreadable, Line, lines_of
from app.importing.report import Row
from app.importing.run import check

NAMED = {"obligation": "6f2539a2-499b-5170-a3ef-88108fa8ca3c", "state": "in_progress", "summary": "Đang làm"}


def read(path: Path, content: str, encoding: str = "utf-8") -> list[Line]:
    """Write a file and read its lines."""
    path.write_text(content, encoding)
    return list(lines_of(path))


def sheet(path: Path, *rows: list[Any]) -> list[Line]:
    """Write a spreadsheet and read its lines."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    book.save(path)
    return list(lines_of(path))


def test_a_line_of_json_is_an_item_and_anything_else_is_named(tmp_path: Path) -> None:
    lines = read(tmp_path / "a.ndjson", "\ufeff" + json.dumps(NAMED) + '\n\n[1]\n{"state"\n' + "[" * 100_000 + "\n{}")

    assert lines == [
        Line(1, NAMED),
        Line(2),
        Line(3, fault="is no JSON object"),
        Line(4, fault="is no JSON"),
        Line(5, fault="is no JSON"),
        Line(6, {}),
    ]


@pytest.mark.parametrize("value", ["NaN", "-Infinity", "1e999", '"\\ud800"', '"\\udc00\\ud800"', '{"\\ud83d": 1}'])
def test_a_line_that_cannot_be_sent_is_named_and_hurts_no_other(tmp_path: Path, value: str) -> None:
    lines = read(tmp_path / "a.ndjson", json.dumps(NAMED) + f'\n{{"state": {value}}}\n' + json.dumps(NAMED))

    assert [line.item for line in lines] == [NAMED, None, NAMED]
    assert lines[1].fault == "holds a number or a character that JSON cannot carry"


@pytest.mark.parametrize("figure", ["5", "null", "[]", '"3.2-c"'])
def test_a_measurement_that_is_none_is_named(tmp_path: Path, figure: str) -> None:
    rows: list[Row] = []
    (tmp_path / "a.ndjson").write_text(json.dumps(NAMED)[:-1] + f', "measurements": [{figure}]}}', "utf-8")

    totals = check(tmp_path / "a.ndjson", rows.append)

    assert totals == {"refused": 1}
    assert (rows[0].detail or "").startswith("measurements.0 ")


@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize(
    "headings", [("state", "summary"), ("Kết quả thực hiện", "TOM TAT KET QUA"), ("State", "Summary")]
)
def test_columns_are_known_by_any_of_their_names(tmp_path: Path, separator: str, headings: tuple[str, str]) -> None:
    content = separator.join(["obligation", *headings]) + "\r\n" + separator.join(NAMED.values())

    assert read(tmp_path / "a.csv", content, "utf-8-sig") == [Line(2, NAMED)]


def test_a_line_is_numbered_by_where_it_begins(tmp_path: Path) -> None:
    lines = read(tmp_path / "a.csv", 'state,summary\ncompleted,"một\nhai"\ncompleted,ba\n')

    assert [(line.number, line.item) for line in lines] == [
        (2, {"state": "completed", "summary": "một\nhai"}),
        (4, {"state": "completed", "summary": "ba"}),
    ]


@pytest.mark.parametrize(
    ("column", "cell", "field", "value"),
    [
        ("state", "Đã hoàn thành", "state", "completed"),
        ("state", "dang thuc hien", "state", "in_progress"),
        ("state", "xong", "state", "xong"),
        ("percent", "40 %", "percent", 40),
        ("percent", "4o", "percent", "4o"),
        ("occurred_on", "5/11/2026", "occurred_on", "2026-11-05"),
        ("occurred_on", "2026-11-05", "occurred_on", "2026-11-05"),
        ("Ngày nhận báo cáo giấy", "14.6.2021", "received_on", "2021-06-14"),
        ("target:3.2-c", "93,5", "measurements", [{"target": "3.2-c", "value": 93.5}]),
        ("Chỉ tiêu G.1-A", "5", "measurements", [{"target": "G.1-A", "value": 5}]),
        ("summary", "  như đã gõ ", "summary", "  như đã gõ "),
        ("summary", "=1+1", "summary", "=1+1"),
    ],
)
def test_text_is_read_as_people_write_it(tmp_path: Path, column: str, cell: str, field: str, value: Any) -> None:
    (line,) = read(tmp_path / "a.csv", f'{column}\n"{cell}"\n')

    assert line.item == {field: value}


def test_a_spreadsheets_cells_are_read_as_what_they_are(tmp_path: Path) -> None:
    headings = ["Nhiệm vụ", "Kết quả thực hiện", "percent", "occurred_on", "target:3.2-c", "evidence_url", None]
    row = ["3.2", "đã hoàn thành", 100.0, date(2026, 11, 20), 93.5, "https://example.org/", None]

    (line,) = sheet(tmp_path / "a.xlsx", headings, row)

    assert line.item == {
        "duty": "3.2",
        "state": "completed",
        "percent": 100,
        "occurred_on": "2026-11-20",
        "measurements": [{"target": "3.2-c", "value": 93.5}],
        "evidence": [{"kind": "link", "url": "https://example.org/"}],
    }


@pytest.mark.parametrize(("column", "cell"), [("duty", 3.1), ("duty", date(2026, 3, 10)), ("evidence_number", 375)])
def test_a_code_that_the_spreadsheet_has_changed_is_not_guessed(tmp_path: Path, column: str, cell: Any) -> None:
    (line,) = sheet(tmp_path / "a.xlsx", [column, "state"], [cell, "completed"])

    assert line.item is None
    assert (line.fault or "").startswith(f"{column}: is a ")


def test_a_row_that_nobody_filled_in_is_blank(tmp_path: Path) -> None:
    (line,) = read(tmp_path / "a.csv", "obligation,duty,status,state,summary\nabc,3.2,quá hạn, ,\n")

    assert line == Line(2)


def test_the_id_says_more_than_the_codes_beside_it(tmp_path: Path) -> None:
    (line,) = read(tmp_path / "a.csv", "obligation,cycle,duty,state\nabc,2026,3.2,completed\n")

    assert line.item == {"obligation": "abc", "state": "completed"}


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("a.txt", "state\n", "of no known form"),
        ("a.csv", "state,stae\n", "not known: stae"),
        ("a.csv", "", "none is there"),
        ("a.csv", "state,Kết quả thực hiện\n", "two columns of the same name"),
        ("a.csv", 'state\n"completed', "no UTF-8 text of the form"),
        ("a.xlsx", "state\n", "no spreadsheet"),
    ],
)
def test_a_file_that_would_lose_something_is_refused(tmp_path: Path, name: str, content: str, complaint: str) -> None:
    with pytest.raises(FileUnreadable, match=complaint):
        read(tmp_path / name, content)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="no UTF-8 text"):
        read(tmp_path / "a.csv", "state,summary\ncompleted,Đã xong\n", "utf-16")


def test_what_is_wrong_is_said_by_the_names_of_the_columns(tmp_path: Path) -> None:
    said: list[str] = []
    headings = "obligation,state,summary,target:3.2-c,evidence_title,evidence_classification,evidence_number"
    (tmp_path / "a.csv").write_text(f"{headings}\n{NAMED['obligation']},completed,x,chín,Báo cáo,nội bộ,375\n", "utf-8")

    totals = check(tmp_path / "a.csv", lambda row: said.append(row.detail or ""))

    assert totals == {"refused": 1}
    for column in (
        "target:3.2-c must be",
        "evidence_number must be",
        "evidence_issued_on is needed",
        "evidence_issuer",
    ):
        assert column in said[0]
