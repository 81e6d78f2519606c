"""PUT /v1/evidence/{id}/content: how much may come, how slowly, and into how little room."""

import asyncio
import errno
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.stores.parts import Part
from tests.api.asking import problem_of, rows_of
from tests.api.test_upload import FIRST, announced
from tests.files import pdf
from tests.given import TOURISTS, TRAINING, Service


def with_limits(service: Service, **limits: Any) -> None:
    """Serve with other limits."""
    service.app.state.settings = service.app.state.settings.model_copy(update=limits)


async def test_a_stream_without_a_length_is_cut_at_what_was_announced(service: Service) -> None:
    evidence, sent = await announced(service), 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65536
            yield b"x" * 65536

    response = await service.police.put(evidence, endless())

    problem_of(response, 422, "content-differs")
    assert sent <= 4 * 65536


async def test_a_quota_of_an_obligation_is_not_exceeded(service: Service) -> None:
    with_limits(service, obligation_quota_mib=1)
    large = pdf("Lớn", size=700_000)
    await service.police.upload(TOURISTS, large)

    evidence = (await service.culture.announce(TOURISTS, large)).json()["id"]
    problem_of(await service.culture.put(evidence, large), 409, "quota-reached")

    await service.police.upload(TRAINING, large)


async def test_a_quota_of_a_client_is_not_exceeded(service: Service) -> None:
    with_limits(service, client_quota_mib=1)
    large = pdf("Lớn", size=700_000)
    await service.police.upload(TOURISTS, large)

    problem_of(await service.police.put(await announced(service, large), large), 409, "quota-reached")

    await service.culture.upload(TOURISTS, large)


async def test_a_sender_that_falls_silent_is_cut_off(service: Service, folder: Path) -> None:
    with_limits(service, upload_patience=0.05)

    async def silent() -> AsyncIterator[bytes]:
        yield FIRST[:10]
        await asyncio.Event().wait()

    problem_of(await service.police.put(await announced(service), silent()), 408, "upload-too-slow")
    assert list((folder / "parts").iterdir()) == []


async def test_a_sender_that_drips_is_cut_off(service: Service) -> None:
    with_limits(service, upload_patience=0.05, upload_rate=1_000_000)
    content = pdf(size=10_000)

    async def drip() -> AsyncIterator[bytes]:
        for place in range(0, len(content), 100):
            yield content[place : place + 100]
            await asyncio.sleep(0.01)

    problem_of(await service.police.put(await announced(service, content), drip()), 408, "upload-too-slow")


async def test_a_full_disk_is_told_and_leaves_nothing(
    service: Service, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence = await announced(service)
    before = await rows_of(service)

    def full(_part: Part, _data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Part, "write", full)
        response = await service.police.put(evidence, FIRST)

    problem_of(response, 507, "storage-full")
    assert await rows_of(service) == before
    assert list((folder / "parts").iterdir()) == []
    assert (await service.police.put(evidence, FIRST)).status_code == 200
