"""`dondoc backup` while a service runs and `dondoc restore` elsewhere: it goes on, and erased things stay erased."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.files import pdf
from tests.given import FILE, INVESTIGATION, TRAINING
from tests.process.running import Running, lay_out

pytestmark = pytest.mark.load

COMMON = {"DONDOC_ISSUER": "http://dondoc.test"}
"""One public address for both: a token names it, and is good wherever the keys are."""
ERASURE = {"reason": "Theo yêu cầu của gia đình.", "legal_basis": "Luật 91/2025/QH15, Điều 14"}


@pytest.fixture
def services(tmp_path: Path) -> Iterator[tuple[Running, Running]]:
    """Give a service that runs, and another one whose data is not there yet."""
    folders = tmp_path / "here", tmp_path / "there"
    for folder in folders:
        folder.mkdir()
    lay_out(folders[0])
    here, there = (Running(folder, **COMMON) for folder in folders)
    try:
        here.start()
        yield here, there
    finally:
        for one in (here, there):
            one.stop()
            one.http.close()


def post(service: Running, who: str, path: str, sent: Any) -> Any:
    answer = service.http.post(path, json=sent, headers={"Authorization": f"Bearer {service.token(who)}"})
    assert answer.is_success, answer.text
    return answer.json()


def filed(service: Running, obligation: object, content: bytes) -> str:
    """Attach a file to an obligation of the police, and return its id."""
    announced = post(service, "cong-an", f"/v1/obligations/{obligation}/evidence", FILE | {"size": len(content)})
    headers = {"Authorization": f"Bearer {service.token('cong-an')}", "Content-Type": "application/pdf"}
    path = f"/v1/evidence/{announced['id']}/content"
    assert service.http.put(path, content=content, headers=headers).status_code == 200
    return str(announced["id"])


def content(service: Running, evidence: str, token: str) -> httpx.Response:
    return service.http.get(f"/v1/evidence/{evidence}/content", headers={"Authorization": f"Bearer {token}"})


def test_a_backup_of_a_running_service_is_restored_elsewhere_and_what_was_erased_since_is_erased_again(
    services: tuple[Running, Running], tmp_path: Path
) -> None:
    here, there = services
    kept, goes = filed(here, INVESTIGATION, pdf("kept")), filed(here, TRAINING, pdf("goes"))
    before = here.get("coordinator", f"/v1/obligations/{INVESTIGATION}/history")

    assert "2 files" in here.dondoc("backup", tmp_path / "backup")
    post(here, "coordinator", f"/v1/evidence/{goes}/erasure", ERASURE)
    (tmp_path / "erased").write_text(here.dondoc("evidence", "erased"), "utf-8")
    token, clients = here.token("cong-an"), (here.data_dir / "clients.json").read_text()
    here.stop()
    assert "is whole" in there.dondoc("backup", tmp_path / "backup", "--check")
    said = there.dondoc("restore", tmp_path / "backup", "--erased", tmp_path / "erased")

    assert "1 evidence that was erased since is erased again" in said
    assert "Events: intact" in there.dondoc("verify")
    there.start()
    assert content(there, kept, token).content == pdf("kept")
    assert content(there, goes, token).status_code == 410
    assert [path.read_bytes() for path in there.data_dir.glob("evidence/files/*/*")] == [pdf("kept")]
    # Clients have their secrets as before, which a backup does not tell.
    assert not (there.data_dir / "clients.json").exists()
    (there.data_dir / "clients.json").write_text(clients)
    assert there.get("coordinator", f"/v1/obligations/{INVESTIGATION}/history") == before
    [*_, erasure] = there.get("coordinator", f"/v1/obligations/{TRAINING}/history")["items"]
    assert (erasure["act"], erasure["reason"]) == ("erasure", ERASURE["reason"])


def test_what_is_no_list_of_erasures_is_refused_before_anything_is_restored(tmp_path: Path) -> None:
    service = Running(tmp_path / "data")
    service.http.close()
    assert "cannot be read" in service.dondoc("restore", tmp_path, "--erased", tmp_path / "none", status=1)
    for line in ("x", "[]", '{"evidence": "x"}', json.dumps({"evidence": str(TRAINING), "client": 1} | ERASURE)):
        (tmp_path / "erased").write_text(f"{line}\n", "utf-8")
        said = service.dondoc("restore", tmp_path, "--erased", tmp_path / "erased", status=1)
        assert said.strip() == "Line 1 is none that `dondoc evidence erased` has written."
    assert not service.data_dir.exists()
