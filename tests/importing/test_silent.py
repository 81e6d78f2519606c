"""What would be recorded otherwise than people typed it, without a word, is refused by its cell."""

import io
import signal
import zipfile
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import range_boundaries

from app.commands.imports import faults
from app.commands.imports.figures import Unclear, figure_of
from app.commands.imports.form import Filled
from app.commands.imports.limits import TOO_LARGE
from app.commands.imports.lines import FileUnreadable, Form, Line, Wrong
from app.commands.imports.meaning import contradictions
from app.commands.imports.reading import _refuse_unless_read, read_form
from app.commands.imports.sayings import Say
from app.domain.errors import Fault, MalformedContent, NotFound, Refusal, ServiceUnavailable
from app.spreadsheets.cells import Kind
from app.spreadsheets.xlsx import _Style


def lines_of(path: Path, content: str | bytes, **how: Any) -> list[Line]:
    """Write a file and read its lines."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(Filled(path, **how).lines())


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("1.250", Unclear),
        ("1,250", Unclear),
        ("-1,250", Unclear),
        ("1,250 %", Unclear),
        ("1,25", Decimal("1.25")),
        ("0,125", Decimal("0.125")),
        ("0.125", Decimal("0.125")),
        ("1250", Decimal(1250)),
        ("1250,125", Decimal("1250.125")),
        ("1.250,5", Decimal("1250.5")),
        ("1 250", Decimal(1250)),
        ("1\u00a0250\u00a0000,5", Decimal("1250000.5")),
        ("1\u202f250", Decimal(1250)),
        (" 60 % ", Decimal(60)),
        ("6 0", None),
        ("9 5", None),
        ("9\n5", None),
        ("1\n250", None),
        ("1\t250", None),
        ("1 25", None),
        ("1 2500", None),
        ("1250 250", None),
        ("92, 5", None),
        ("92 ,5", None),
        ("- 5", None),
        ("5 %%", None),
    ],
)
def test_a_figure_means_one_thing_or_nothing(text: str, figure: Any) -> None:
    if figure is Unclear:
        with pytest.raises(Unclear):
            figure_of(text)
    else:
        assert figure_of(text) == figure


@pytest.mark.parametrize(
    ("text", "is_error"),
    [
        *((one, True) for one in ("#GETTING_DATA", "#BLOCKED!", "#FIELD!", "#CONNECT!", "#DIV/0!", "#N/A", " #REF! ")),
        *((one, True) for one in ("Err:502", "Err:522")),
        *((one, False) for one in ("#1", "Err:5", "#N/A vì chưa có số liệu", "Error 502")),
    ],
)
def test_an_error_of_a_spreadsheet_is_no_text(tmp_path: Path, text: str, is_error: bool) -> None:
    (line,) = lines_of(tmp_path / "a.csv", f'state;summary\ncompleted;"{text}"\n')

    assert line.wrongs == ((Wrong(Say.ERROR, "summary"),) if is_error else ())


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("0%", Kind.PERCENT),
        ("0.0 %", Kind.PERCENT),
        ('0"%"%', Kind.PERCENT),
        ("0*%", Kind.NUMBER),
        ("0.0_%", Kind.NUMBER),
        ('0"%"', Kind.NUMBER),
        ("0\\%", Kind.NUMBER),
        ("[$%-42A]0", Kind.NUMBER),
        ("0* %", Kind.PERCENT),
    ],
)
def test_a_percent_sign_multiplies_where_a_spreadsheet_would(code: str, kind: Kind) -> None:
    assert _Style(code, epoch_1904=False).read("0.6").kind is kind


@pytest.mark.parametrize(
    ("spelled", "text"),
    [
        ("một_x000D_\nhai", "một\nhai"),
        ("một_x0009_hai", "một\thai"),
        ("_x005F_x000D_", "_x000D_"),
        ("_x000d_x", "\rx"),
        ("a_x12_", "a_x12_"),
        ("_xD800_", "_xD800_"),
    ],
)
def test_what_a_workbook_spells_by_its_number_is_read_as_what_it_is(tmp_path: Path, spelled: str, text: str) -> None:
    (line,) = lines_of(tmp_path / "a.xlsx", workbook(["state", "summary"], ["completed", spelled]))

    assert line.item == {"state": "completed", "summary": text}


def workbook(*rows: list[Any], merged: Sequence[str] = ()) -> bytes:
    """Spell rows as XLSX."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    for one in merged:
        book.worksheets[0].merge_cells(one)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        # The last columns are often empty, so that only an empty cell stands over.
        ("3.1,completed,92,5,", [(Say.SURPLUS, "E")]),
        ("3.1,completed,92,5,x", [(Say.SURPLUS, "E")]),
        ("3.1,completed,1,250,5,", [(Say.SURPLUS, "E")]),
        ("3.1,completed,,,", [(Say.SURPLUS, "E")]),
        ('3.1,completed,"92,5",', []),
        ("3.1,completed", []),
        ("3.1,,,,,", []),
        (",,,,,,", []),
    ],
)
def test_a_line_with_more_cells_than_the_heading_is_refused_by_the_first_of_them(
    tmp_path: Path, rows: str, says: list[tuple[Say, str]]
) -> None:
    found = lines_of(tmp_path / "a.csv", f"duty,state,target:1,summary\n{rows}\n3.2,completed,7,x\n")

    assert [(one.say, one.letters) for line in found for one in line.wrongs] == says
    assert (found[-1].item or {})["duty"] == "3.2"


def test_empty_cells_at_the_end_are_no_harm_where_the_heading_has_them_too(tmp_path: Path) -> None:
    (line,) = lines_of(tmp_path / "a.csv", "state;summary;;\ncompleted;x;;\n")

    assert line.item == {"state": "completed", "summary": "x"}


T = "torn"


@pytest.mark.parametrize(
    ("rows", "summaries"),
    [
        ('3.1,completed,"một\n3.2,completed,hai"\n3.3,completed,ba', [T, 'hai"', "ba"]),
        ('3.1,completed,"một\n3.2,completed,"hai\n3.3,completed,ba', [T, T, "ba"]),
        ('3.1,"completed,một\n3.2,completed",hai\n3.3,completed,ba', [T, T, "ba"]),
        ('3.1,completed,"một" hai\n3.3,completed,ba', [T, "ba"]),
        ('3.1,completed,ống 5" và 6"\n3.3,completed,ba', ['ống 5" và 6"', "ba"]),
        ('3.1,completed,ống 5"\n3.3,completed,6" ba', ['ống 5"', '6" ba']),
        ('3.1,completed,"một, hai\nba, bốn, năm\nsáu"\n3.3,completed,ba', ["một, hai\nba, bốn, năm\nsáu", "ba"]),
        ('3.1,completed,"gọi là ""một""\nhai"\n3.3,completed,"ba"', ['gọi là "một"\nhai', "ba"]),
    ],
)
def test_two_stray_quotes_swallow_no_line(tmp_path: Path, rows: str, summaries: list[str]) -> None:
    found = lines_of(tmp_path / "a.csv", f"duty,state,summary\n{rows}\n")

    assert [line.item["summary"] if line.item else T for line in found] == summaries


UNNAMED = MalformedContent(None, Fault("", "must name its obligation by obligation, or by plan, cycle, duty and owner"))


@pytest.mark.parametrize(
    ("columns", "item", "refusal", "cells"),
    [
        ("cycle duty owner state", {"cycle": "2026", "duty": "3.1", "owner": "x"}, NotFound(), ["A7", "B7", "C7"]),
        ("obligation duty state", {"obligation": "a"}, NotFound(), ["A7"]),
        ("", {"cycle": "2026", "duty": "3.1", "owner": "x"}, NotFound(), [None] * 3),
        ("cycle duty owner state", {"duty": "3.1", "owner": "x"}, UNNAMED, ["A7"]),
        ("cycle duty owner state", {"duty": "3.1"}, UNNAMED, ["A7", "C7"]),
        ("obligation state", {}, UNNAMED, ["A7"]),
        ("state", {}, UNNAMED, [None]),
    ],
)
def test_an_obligation_that_is_not_found_is_said_by_the_cells_that_name_it(
    columns: str, item: dict[str, str], refusal: Refusal, cells: list[str | None]
) -> None:
    keys = columns.split()
    form = Form({key: "ABCD"[n] for n, key in enumerate(keys)}, {key: key.upper() for key in keys})

    for vietnamese, advice in ((True, "hãy|cần"), (False, "copy|by obligation")):
        told = faults.of_refusal(form, Line(7, 7, {"plan": "p", **item}), refusal, vietnamese=vietnamese)

        assert [one.cell for one in told] == cells
        assert all(any(word in one.detail for word in advice.split("|")) for one in told)
        assert all(one.heading == (one.column or "").upper() for one in told if one.cell)


NAMES = {"plan": "115", "cycle": "2026", "duty": "3.2", "owner": "cong-an"}


@pytest.mark.parametrize(
    ("beside", "wrong"),
    [
        ({}, []),
        ({"duty": "3.2", "cycle": "2026", "owner": "CONG-AN", "plan": "115"}, []),
        ({"duty": "3.20"}, ["duty"]),
        ({"cycle": "2025", "owner": "so-y-te", "duty": "3.2"}, ["cycle", "owner"]),
        ({"plan": "116"}, ["plan"]),
    ],
)
def test_codes_beside_an_id_must_be_those_of_its_obligation(
    tmp_path: Path, beside: dict[str, str], wrong: list[str]
) -> None:
    keys, cells = ",".join(["obligation", "state", *beside]), ",".join(["abc", "completed", *beside.values()])

    (line,) = lines_of(tmp_path / "a.csv", f"{keys}\n{cells}\n")
    found = contradictions(line.beside, NAMES)

    assert line.item == {"obligation": "abc", "state": "completed"}
    assert [one.key for one in found] == wrong
    told = faults.of_reading(Form({}, {}), Line(2, 2, wrongs=found), vietnamese=True)
    assert all(beside[one.column or ""] in one.detail and NAMES[one.column or ""] in one.detail for one in told)


HEADINGS = ["Nhiệm vụ", "Kết quả thực hiện", "Tóm tắt kết quả", "Ghi chú"]
ROWS: list[list[Any]] = [["3.1", "completed", "một", "x"], ["3.2", None, None, "y"], ["3.3", "completed", "ba", None]]
MERGES: dict[str, tuple[list[str], list[str | None]]] = {
    "down": (["B3:C4"], ["B3:C4", "B3:C4", None]),
    "a code": (["A3:A4"], ["A3:A4", None, None]),
    "to the right": (["B5:C5"], [None, None, "B5:C5"]),
    "a title": (["A1:D1"], [None, None, None]),
    "an own column": (["D3:D5"], [None, None, None]),
    "below": (["A9:D9"], [None, None, None]),
}


@pytest.mark.parametrize("name", MERGES)
@pytest.mark.parametrize("spelled", ["xlsx", "ods"])
def test_a_line_among_merged_cells_is_refused_with_their_range(tmp_path: Path, name: str, spelled: str) -> None:
    ranges, expected = MERGES[name]
    rows: list[list[Any]] = [["CÔNG AN"], HEADINGS, *ROWS]
    found = lines_of(tmp_path / "a", (workbook if spelled == "xlsx" else table)(*rows, merged=ranges))

    assert [one.wrongs[0].parts["cells"] if one.wrongs else None for one in found] == expected


def table(*rows: list[Any], merged: Sequence[str] = ()) -> bytes:
    """Spell rows as ODS."""
    spans = {one.partition(":")[0]: range_boundaries(one) for one in merged}

    def cell(column: int, row: int, text: str | None) -> str:
        left, top, right, bottom = (n or 1 for n in spans.get(f"{'ABCD'[column]}{row}", (1, 1, 1, 1)))
        wide, high = right - left + 1, bottom - top + 1
        span = f' table:number-columns-spanned="{wide}" table:number-rows-spanned="{high}"' if wide * high > 1 else ""
        return f"<table:table-cell{span}>" + (f"<text:p>{text}</text:p>" if text else "") + "</table:table-cell>"

    spelled = "".join(
        f"<table:table-row>{''.join(cell(n, row, text) for n, text in enumerate(cells))}</table:table-row>"
        for row, cells in enumerate(rows, start=1)
    )
    names = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", f"<office:x {names}><table:table>{spelled}</table:table></office:x>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("ended", "refusal"),
    [
        (0, None),
        (TOO_LARGE, FileUnreadable),
        (-signal.SIGXCPU, FileUnreadable),
        (-signal.SIGKILL, ServiceUnavailable),
        (-signal.SIGSEGV, ServiceUnavailable),
        (1, ServiceUnavailable),
    ],
)
def test_only_what_the_limits_end_is_too_large(ended: int, refusal: type[Exception] | None) -> None:
    with pytest.raises(refusal) if refusal else nullcontext():
        _refuse_unless_read(ended)


async def test_a_reader_that_takes_too_long_says_nothing_of_the_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.commands.imports.reading.SECONDS", 0.0)
    (tmp_path / "a.csv").write_text("state\ncompleted\n")

    with pytest.raises(ServiceUnavailable) as refused:
        await read_form(tmp_path / "a.csv", is_json=False, as_is=False)

    assert refused.value.wait_seconds


@pytest.mark.parametrize(
    ("code", "day", "unclear"),
    [
        ("mm/dd/yyyy", date(2026, 5, 11), True),
        ("m/d/yy", date(2026, 5, 11), True),
        ("mm-dd-yy", date(2026, 5, 11), True),
        ("[$-409]mmm d, yyyy", date(2026, 5, 11), True),
        ("mm/dd/yyyy", date(2026, 11, 25), False),
        ("mm/dd/yyyy", date(2026, 5, 5), False),
        ("dd/mm/yyyy", date(2026, 5, 11), False),
    ],
)
def test_a_day_that_is_shown_with_its_month_first_is_asked_about(
    tmp_path: Path, code: str, day: date, unclear: bool
) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["state", "occurred_on"])
    book.worksheets[0].append(["completed", day])
    book.worksheets[0]["B2"].number_format = code
    book.save(tmp_path / "a.xlsx")

    (asked,) = Filled(tmp_path / "a.xlsx").lines()
    (meant,) = Filled(tmp_path / "a.xlsx", as_is=True).lines()

    assert asked.wrongs == ((Wrong(Say.MONTH_FIRST, "occurred_on"),) if unclear else ())
    assert (meant.item or {})["occurred_on"] == day.isoformat()


@pytest.mark.parametrize(("order", "unclear"), [("month day year", True), ("day month year", False)])
@pytest.mark.parametrize("where", ["cell", "column", "parent"])
def test_a_day_of_ods_that_is_shown_with_its_month_first_is_asked_about(
    tmp_path: Path, order: str, unclear: bool, where: str
) -> None:
    shown = "".join(f"<number:{one}/>" for one in order.split())
    styles = f'<number:date-style style:name="N1">{shown}</number:date-style>'
    styles += '<style:style style:name="day" style:data-style-name="N1"/>'
    styles += '<style:style style:name="ce1" style:parent-style-name="day"/>'
    style = {"cell": "day", "column": "", "parent": "ce1"}[where]
    day = f'<table:table-cell table:style-name="{style}" office:value-type="date" office:date-value="2026-05-11"/>'
    names = ("office", "table", "text", "number", "style")
    content = table(["state", "occurred_on"], ["completed", "DAY"])
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(tmp_path / "a.ods", "w") as package:
        text = made.read("content.xml").decode()
        text = text.replace("<office:x ", "<office:x " + " ".join(f'xmlns:{n}="urn:{n}"' for n in names[3:]) + " ")
        text = text.replace("<table:table>", styles + "<table:table><table:table-column/><table:table-column COLUMN/>")
        column = 'table:default-cell-style-name="day"' if where == "column" else ""
        text = text.replace("COLUMN", column).replace("<table:table-cell><text:p>DAY</text:p></table:table-cell>", day)
        package.writestr("mimetype", made.read("mimetype"))
        package.writestr("content.xml", text)

    (asked,) = Filled(tmp_path / "a.ods").lines()

    assert asked.wrongs == ((Wrong(Say.MONTH_FIRST, "occurred_on"),) if unclear else ())


def test_what_a_formula_computes_is_rounded_to_what_the_service_keeps(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(["state", "target:3.2-c", "target:3.2-d"])
    page.append(["completed", 2 / 3, 200 / 3])
    page["B2"].number_format = "0%"
    book.save(tmp_path / "a.xlsx")

    (line,) = Filled(tmp_path / "a.xlsx").lines()

    assert [one["value"] for one in (line.item or {})["measurements"]] == [66.666667, 66.666667]


def test_an_own_column_whose_heading_is_personal_is_named_by_its_letter(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("state,Nguyễn Văn A 10 tuổi 0912345678,Ghi chú\ncompleted,x,y\n")
    form = Filled(tmp_path / "a.csv")
    list(form.lines())

    assert [one.parts["cells"] for one in form.form.remarks] == ["B, C “Ghi chú”"]
