"""What is accepted as a file: what it says it is, all of it, and nothing that could do harm."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import FileRefused
from app.domain.files import MediaType
from app.inspection import process
from app.inspection.process import inspect
from app.inspection.reasons import WORDS, Reason, fault_of
from tests.api.asking import problem_of, rows_of
from tests.files import image, office, pdf
from tests.given import TRAINING, Service
from tests.hostile_files import HOSTILE, pdf_with

TYPES = {
    "pdf": MediaType.PDF,
    "png": MediaType.PNG,
    "jpeg": MediaType.JPEG,
    "docx": MediaType.DOCX,
    "xlsx": MediaType.XLSX,
}
HONEST: dict[str, tuple[str, bytes]] = {
    "a PDF of one page": ("pdf", pdf()),
    "a PDF with a link": (
        "pdf",
        pdf_with(page=b"/Annots [<< /Subtype /Link /A << /S /URI /URI (https://example.org) >> >>]"),
    ),
    "a PDF that opens at a page": ("pdf", pdf_with(catalog=b"/OpenAction [3 0 R /Fit]")),
    "a PDF that goes to a page": ("pdf", pdf_with(catalog=b"/OpenAction << /S /GoTo /D [3 0 R /Fit] >>")),
    "a PDF with a form": ("pdf", pdf_with(catalog=b"/AcroForm << /Fields [] >>")),
    "a PNG": ("png", image("PNG")),
    "a large PNG": ("png", image("PNG", size=(3000, 2000))),
    "a JPEG": ("jpeg", image("JPEG")),
    "a photograph": ("jpeg", image("JPEG", size=(4000, 3000), quality=90)),
    "a document": ("docx", office()),
    "a document with a link": (
        "docx",
        office(relations=[("hyperlink", "https://example.org", "External"), ("styles", "styles.xml", "Internal")]),
    ),
    "a document with a picture": ("docx", office(parts={"word/media/image1.png": image("PNG")})),
    "a document of many words": ("docx", office(parts={"word/a.xml": b"<a>" + b"tre em " * 100_000 + b"</a>"})),
    "a sheet": ("xlsx", office("xlsx", parts={"xl/worksheets/sheet1.xml": b"<worksheet/>"})),
}


async def reason_of(folder: Path, kind: str, content: bytes) -> Reason | None:
    """Return why a file is refused, if it is."""
    path = folder / "file"
    path.write_bytes(content)
    try:
        await inspect(path, TYPES[kind])
    except FileRefused as refused:
        return next(reason for reason in Reason if fault_of(reason) == refused.faults[0])
    return None


@pytest.mark.parametrize("name", HONEST)
async def test_an_honest_file_is_accepted(tmp_path: Path, name: str) -> None:
    assert await reason_of(tmp_path, *HONEST[name]) is None


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_file_is_refused_with_the_reason(tmp_path: Path, name: str) -> None:
    kind, content, reason = HOSTILE[name]

    assert await reason_of(tmp_path, kind, content) is reason


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("content", [b"", b"\0", b"\xff" * 5000, b"PK\x03\x04", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n"])
async def test_rubbish_is_refused(tmp_path: Path, kind: str, content: bytes) -> None:
    assert await reason_of(tmp_path, kind, content) is not None


async def test_every_reason_has_a_file_that_meets_it() -> None:
    assert {reason for _, _, reason in HOSTILE.values()} == set(Reason) - {Reason.VIRUS}


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("a document with macros under another name", MediaType.DOCX), ("half a PDF", MediaType.PDF)],
)
async def test_what_is_refused_leaves_nothing(service: Service, name: str, media_type: MediaType) -> None:
    kind, content, reason = HOSTILE[name]
    announced = await service.police.announce(TRAINING, content, media_type=media_type, file_name=f"bao-cao.{kind}")
    before = await rows_of(service)

    response = await service.police.put(announced.json()["id"], content, headers={"Content-Type": media_type})

    problem = problem_of(response, 422, "file-refused")
    assert problem["errors"] == [{"pointer": "", "detail": WORDS[reason].en}]
    assert await rows_of(service) == before


async def test_an_official_reads_in_vietnamese_what_to_do(service: Service) -> None:
    _, content, reason = HOSTILE["a document with a macro project"]
    announced = await service.police.announce(TRAINING, content, media_type=MediaType.DOCX, file_name="bao-cao.docx")

    headers = {"Content-Type": MediaType.DOCX, "Accept-Language": "vi"}
    response = await service.police.put(announced.json()["id"], content, headers=headers)

    assert problem_of(response, 422, "file-refused")["errors"] == [{"pointer": "", "detail": WORDS[reason].vi}]


@pytest.mark.parametrize(("kind", "media_type"), TYPES.items())
async def test_each_kind_of_file_can_be_evidence(service: Service, kind: str, media_type: MediaType) -> None:
    content = next(content for of, content in HONEST.values() if of == kind)

    shown = await service.police.upload(TRAINING, content, media_type=media_type, file_name=f"bao-cao.{kind}")

    assert shown["content"]["size"] == len(content)


async def test_an_inspection_that_takes_too_long_ends_in_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "SECONDS", 0.001)

    assert await reason_of(tmp_path, "pdf", pdf()) is Reason.UNREADABLE


async def test_an_inspector_knows_nothing_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[dict[str, Any]] = []
    create = asyncio.create_subprocess_exec

    async def spy(*command: str, **options: Any) -> asyncio.subprocess.Process:
        started.append(options)
        return await create(*command, **options)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", spy)
    await reason_of(tmp_path, "pdf", pdf())

    assert [options["env"] for options in started] == [{}]
