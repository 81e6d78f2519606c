"""One sheet in forty spellings: each says the same twelve updates, or is refused in one clear sentence with a cell."""

import csv
import io
import unicodedata
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.commands.imports.form import Filled
from app.commands.imports.sayings import Say

HEADINGS = ["Kỳ báo cáo", "Nhiệm vụ", "Mã cơ quan chủ trì", "Kết quả thực hiện", "Tỷ lệ hoàn thành (%)"]
HEADINGS += ["Tóm tắt kết quả", "Ngày thực hiện", "Chỉ tiêu 3.2-c"]
Table = list[list[Any]]


def table(
    *, percent: str = "{}", share: str = "92,5", day: str = "{:%d/%m/%Y}", state: str = "đang thực hiện"
) -> Table:
    """Spell the sheet: twelve lines, each on another duty."""
    rows = [
        ["2026", f"3.{n}", "cong-an", state, percent.format(n * 5), f"Đã làm việc {n}", day.format(_day(n)), share]
        for n in range(1, 13)
    ]
    return [HEADINGS, *rows]


def _day(n: int) -> date:
    return date(2026, 11, n)


UPDATES = [
    {
        "cycle": "2026",
        "duty": f"3.{n}",
        "owner": "cong-an",
        "state": "in_progress",
        "percent": n * 5,
        "summary": f"Đã làm việc {n}",
        "occurred_on": f"2026-11-{n:02}",
        "measurements": [{"target": "3.2-c", "value": 92.5}],
    }
    for n in range(1, 13)
]


def delimited(rows: Table, separator: str = ",", encoding: str = "utf-8", first: str = "") -> bytes:
    """Spell a table as CSV."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return (first + text.getvalue()).encode(encoding)


def workbook(rows: Table, change: Callable[[Any], None] = lambda _: None, **formats: str) -> bytes:
    """Spell a table as XLSX; `formats` are the number formats of columns."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in rows:
        page.append(row)
    for letter, code in formats.items():
        for cell in page[letter]:
            cell.number_format = code
    change(page)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def typed(rows: Table, **columns: Callable[[Any], Any]) -> Table:
    """Make the cells of some columns, by letter, other than texts."""
    places = {ord(letter) - ord("A"): make for letter, make in columns.items()}
    made = [[places[n](cell) if n in places else cell for n, cell in enumerate(row)] for row in rows[1:]]
    return [rows[0], *made]


def real_day(text: str) -> date:
    """Make a date of a text."""
    day, month, year = map(int, text.split("/"))
    return date(year, month, day)


def _hide(page: Any) -> None:
    page.row_dimensions[4].hidden = True


def _guide(page: Any) -> None:
    page.parent.create_sheet("Hướng dẫn", 0).append(["Cách điền"])


def _format_far_below(page: Any) -> None:
    page["A5000"].number_format = "@"


def _merged_title(page: Any) -> None:
    page.insert_rows(1, 2)
    page["A1"] = "CÔNG AN THÀNH PHỐ"
    page.merge_cells("A1:H1")


def _own(page: Any) -> None:
    page["I1"], page["I5"] = "Ghi chú", "của phòng"


def _blank_rows(page: Any) -> None:
    page.insert_rows(5, 3)


def _nfd(rows: Table) -> Table:
    # What people wrote is passed on as it is; only the words that we know are folded.
    return [[unicodedata.normalize("NFD", one) for one in rows[0]], *rows[1:]]


SAME: dict[str, bytes] = {
    "comma": delimited(table()),
    "semicolon": delimited(table(), ";"),
    "tab": delimited(table(), "\t"),
    "BOM": delimited(table(), encoding="utf-8-sig"),
    "UTF-16": delimited(table(), "\t", "utf-16"),
    "sep": delimited(table(), ";", first="sep=;\r\n"),
    "sep with BOM": delimited(table(), ";", "utf-8-sig", first="sep=;\r\n"),
    "Unix": delimited(table()).replace(b"\r\n", b"\n"),
    "no last line end": delimited(table()).rstrip(),
    "percent signs": delimited(table(percent="{}%")),
    "spaced percent signs": delimited(table(percent="{} %")),
    "decimal points": delimited(table(share="92.5")),
    "shares with signs": delimited(table(share="92,5%")),
    "ISO days": delimited(table(day="{:%Y-%m-%d}")),
    "days with points": delimited(table(day="{:%d.%m.%Y}")),
    "days with dashes": delimited(table(day="{:%d-%m-%Y}")),
    "toneless states": delimited(table(state="dang thuc hien")),
    "capital states": delimited(table(state="ĐANG THỰC HIỆN")),
    "another D": delimited(table(state="\u00d0ang thực hiện")),
    "an Icelandic d": delimited(table(state="\u00f0ang thực hiện")),
    "decomposed states": delimited(table(state=unicodedata.normalize("NFD", "đang thực hiện"))),
    "hard spaces": delimited(table(state="đang\u00a0thực\u00a0hiện")),
    "codes of states": delimited(table(state="in_progress")),
    "decomposed headings": delimited(_nfd(table())),
    "title lines": delimited([["CÔNG AN THÀNH PHỐ"], [], *table()]),
    "own column": delimited([[*row, note] for row, note in zip(table(), ["Ghi chú", *["x"] * 12], strict=True)]),
    "columns turned round": delimited([row[::-1] for row in table()]),
    "texts in a workbook": workbook(table()),
    "numbers in a workbook": workbook(typed(table(), E=int, H=lambda _: 92.5, A=int)),
    "formats in a workbook": workbook(typed(table(), E=lambda n: int(n) / 100, H=lambda _: 0.925), E="0%", H="0.00%"),
    "real days": workbook(typed(table(), G=real_day), G="dd/mm/yyyy"),
    "hidden row": workbook(table(), _hide),
    "guide first": workbook(table(), _guide),
    "format far below": workbook(table(), _format_far_below),
    "merged title": workbook(table(), _merged_title),
    "own column in a workbook": workbook(table(), _own),
    "blank rows": workbook(table(), _blank_rows),
    "Strict": b"strict",
    "windows-1258": b"cp1258",
}


def _strict(path: Path) -> bytes:
    """Spell the workbook in the namespaces of Strict Open XML."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(table()))) as book, zipfile.ZipFile(out, "w") as strict:
        for name in book.namelist():
            content = book.read(name)
            content = content.replace(
                b"schemas.openxmlformats.org/spreadsheetml/2006", b"purl.oclc.org/ooxml/spreadsheetml"
            )
            content = content.replace(
                b"schemas.openxmlformats.org/officeDocument/2006", b"purl.oclc.org/ooxml/officeDocument"
            )
            strict.writestr(name, content)
    return out.getvalue()


def _windows(_: Path) -> bytes:
    """Spell the sheet as Windows does: with the tones behind their vowels."""
    tones = "\u0300\u0301\u0303\u0309\u0323"

    def apart(letter: str) -> str:
        pair = unicodedata.normalize("NFD", letter)
        base = unicodedata.normalize("NFC", "".join(c for c in pair if c not in tones))
        return base + "".join(c for c in pair if c in tones)

    return "".join(map(apart, delimited(table()).decode())).encode("cp1258")


MADE = {"Strict": _strict, "windows-1258": _windows}


@pytest.mark.parametrize("name", SAME)
def test_it_says_the_same_however_it_is_spelled(tmp_path: Path, name: str) -> None:
    path = tmp_path / "form"
    path.write_bytes(MADE[name](path) if name in MADE else SAME[name])

    items = [line.item for line in Filled(path).lines() if line.item or line.wrongs]

    assert items == UPDATES


UNCLEAR: dict[str, tuple[bytes, Say, str]] = {
    "serial day": (workbook(typed(table(), G=lambda _: 46331)), Say.NO_DAY, "occurred_on"),
    "two-digit year": (delimited(table(day="{:%d/%m/%y}")), Say.NO_DAY, "occurred_on"),
    "codes as numbers": (workbook(typed(table(), B=float)), Say.A_NUMBER, "duty"),
    "errors": (workbook(typed(table(), F=lambda _: "#N/A")), Say.ERROR, "summary"),
    "formulas": (workbook(typed(table(), F=lambda _: "=A1")), Say.UNCOMPUTED, "summary"),
    "another word": (delimited(table(state="xong")), Say.NO_CHOICE, "state"),
    "thousands": (delimited(table(share="1.234")), Say.THOUSANDS, "target:3.2-c"),
    "old font": (delimited(table(state="Ñang thöïc hieän")), Say.OLD_FONT, "state"),
}


@pytest.mark.parametrize("name", UNCLEAR)
def test_what_may_mean_two_things_is_refused_by_its_cell(tmp_path: Path, name: str) -> None:
    content, say, key = UNCLEAR[name]
    (tmp_path / "form").write_bytes(content)
    form = Filled(tmp_path / "form")

    lines = list(form.lines())

    assert [[(one.say, one.key) for one in line.wrongs] for line in lines] == [[(say, key)]] * 12
    assert form.form.letters[key] in "ABCDEFGH"


def test_a_merged_heading_is_refused_by_the_cell_below_it(tmp_path: Path) -> None:
    (tmp_path / "form").write_bytes(workbook(table(), lambda page: page.merge_cells("E1:F1")))

    lines = list(Filled(tmp_path / "form").lines())

    assert {one.letters for line in lines for one in line.wrongs if one.say is Say.NO_HEADING} == {"F"}
