"""kill -9 in the midst of uploads: what is recorded is there to the last byte, and nothing else is left behind.

`DONDOC_UPLOADS=200` uploads as many files as was promised; without it some are uploaded, in the same way.
"""

import os
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.files import office, sha256
from tests.process.running import PATIENCE, Running, running
from tests.process.uploading import announce, caller, owned_by, send

pytestmark = pytest.mark.load

UPLOADS, WRITERS = int(os.environ.get("DONDOC_UPLOADS", "80")), 4
BODIES = ("so-ldtbxh", "so-gddt", "so-vhttdl", "ubnd-o-mon")
Kept = dict[str, bytes]
"""What was acknowledged: contents by the ids of their evidence."""


def test_no_upload_is_recorded_without_its_bytes_and_none_is_seen_half(tmp_path: Path) -> None:
    acknowledged: Kept = {}
    with running(tmp_path) as service, ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(write, service, body, acknowledged) for body in BODIES]
        wait_for(acknowledged, UPLOADS // 2, writers)
        service.kill()
        assert_whole(tmp_path)
        service.start()
        for writer in writers:
            writer.result()
        orphans = left_by_a_crash(tmp_path)

        said = service.dondoc("evidence", "tidy", "--older-than", "0")

        assert f"and {orphans} files" in said
        assert len(acknowledged) == UPLOADS
        with caller(service, "coordinator") as http:
            for evidence, content in acknowledged.items():
                assert http.get(f"/v1/evidence/{evidence}/content").content == content
    kept = {path.name.partition(".")[0] for path in files(tmp_path)}
    assert kept == {sha256(content) for content in acknowledged.values()}
    assert len(files(tmp_path)) == UPLOADS
    assert list((tmp_path / "evidence" / "parts").iterdir()) == []


def write(service: Running, body: str, acknowledged: Kept) -> None:
    """Upload one file after another, and repeat what got no answer."""
    share = UPLOADS // WRITERS
    with caller(service, body) as http:
        for number, obligation in enumerate(owned_by(service, body, share)):
            content = office(body=f"<w:body>{body} {number} {os.urandom(997 * number).hex()}</w:body>")
            evidence = until_done(partial(announce, http, obligation, content, key=obligation)).json()["id"]
            until_done(partial(send, http, evidence, content))
            acknowledged[evidence] = content


def until_done(call: Callable[[], httpx.Response]) -> httpx.Response:
    """Call until there is an answer that refuses nothing."""
    for _ in range(PATIENCE):
        try:
            answer = call()
        except httpx.TransportError:
            time.sleep(0.1)
            continue
        if answer.is_success:
            return answer
        assert answer.status_code in {409, 503}, answer.text
        time.sleep(0.1)
    raise AssertionError("an upload was never acknowledged")


def wait_for(acknowledged: Kept, target: int, writers: list[Future[None]]) -> None:
    """Let some uploads go through before the next crash."""
    while len(acknowledged) < target:
        for writer in writers:
            if writer.done():
                writer.result()
        time.sleep(0.01)


def files(folder: Path) -> list[Path]:
    """Return every file that stands under a name of the store."""
    return list((folder / "evidence" / "files").glob("??/*"))


def assert_whole(folder: Path) -> None:
    """Hold every file against the digest in its name."""
    for path in files(folder):
        assert sha256(path.read_bytes()) == path.name.partition(".")[0]


def left_by_a_crash(folder: Path) -> int:
    """Leave what a crash between the store and the database leaves, and say how much of it there is by now."""
    content = b"%PDF-1.7 that was never recorded"
    orphan = folder / "evidence" / "files" / "00" / f"{sha256(content)}.01a21300-4e78-7735-8146-e5ba8b7e7321"
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_bytes(content)
    (folder / "evidence" / "parts" / "half.part").write_bytes(content[:5])
    return len(files(folder)) - UPLOADS
