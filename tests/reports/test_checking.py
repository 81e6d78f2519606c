"""`dondoc verify --report FILE`: a report that came back is held against the record, cell by cell."""

import asyncio
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from typer.testing import CliRunner, Result

from app.cli import cli
from embedded_postgres import OWNER, Address
from tests.conftest import url_of
from tests.given import FIRST, Service
from tests.reports.living import FULL
from tests.reports.test_papers import document_of

DOCUMENT = "word/document.xml"


def edited(content: bytes, before: str, after: str) -> bytes:
    """Change some words of a document, as somebody could who opens it."""
    again = BytesIO()
    with ZipFile(BytesIO(content)) as made, ZipFile(again, "w") as kept:
        for name in made.namelist():
            part = made.read(name)
            if name == DOCUMENT:
                assert before.encode() in part
                part = part.replace(before.encode(), after.encode(), 1)
            kept.writestr(name, part)
    return again.getvalue()


async def verified(
    service: Service, address: Address, folder: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> Result:
    """Run the command as an operator does."""
    file = folder / "bao-cao.docx"
    await asyncio.to_thread(file.write_bytes, content)
    monkeypatch.setenv("DATABASE_OWNER_URL", url_of(address, OWNER, service.app.state.database.engine.url.database))
    return await asyncio.to_thread(CliRunner().invoke, cli, ["verify", "--report", str(file)])


async def test_a_report_is_intact_whether_it_was_signed_or_a_word_was_edited_and_altered_when_a_figure_was(
    told: Service, address: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = await document_of(told, FULL)

    untouched = await verified(told, address, tmp_path, content, monkeypatch)
    worded = edited(content, "Theo báo cáo của các cơ quan, đơn vị:", "Các cơ quan, đơn vị báo cáo:")
    reworded = await verified(told, address, tmp_path, worded, monkeypatch)
    falsified = edited(content, "Sở Y tế</w:t>", "Sở Ytế</w:t>")
    altered = await verified(told, address, tmp_path, falsified, monkeypatch)

    assert (untouched.exit_code, untouched.output.splitlines()[2:]) == (
        0,
        ["Figures: intact", "Paragraphs edited: 0"],
    )
    assert (reworded.exit_code, reworded.output.splitlines()[2:]) == (
        0,
        ["Figures: intact", "Paragraphs edited: 1"],
    )
    assert altered.exit_code == 1
    assert "Figures: ALTERED" in altered.output
    assert "the text itself, line 5: says 4 | Sở Ytế | " in altered.output


async def test_a_report_of_a_state_that_the_record_does_not_know_is_altered(
    told: Service, address: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = await document_of(told, FIRST)
    with ZipFile(BytesIO(content)) as made:
        digest = made.read("word/footnotes.xml").decode().partition("SHA-256 ")[2][:64]
    again = BytesIO()
    with ZipFile(BytesIO(content)) as made, ZipFile(again, "w") as kept:
        for name in made.namelist():
            kept.writestr(name, made.read(name).replace(digest.encode(), b"0" * 64))

    answer = await verified(told, address, tmp_path, again.getvalue(), monkeypatch)

    assert answer.exit_code == 1
    assert "Data: ALTERED" in answer.output


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.7"])
async def test_what_is_no_report_of_ours_is_said_to_be_none(
    told: Service, address: Address, tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await verified(told, address, tmp_path, content, monkeypatch)

    assert answer.exit_code == 1
    assert "no report" in answer.output
