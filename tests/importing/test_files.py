"""Filled-in forms: what people and programs write in them is read as they meant it, or named as unreadable."""

import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.commands.imports.form import Filled
from app.commands.imports.lines import FileUnreadable, Line, Wrong
from app.commands.imports.sayings import SAYINGS, Say, said

NAMED = {"obligation": "6f2539a2-499b-5170-a3ef-88108fa8ca3c", "state": "in_progress", "summary": "Đang làm"}
CASES = Path(__file__).parent / "cases"


def filled(path: Path) -> tuple[list[Line], Filled]:
    """Read a form."""
    form = Filled(path, is_json=path.suffix == ".ndjson")
    return list(form.lines()), form


def read(path: Path, content: str, encoding: str = "utf-8") -> list[Line]:
    """Write a file and read its lines."""
    path.write_text(content, encoding, newline="")
    return filled(path)[0]


def items(path: Path) -> dict[int, Any]:
    """Read what was filled in of a file, by line."""
    return {line.number: line.item for line in filled(path)[0] if line.item or line.wrongs}


def sheet(path: Path, *rows: list[Any]) -> list[Line]:
    """Write a spreadsheet and read its lines."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    book.save(path)
    return filled(path)[0]


def says(line: Line) -> list[Say]:
    """Return what is wrong with a line."""
    assert line.item is None
    return [wrong.say for wrong in line.wrongs]


@pytest.mark.parametrize("name", ["pct.xlsx", "pct.ods", "strict.xlsx"])
def test_a_percentage_is_what_people_read_before_the_sign(name: str) -> None:
    lines = items(CASES / name)

    assert lines[3]["percent"] == 100
    assert [one["value"] for one in lines[4]["measurements"]] == [95, 100, 92.5, 5.6]


def test_a_day_is_read_from_a_date_and_from_a_text() -> None:
    assert [line["occurred_on"] for line in items(CASES / "dates2.xlsx").values()] == ["2026-05-11", "2026-11-25"]
    # Whether 5 November was typed, where months come first, nobody can see in the file: so it is said how it was read.
    _, form = filled(CASES / "dates2.xlsx")
    assert [(one.say, one.parts["cells"]) for one in form.form.remarks] == [(Say.MADE_DAYS, "J5 (11/05/2026)")]


@pytest.mark.parametrize(("name", "line"), [("title.xlsx", 5), ("col2.xlsx", 3), ("note.xlsx", 3)])
def test_a_title_and_columns_of_ones_own_are_no_harm(name: str, line: int) -> None:
    lines, form = filled(CASES / name)

    assert [(one.number, one.item["summary"]) for one in lines if one.item] == [(line, "Một dòng")]
    own = [one.parts["cells"] for one in form.form.remarks if one.say is Say.OWN_COLUMNS]
    assert own == (["V “Ghi chú”"] if name == "note.xlsx" else [])


def test_a_stray_quote_hurts_its_own_line_alone() -> None:
    lines, _ = filled(CASES / "bq.csv")

    assert [line.item["duty"] if line.item else says(line) for line in lines] == ["3.3", [Say.TORN], "3.6"]


def test_a_quote_that_is_never_closed_hurts_its_own_line_alone(tmp_path: Path) -> None:
    rows = ['completed,"một', *(f"completed,{n}" for n in range(2000)), 'completed,"hai ""ba"""']

    lines = read(tmp_path / "a.csv", "state,summary\n" + "\n".join(rows))

    assert says(lines[0]) == [Say.TORN]
    assert len(lines) == len(rows)
    assert [line.item["summary"] for line in lines[1:] if line.item][-2:] == ["1999", 'hai "ba"']


def test_utf_16_with_tabs_is_read_cell_by_cell() -> None:
    lines = {line.number: line for line in filled(CASES / "mix_tab_utf16.csv")[0]}

    assert (lines[3].item or {})["percent"] == 60
    assert (lines[4].item or {})["state"] == "completed"
    assert (lines[11].item, (lines[12].item)) == (None, None)
    assert [says(lines[n]) for n in (2, 7, 11, 12)] == [[Say.NO_PERCENT], [Say.ERROR], [Say.NO_DAY], [Say.NO_DAY]]


def test_bytes_that_no_encoding_explains_are_refused() -> None:
    with pytest.raises(FileUnreadable) as refused:
        filled(CASES / "mix_1258.csv")

    assert refused.value.remark.say is Say.ENCODING


def test_windows_1258_is_read_and_said(tmp_path: Path) -> None:
    # Windows writes the vowel and its tone apart.
    content = "state,summary\r\ncompleted,Đa\u0303 ho\u00e0n tha\u0300nh\r\n".encode("cp1258")
    (tmp_path / "a.csv").write_bytes(content)

    lines, form = filled(tmp_path / "a.csv")

    assert lines == [Line(2, 2, {"state": "completed", "summary": "Đã hoàn thành"})]
    assert [one.say for one in form.form.remarks] == [Say.WINDOWS_1258]


def test_a_line_of_json_is_an_item_and_anything_else_is_named(tmp_path: Path) -> None:
    lines = read(tmp_path / "a.ndjson", "\ufeff" + json.dumps(NAMED) + '\n\n[1]\n{"state"\n' + "[" * 100_000 + "\n{}")

    assert [(line.number, line.item, [one.say for one in line.wrongs]) for line in lines] == [
        (1, NAMED, []),
        (2, None, []),
        (3, None, [Say.NO_OBJECT]),
        (4, None, [Say.NO_JSON]),
        (5, None, [Say.NO_JSON]),
        (6, {}, []),
    ]


@pytest.mark.parametrize("value", ["NaN", "-Infinity", "1e999", '"\\ud800"', '"\\udc00\\ud800"', '{"\\ud83d": 1}'])
def test_a_line_that_cannot_be_sent_is_named_and_hurts_no_other(tmp_path: Path, value: str) -> None:
    lines = read(tmp_path / "a.ndjson", json.dumps(NAMED) + f'\n{{"state": {value}}}\n' + json.dumps(NAMED))

    assert [line.item for line in lines] == [NAMED, None, NAMED]
    assert says(lines[1]) == [Say.NOT_SENDABLE]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize(
    "headings", [("state", "summary"), ("Kết quả thực hiện", "TOM TAT KET QUA"), ("State", "Summary")]
)
def test_columns_are_known_by_any_of_their_names(tmp_path: Path, separator: str, headings: tuple[str, str]) -> None:
    content = separator.join(["obligation", *headings]) + "\r\n" + separator.join(NAMED.values())

    assert read(tmp_path / "a.csv", content, "utf-8-sig") == [Line(2, 2, NAMED)]


def test_a_first_line_may_say_what_parts_the_cells(tmp_path: Path) -> None:
    assert read(tmp_path / "a.csv", "sep=;\r\nstate;summary\r\ncompleted;một, hai\r\n") == [
        Line(3, 3, {"state": "completed", "summary": "một, hai"})
    ]


def test_a_line_is_numbered_by_where_it_begins_and_a_row_as_a_spreadsheet_shows_it(tmp_path: Path) -> None:
    lines = read(tmp_path / "a.csv", 'state,summary\ncompleted,"một\nhai"\ncompleted,ba\n')

    assert lines == [
        Line(2, 2, {"state": "completed", "summary": "một\nhai"}),
        Line(4, 3, {"state": "completed", "summary": "ba"}),
    ]


@pytest.mark.parametrize(
    ("column", "cell", "field", "value"),
    [
        ("state", "Đã hoàn thành", "state", "completed"),
        ("state", "\u00d0ã hoàn\u00a0thành", "state", "completed"),
        ("state", "ĐANG THỰC HIỆN", "state", "in_progress"),
        ("state", "dang thuc hien", "state", "in_progress"),
        ("state", "đang thực hiện", "state", "in_progress"),
        ("percent", "40 %", "percent", 40),
        ("percent", "40,0", "percent", 40),
        ("occurred_on", "5/11/2026", "occurred_on", "2026-11-05"),
        ("occurred_on", "2026-11-05", "occurred_on", "2026-11-05"),
        ("Ngày nhận báo cáo giấy", "14.6.2021", "received_on", "2021-06-14"),
        ("target:3.2-c", "93,5", "measurements", [{"target": "3.2-c", "value": 93.5}]),
        ("target:3.2-c", "5,6%", "measurements", [{"target": "3.2-c", "value": 5.6}]),
        ("target:3.2-c", "1.234,5", "measurements", [{"target": "3.2-c", "value": 1234.5}]),
        ("target:3.2-c", "0.125", "measurements", [{"target": "3.2-c", "value": 0.125}]),
        ("target:3.2-c", "0 vụ việc", "measurements", [{"target": "3.2-c", "cases": 0}]),
        ("target:3.2-c", "Không phát sinh", "measurements", [{"target": "3.2-c", "cases": 0}]),
        ("Chỉ tiêu G.1-A", "5", "measurements", [{"target": "G.1-A", "value": 5}]),
        ("summary", "  như đã gõ ", "summary", "  như đã gõ "),
        ("summary", "=1+1", "summary", "=1+1"),
    ],
)
def test_text_is_read_as_people_write_it(tmp_path: Path, column: str, cell: str, field: str, value: Any) -> None:
    (line,) = read(tmp_path / "a.csv", f'{column}\n"{cell}"\n')

    assert line.item == {field: value}


@pytest.mark.parametrize(
    ("column", "cell", "say"),
    [
        ("state", "xong", Say.NO_CHOICE),
        ("percent", "4o", Say.NO_PERCENT),
        ("percent", "95,5", Say.NO_PERCENT),
        ("percent", "101", Say.NO_PERCENT),
        ("target:3.2-c", "chín", Say.NO_FIGURE),
        ("target:3.2-c", "1.234", Say.THOUSANDS),
        ("target:3.2-c", "1.234.567", Say.THOUSANDS),
        ("target:3.2-c", "1234567890123456", Say.NO_FIGURE),
        ("occurred_on", "5/11/26", Say.NO_DAY),
        ("occurred_on", "31/02/2026", Say.NO_DAY),
        ("occurred_on", "11/25/2026", Say.NO_DAY),
        ("occurred_on", "46331", Say.NO_DAY),
        ("summary", "#N/A", Say.ERROR),
        ("summary", "§· hoµn thµnh viÖc", Say.OLD_FONT),
        ("state", "Ñaõ hoaøn thaønh", Say.OLD_FONT),
    ],
)
def test_a_cell_that_means_nothing_for_certain_is_refused(tmp_path: Path, column: str, cell: str, say: Say) -> None:
    (line,) = read(tmp_path / "a.csv", f'{column};evidence_title\n"{cell}";x\n')

    assert line.wrongs == (Wrong(say, column),)


@pytest.mark.parametrize("text", ["Zoë, Citroën", "diện tích 5 m² – 10 m³", "«Phòng» ở Đồng Tháp", "hoà, thuý, quân"])
def test_words_of_other_kinds_are_no_legacy_font(tmp_path: Path, text: str) -> None:
    (line,) = read(tmp_path / "a.csv", f'summary\n"{text}"\n')

    assert line.item == {"summary": text}


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


@pytest.mark.parametrize(
    ("column", "cell", "say"),
    [
        ("duty", 3.1, Say.A_NUMBER),
        ("duty", date(2026, 3, 10), Say.A_DAY),
        ("evidence_number", 375, Say.A_NUMBER),
        ("summary", "=1+1", Say.UNCOMPUTED),
        ("summary", "#REF!", Say.ERROR),
        ("summary", True, Say.A_BOOLEAN),
        ("occurred_on", 46331, Say.NO_DAY),
    ],
)
def test_a_cell_that_the_spreadsheet_has_changed_is_not_guessed(
    tmp_path: Path, column: str, cell: Any, say: Say
) -> None:
    (line,) = sheet(tmp_path / "a.xlsx", [column, "state"], [cell, "completed"])

    assert line.wrongs == (Wrong(say, column),)


def test_a_cell_below_no_heading_is_refused_by_its_letters(tmp_path: Path) -> None:
    (line,) = sheet(tmp_path / "a.xlsx", ["state", None, "summary"], ["completed", "lạc", "x"])

    assert line.wrongs == (Wrong(Say.NO_HEADING, letters="B"),)


def test_hidden_rows_are_read_and_said(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(["state", "summary"])
    page.append(["completed", "ẩn"])
    page.row_dimensions[2].hidden = True
    book.save(tmp_path / "a.xlsx")

    lines, form = filled(tmp_path / "a.xlsx")

    assert lines == [Line(2, 2, {"state": "completed", "summary": "ẩn"})]
    assert [(one.say, one.parts["cells"]) for one in form.form.remarks] == [(Say.HIDDEN_ROWS, "2")]


def test_headings_are_found_on_whichever_sheet_has_them_but_only_on_one(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Hướng dẫn"])
    for name in ("Báo cáo", "Bản sao"):
        page = book.create_sheet(name)
        page.append(["state", "summary"])
        page.append(["completed", name])
    del book["Bản sao"]
    book.save(tmp_path / "one.xlsx")
    book.copy_worksheet(book["Báo cáo"])
    book.save(tmp_path / "two.xlsx")

    assert items(tmp_path / "one.xlsx") == {2: {"state": "completed", "summary": "Báo cáo"}}
    with pytest.raises(FileUnreadable) as refused:
        filled(tmp_path / "two.xlsx")
    assert refused.value.remark.say is Say.TWO_SHEETS


def test_a_row_that_nobody_filled_in_is_blank(tmp_path: Path) -> None:
    (line,) = read(tmp_path / "a.csv", "obligation,duty,status,state,summary\nabc,3.2,quá hạn, ,\n")

    assert line == Line(2, 2)


def test_the_id_says_more_than_the_codes_beside_it(tmp_path: Path) -> None:
    (line,) = read(tmp_path / "a.csv", "obligation,cycle,duty,state\nabc,2026,3.2,completed\n")

    assert line.item == {"obligation": "abc", "state": "completed"}
    assert line.beside == {"cycle": "2026", "duty": "3.2"}


@pytest.mark.parametrize(
    ("content", "say"),
    [
        (b"", Say.NO_HEADINGS),
        (b"stae,percent_\n", Say.NO_HEADINGS),
        (b"state,sumary\n", Say.RESEMBLES),
        ("state,Kết quả thực hiện\n".encode(), Say.TWICE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, Say.OLD_FORM),
        (b"<html><table>", Say.NO_SPREADSHEET),
        (b"%PDF-1.7", Say.NO_SPREADSHEET),
        (b"PK\x03\x04", Say.DAMAGED),
        (b"state\n\x00\x01\xff\n", Say.ENCODING),
    ],
)
def test_a_file_that_would_lose_something_is_refused(tmp_path: Path, content: bytes, say: Say) -> None:
    (tmp_path / "a.csv").write_bytes(content)

    with pytest.raises(FileUnreadable) as refused:
        filled(tmp_path / "a.csv")

    assert refused.value.remark.say is say
    for vietnamese in (True, False):
        assert "{" not in said(say, vietnamese=vietnamese, **refused.value.remark.parts)


def test_a_damaged_sheet_is_refused_and_breaks_nothing(tmp_path: Path) -> None:
    path, broken = CASES / "pct.xlsx", tmp_path / "broken.xlsx"
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(broken, "w") as copy:
        for name in whole.namelist():
            content = whole.read(name)
            copy.writestr(name, content[: len(content) // 2] if name.endswith("sheet1.xml") else content)

    with pytest.raises(FileUnreadable) as refused:
        filled(broken)

    assert refused.value.remark.say is Say.DAMAGED


def test_everything_that_can_be_said_is_said_in_both_languages() -> None:
    assert set(SAYINGS) == set(Say)
    assert all(words.vi and words.en and words.vi != words.en for words in SAYINGS.values())


@pytest.mark.parametrize(
    ("figures", "scaled"),
    [
        (["1", "0", "1"], True),
        (["0", "0"], False),
        (["1", "40"], False),
        (["1%", "1%"], False),
    ],
)
def test_figures_that_are_all_at_most_one_look_scaled(tmp_path: Path, figures: list[str], scaled: bool) -> None:
    (tmp_path / "a.csv").write_text("percent,state\n" + "".join(f"{one},in_progress\n" for one in figures))

    assert filled(tmp_path / "a.csv")[1].scale.looks_wrong is scaled
