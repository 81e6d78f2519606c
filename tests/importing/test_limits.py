"""Files that cost more than they hold: bombs, and rows that hold nothing."""

import resource
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import openpyxl
import pytest

from app.commands.imports.form import Filled
from app.commands.imports.lines import FileUnreadable
from app.commands.imports.sayings import Say

GIB = 1024**3
CASES = Path(__file__).parent / "cases"


def repacked(into: Path, rows: str) -> Path:
    """Write a form whose sheet has more rows than a person typed."""
    with zipfile.ZipFile(CASES / "pct.xlsx") as whole, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in whole.namelist():
            content = whole.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(b"</sheetData>", rows.encode() + b"</sheetData>")
            copy.writestr(name, content)
    return into


def processor_seconds(path: Path) -> tuple[float, str]:
    """Read a form in a process of its own; return what it cost, and how it ended."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    read = subprocess.run(  # noqa: S603  Our own program.
        [sys.executable, "-m", "app.commands.imports", path, "table"], capture_output=True, text=True, check=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, read.stdout.splitlines()[-1]


def test_a_million_formatted_rows_behind_the_last_one_cost_no_more_than_looking_at_their_bytes(tmp_path: Path) -> None:
    few = repacked(tmp_path / "few.xlsx", "")
    many = repacked(
        tmp_path / "many.xlsx", "".join(f'<row r="{n}" s="1"><c r="A{n}" s="1"/></row>' for n in range(13, 1_000_013))
    )

    lines = [line.item for line in Filled(many).lines() if line.item]
    costs = processor_seconds(many)[0] - processor_seconds(few)[0]

    assert lines == [line.item for line in Filled(few).lines() if line.item]
    assert len(lines) == 2
    # Parsing as many elements takes several times as long; a watchdog, not a measurement.
    assert costs < 2


def zeros(blocks: int) -> bytes:
    """Pack zeros, 64 MiB a block: what ends in a full flush stands for itself, so that one block is packed for all."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(64 * 1024 * 1024)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * blocks + packer.flush()


def bomb(into: Path, packed: bytes, says: int, *names: str) -> Path:
    """Write a form with parts that are packed already, and whose directory says how large they are unpacked."""
    with zipfile.ZipFile(CASES / "pct.xlsx") as whole, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in {*whole.namelist()} - {*names}:
            copy.writestr(name, whole.read(name))
        for name in names:
            copy.writestr(name, packed, zipfile.ZIP_STORED)
    said = bytearray(into.read_bytes())
    for name in names:
        place = said.rindex(name.encode()) - 46
        said[place + 10 : place + 12] = struct.pack("<H", zipfile.ZIP_DEFLATED)
        said[place + 24 : place + 28] = struct.pack("<I", says)
    into.write_bytes(said)
    return into


def test_ten_gibibytes_that_say_so_are_refused_before_anything_is_unpacked(tmp_path: Path) -> None:
    path = bomb(tmp_path / "bomb.xlsx", zeros(1), 4 * GIB - 2, *(f"xl/media/zeros{n}.bin" for n in range(3)))

    with pytest.raises(FileUnreadable) as refused:
        list(Filled(path).lines())

    assert refused.value.remark.say is Say.TOO_LARGE
    assert processor_seconds(path)[0] < 2


def test_ten_gibibytes_that_say_that_they_are_few_are_read_no_further_than_they_say(tmp_path: Path) -> None:
    path = bomb(tmp_path / "bomb.xlsx", zeros(160), 1024 * 1024, "xl/worksheets/sheet1.xml")

    with pytest.raises(FileUnreadable) as refused:
        list(Filled(path).lines())

    assert refused.value.remark.say is Say.DAMAGED
    assert processor_seconds(path)[0] < 2


def test_entities_of_xml_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "laughs.xlsx"
    kind = b'<!DOCTYPE x [<!ENTITY a "ha">]>'
    with zipfile.ZipFile(CASES / "pct.xlsx") as whole, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in whole.namelist():
            content = whole.read(name)
            copy.writestr(name, content.replace(b"<worksheet", kind + b"<worksheet", 1))

    with pytest.raises(FileUnreadable) as refused:
        list(Filled(path).lines())

    assert refused.value.remark.say is Say.DAMAGED


def test_more_rows_than_one_file_may_have_are_refused(tmp_path: Path) -> None:
    with (tmp_path / "a.csv").open("w") as file:
        file.write("state\n")
        file.writelines("completed\n" for _ in range(250_000))

    with pytest.raises(FileUnreadable) as refused:
        for _ in Filled(tmp_path / "a.csv").lines():
            pass

    assert refused.value.remark.say is Say.TOO_LARGE


def test_a_workbook_with_nothing_in_it_has_no_headings(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "a.xlsx")

    with pytest.raises(FileUnreadable) as refused:
        list(Filled(tmp_path / "a.xlsx").lines())

    assert refused.value.remark.say is Say.NO_HEADINGS
