"""What would be recorded otherwise than people typed it, without a word, is refused by its cell."""

import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.commands.imports.figures import Unclear, figure_of
from app.commands.imports.form import Filled
from app.commands.imports.lines import Line, Wrong
from app.commands.imports.sayings import Say
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


def workbook(*rows: list[Any], change: Callable[[Any], None] = lambda _: None) -> bytes:
    """Spell rows as XLSX."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    change(book.worksheets[0])
    book.save(out)
    return out.getvalue()
