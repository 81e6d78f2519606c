"""A virus scanner, when there is one, has the last word; when it has none, nothing is taken."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from app.inspection.clamav import CHUNK, Scanner
from app.inspection.reasons import WORDS, Reason
from app.settings import Settings
from tests.api.asking import problem_of, rows_of
from tests.clamd import EICAR, clamd
from tests.files import bound, pdf
from tests.given import TRAINING, Service

CLEAN = pdf("Biên bản", size=3 * CHUNK)
PAGES = [
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
]
INFECTED = bound([*PAGES, b"<< /Length %d >>\nstream\n%s\nendstream" % (len(EICAR), EICAR)])


def kept(service: Service) -> set[Path]:
    """Return every file and part that is kept."""
    folder: Path = service.app.state.settings.evidence_dir
    return {path for path in folder.rglob("*") if path.is_file()}


async def announced(service: Service, content: bytes) -> str:
    """Announce a file and return its id."""
    return str((await service.police.announce(TRAINING, content)).json()["id"])


async def test_what_the_scanner_calls_clean_is_taken_once_it_has_seen_every_byte(service: Service) -> None:
    async with clamd() as (scanner, address):
        service.app.state.scanner = Scanner(address)

        await service.police.upload(TRAINING, CLEAN)

    assert scanner.streams == [CLEAN]
    assert scanner.chunks == [3]


async def test_what_the_scanner_finds_is_refused_and_not_kept(service: Service) -> None:
    async with clamd() as (_, address):
        service.app.state.scanner = Scanner(address)
        evidence = await announced(service, INFECTED)
        before, files = await rows_of(service), kept(service)

        problem = problem_of(await service.police.put(evidence, INFECTED), 422, "file-refused")

    assert [fault["detail"] for fault in problem["errors"]] == [WORDS[Reason.VIRUS].en]
    assert (await rows_of(service), kept(service)) == (before, files)


async def test_without_a_scanner_the_same_file_is_one_like_any_other(service: Service) -> None:
    await service.police.upload(TRAINING, INFECTED)


async def test_while_the_scanner_is_away_nothing_is_taken(service: Service) -> None:
    async with clamd() as (_, address):
        evidence = await announced(service, CLEAN)
    service.app.state.scanner = Scanner(address)
    before, files = await rows_of(service), kept(service)

    problem_of(await service.police.put(evidence, CLEAN), 503, "service-unavailable")

    assert (await rows_of(service), kept(service)) == (before, files)
    async with clamd() as (_, address):
        service.app.state.scanner = Scanner(address)
        assert (await service.police.put(evidence, CLEAN)).status_code == 200


@pytest.mark.parametrize(
    "reply",
    [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: OK", b"UNKNOWN COMMAND\0", b"x" * 100_000, b"OK\0"],
)
async def test_whatever_the_scanner_says_that_is_no_verdict_takes_nothing(service: Service, reply: bytes) -> None:
    evidence = await announced(service, CLEAN)
    before, files = await rows_of(service), kept(service)

    async with clamd(reply=lambda _: reply) as (_, address):
        service.app.state.scanner = Scanner(address)
        problem_of(await service.police.put(evidence, CLEAN), 503, "service-unavailable")

    assert (await rows_of(service), kept(service)) == (before, files)


async def test_a_scanner_that_says_nothing_is_not_waited_for(service: Service) -> None:
    evidence = await announced(service, CLEAN)

    async with clamd() as (_, address):
        service.app.state.scanner = Scanner(address, seconds=0)
        problem_of(await service.police.put(evidence, CLEAN), 503, "service-unavailable")


async def test_a_scanner_can_listen_on_a_socket_in_a_folder(service: Service, tmp_path: Path) -> None:
    async with clamd(path=tmp_path / "clamd.ctl") as (scanner, address):
        service.app.state.scanner = Scanner(address)
        await service.police.upload(TRAINING, CLEAN)

    assert scanner.streams == [CLEAN]


def test_an_address_of_a_scanner_that_is_none_is_refused_at_the_start() -> None:
    assert Settings(clamav_address="clamav:3310").clamav_address == "clamav:3310"
    for wrong in ("clamav", "", "tcp://clamav:3310", "clamav:"):
        with pytest.raises(ValidationError):
            Settings(clamav_address=wrong)
