"""GET /v1/evidence/{id}/content and /reads: who is given the bytes of a file, how, and who is told of it."""

import asyncio
import base64
import hashlib
import shutil
from pathlib import Path
from typing import Any

import pytest

from app.database.engine import Database
from app.web.files.downloads import attachment
from tests.api.asking import problem_of
from tests.api.test_unavailable import FailsToCommit
from tests.files import pdf, sha256
from tests.given import LINK, TOURISTS, TRAINING, Service

CONTENT = pdf("Biên bản", size=5000)
EVERYBODY = ("police", "culture", "health", "court", "coordinator", "integrator", "admin")


async def uploaded(service: Service, **fields: Any) -> str:
    """Upload a file of the police's on a duty that culture coordinates, and return its id."""
    return str((await service.police.upload(TOURISTS, CONTENT, **fields))["id"])


async def reads_of(service: Service, evidence: str, **params: Any) -> list[dict[str, Any]]:
    """Return who was given the bytes."""
    response = await service.coordinator.get(f"/v1/evidence/{evidence}/reads", **params)
    assert response.status_code == 200, response.text
    items: list[dict[str, Any]] = response.json()["items"]
    return items


async def test_a_file_comes_back_byte_by_byte_as_an_attachment(service: Service) -> None:
    evidence = await uploaded(service, file_name="Biên bản số 1.pdf")

    response = await service.police.get(f"/v1/evidence/{evidence}/content")

    assert (response.status_code, response.content) == (200, CONTENT)
    digest = base64.b64encode(hashlib.sha256(CONTENT).digest()).decode()
    expected = {
        "content-type": "application/pdf",
        "content-length": "5000",
        "content-disposition": 'attachment; filename="Bien ban so 1.pdf"; '
        "filename*=UTF-8''Bi%C3%AAn%20b%E1%BA%A3n%20s%E1%BB%91%201.pdf",
        "etag": f'"{sha256(CONTENT)}"',
        "repr-digest": f"sha-256=:{digest}:",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
        "cache-control": "private, no-store",
        "accept-ranges": "bytes",
    }
    assert {name: response.headers[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("classification", "readers"),
    [
        ("public", {"police", "culture", "health", "coordinator", "integrator"}),
        ("internal", {"police", "culture", "health", "coordinator"}),
        ("restricted", {"police", "coordinator"}),
    ],
)
async def test_the_classification_says_who_is_given_the_bytes(
    service: Service, classification: str, readers: set[str]
) -> None:
    evidence = await uploaded(service, classification=classification)

    answers = {name: await getattr(service, name).get(f"/v1/evidence/{evidence}/content") for name in EVERYBODY}

    refused = dict.fromkeys(EVERYBODY, 404) | {"admin": 403}
    assert {name: answer.status_code for name, answer in answers.items()} == refused | dict.fromkeys(readers, 200)
    for name, answer in answers.items():
        if name not in readers | {"admin"}:
            problem_of(answer, 404, "not-found")
    assert {read["name"] for read in await reads_of(service, evidence)} == readers


@pytest.mark.parametrize("classification", ["public", "internal", "restricted"])
async def test_a_reporter_cannot_tell_anothers_evidence_from_none(service: Service, classification: str) -> None:
    there = await uploaded(service, classification=classification)
    absent = "00000000-0000-0000-0000-000000000000"

    for path in ("", "/content", "/reads"):
        answers = [await service.court.get(f"/v1/evidence/{one}{path}") for one in (there, absent)]
        shown = [(a.status_code, a.json() | {"request_id": ""}, sorted(a.headers)) for a in answers]
        assert shown[0] == shown[1]


async def test_every_time_that_bytes_are_given_is_recorded_and_shown_to_the_coordinator(service: Service) -> None:
    evidence = await uploaded(service)
    await service.police.get(f"/v1/evidence/{evidence}/content")
    await service.culture.get(f"/v1/evidence/{evidence}/content")

    latest, first = await reads_of(service, evidence)

    assert (latest["name"], latest["role"], latest["client"]) == ("culture", "reporter", str(service.culture.client_id))
    assert (first["name"], first["sha256"], first["received_at"]) == (
        "police",
        sha256(CONTENT),
        "2026-11-24T03:00:00Z",
    )


async def test_the_metadata_can_be_read_without_a_record(service: Service) -> None:
    evidence = await uploaded(service)

    await service.police.get(f"/v1/evidence/{evidence}")

    assert await reads_of(service, evidence) == []


async def test_whoever_asks_for_the_head_alone_is_given_nothing_and_so_recorded_by_nobody(service: Service) -> None:
    evidence = await uploaded(service)
    path, token = f"/v1/evidence/{evidence}/content", {"Authorization": f"Bearer {service.police.token()}"}

    head = await service.http.head(path, headers=token | {"Range": "bytes=0-3"})

    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(len(CONTENT)), b"")
    assert await reads_of(service, evidence) == []


@pytest.mark.parametrize("name", ["police", "culture", "integrator", "admin"])
async def test_only_the_coordinator_is_told_who_read(service: Service, name: str) -> None:
    evidence = await uploaded(service)

    problem_of(await getattr(service, name).get(f"/v1/evidence/{evidence}/reads"), 403, "not-allowed")


async def test_the_list_of_reads_comes_in_pages(service: Service) -> None:
    evidence = await uploaded(service)
    for _ in range(5):
        await service.police.get(f"/v1/evidence/{evidence}/content")
    path, seen, cursor = f"/v1/evidence/{evidence}/reads", [], None

    for size in (2, 2, 1):
        page = (await service.coordinator.get(path, limit=2, **({"cursor": cursor} if cursor else {}))).json()
        seen += [read["id"] for read in page["items"]]
        cursor = page["next_cursor"]
        assert len(page["items"]) == size

    assert cursor is None
    assert seen == [read["id"] for read in await reads_of(service, evidence)]


async def test_nothing_is_given_when_it_cannot_be_recorded(own_service: Service, own_database: Database) -> None:
    evidence = await uploaded(own_service)
    own_service.app.state.database = FailsToCommit(own_database.engine)

    response = await own_service.police.get(f"/v1/evidence/{evidence}/content")

    problem_of(response, 503, "service-unavailable")
    assert CONTENT[:100] not in response.content


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-99", 0, 100),
        ("bytes=4900-", 4900, 5000),
        ("bytes=-100", 4900, 5000),
        ("bytes=4990-9999", 4990, 5000),
        ("bytes=0-0", 0, 1),
        ("bytes=-9999", 0, 5000),
        ("bytes=0-4999", 0, 5000),
    ],
)
async def test_a_part_is_given_where_a_range_asks_for_it(service: Service, asked: str, start: int, end: int) -> None:
    evidence = await uploaded(service)

    response = await service.police.get(f"/v1/evidence/{evidence}/content", headers={"Range": asked})

    assert (response.status_code, response.content) == (206, CONTENT[start:end])
    assert response.headers["content-range"] == f"bytes {start}-{end - 1}/5000"
    assert response.headers["content-length"] == str(end - start)
    assert len(await reads_of(service, evidence)) == 1


@pytest.mark.parametrize("asked", ["bytes=5000-", "bytes=9999-10000", "bytes=-0"])
async def test_a_range_that_the_file_does_not_have_is_refused(service: Service, asked: str) -> None:
    evidence = await uploaded(service)

    response = await service.police.get(f"/v1/evidence/{evidence}/content", headers={"Range": asked})

    problem_of(response, 416, "range-not-satisfiable")
    assert response.headers["content-range"] == "bytes */5000"
    assert await reads_of(service, evidence) == []


@pytest.mark.parametrize(
    "asked", ["bytes=", "bytes=-", "bytes=9-5", "bytes=x-y", "items=0-1", "bytes=0-1,5-6", "bytes=" + "9" * 400 + "-"]
)
async def test_what_is_no_single_range_gives_the_whole(service: Service, asked: str) -> None:
    evidence = await uploaded(service)

    response = await service.police.get(f"/v1/evidence/{evidence}/content", headers={"Range": asked})

    assert (response.status_code, response.content) == (200, CONTENT)


@pytest.mark.parametrize(("condition", "status"), [("{tag}", 206), ('"other"', 200), ("W/{tag}", 200), ("Mon", 200)])
async def test_a_range_counts_only_for_the_bytes_that_it_was_meant_for(
    service: Service, condition: str, status: int
) -> None:
    evidence = await uploaded(service)
    headers = {"Range": "bytes=0-9", "If-Range": condition.format(tag=f'"{sha256(CONTENT)}"')}

    response = await service.police.get(f"/v1/evidence/{evidence}/content", headers=headers)

    assert response.status_code == status


async def test_who_has_the_bytes_is_given_none_and_that_is_no_read(service: Service) -> None:
    evidence = await uploaded(service)

    response = await service.police.get(
        f"/v1/evidence/{evidence}/content", headers={"If-None-Match": f'"{sha256(CONTENT)}"'}
    )

    assert (response.status_code, response.content) == (304, b"")
    assert await reads_of(service, evidence) == []


async def test_bytes_that_have_not_arrived_cannot_be_given(service: Service) -> None:
    evidence = (await service.police.announce(TRAINING, CONTENT)).json()["id"]

    problem_of(await service.police.get(f"/v1/evidence/{evidence}/content"), 404, "content-not-arrived")


async def test_a_link_has_no_bytes_to_give(service: Service) -> None:
    evidence = (await service.police.post(f"/v1/obligations/{TRAINING}/evidence", LINK)).json()["id"]

    problem_of(await service.police.get(f"/v1/evidence/{evidence}/content"), 409, "evidence-has-no-bytes")


async def test_bytes_that_were_lost_are_a_problem_and_no_half_file(service: Service) -> None:
    evidence = await uploaded(service)
    folder: Path = service.app.state.settings.evidence_dir / "files"
    await asyncio.to_thread(shutil.rmtree, folder)

    problem_of(await service.police.get(f"/v1/evidence/{evidence}/content"), 503, "service-unavailable")


def change(service: Service, content: bytes, at: int) -> None:
    """Change one byte of a file wherever it is kept."""
    folder: Path = service.app.state.settings.evidence_dir / "files"
    kept = list(folder.glob(f"*/{sha256(content)}.*"))
    assert kept
    changed = bytearray(content)
    changed[at] ^= 1
    for path in kept:
        path.write_bytes(changed)


@pytest.mark.parametrize("size", [5000, 3_000_000])
@pytest.mark.parametrize("asked", ["", "bytes=0-99", "bytes=100-199", "bytes=-100"])
@pytest.mark.parametrize("at", [0, 150, -1])
async def test_bytes_that_were_changed_on_the_disk_are_cut_off_before_their_end(
    service: Service, size: int, asked: str, at: int
) -> None:
    content = pdf("Biên bản", size=size)
    evidence = (await service.police.upload(TOURISTS, content))["id"]
    change(service, content, at)

    response = await service.police.get(f"/v1/evidence/{evidence}/content", headers={"Range": asked} if asked else {})

    assert len(response.content) < int(response.headers["content-length"])


@pytest.mark.parametrize("asked", [(0, 1), (70_000, 200_000), (2_999_999, 3_000_000), (0, 3_000_000)])
async def test_a_part_of_a_large_file_is_that_part(service: Service, asked: tuple[int, int]) -> None:
    content = pdf("Biên bản", size=3_000_000)
    evidence = (await service.police.upload(TOURISTS, content))["id"]

    headers = {"Range": f"bytes={asked[0]}-{asked[1] - 1}"}
    response = await service.police.get(f"/v1/evidence/{evidence}/content", headers=headers)

    assert response.content == content[slice(*asked)]


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("a.pdf", "attachment; filename=\"a.pdf\"; filename*=UTF-8''a.pdf"),
        ("Đơn.pdf", "attachment; filename=\"Don.pdf\"; filename*=UTF-8''%C4%90%C6%A1n.pdf"),
        ("a';b.pdf", "attachment; filename=\"ab.pdf\"; filename*=UTF-8''a%27%3Bb.pdf"),
        ("文.pdf", "attachment; filename=\".pdf\"; filename*=UTF-8''%E6%96%87.pdf"),
    ],
)
def test_the_name_is_spelled_for_the_old_and_for_all_others(name: str, spelled: str) -> None:
    assert attachment(name) == spelled
