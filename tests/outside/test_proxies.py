"""Behind nginx and HAProxy, as docs/proxies has them: under a prefix, everything leads to where it is."""

import base64
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.settings import ROOT
from tests.outside.programs import every, private_folder, run
from tests.process.running import Running, free_port, lay_out

pytestmark = pytest.mark.proxies
PREFIX = "/ke-hoach"
FILES = ROOT / "docs" / "proxies"
PROGRAMS = {"nginx": ("nginx.conf", ["-c"], ["-t", "-c"]), "haproxy": ("haproxy.cfg", ["-f"], ["-c", "-f"])}


def needed(name: str) -> Path:
    """Find a proxy."""
    if not (found := every(name)):
        pytest.skip(f"NOT CHECKED: there is no {name} here")
    return found[-1]


@pytest.fixture(scope="module")
def ports() -> tuple[int, int]:
    return free_port(), free_port()


@pytest.fixture(scope="module", params=PROGRAMS)
def service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Run a service behind a proxy, under a prefix, and call it through that proxy."""
    program, public = needed(request.param), free_port()
    issuer = f"http://127.0.0.1:{public}{PREFIX}"
    data_dir = tmp_path_factory.mktemp("service")
    lay_out(data_dir)
    running = Running(data_dir, DONDOC_ISSUER=issuer, DONDOC_ADDRESS_LIMIT="3/minute")
    try:
        running.start()
        with proxied(program, request.param, public, running.port):
            running.http.close()
            running.http = httpx.Client(base_url=issuer, timeout=60)
            yield running
    finally:
        running.stop()
        running.http.close()


@contextmanager
def proxied(program: Path, kind: str, public: int, inner: int) -> Iterator[None]:
    """Run a proxy by the file that we hand out, with other ports and without its certificate."""
    file, words, check = PROGRAMS[kind]
    with private_folder() as folder:
        written = (FILES / file).read_text("utf-8")
        written = written.replace("127.0.0.1:8000", f"127.0.0.1:{inner}").replace("/ke-hoach", PREFIX)
        written = re.sub(r"^.*# With a certificate.*$\n", "", written, flags=re.MULTILINE)
        written = re.sub(r"127\.0\.0\.1:8080", f"127.0.0.1:{public}", written)
        (folder / file).write_text(written.replace("/run/dondoc-proxy", str(folder)))
        checked = subprocess.run([program, *check, folder / file], capture_output=True, text=True, check=False)  # noqa: S603
        assert checked.returncode == 0, checked.stderr
        with run([program, *words, folder / file], folder / "log", public):
            yield


def test_everything_leads_to_where_it_is(service: Running) -> None:
    token = service.token("coordinator")
    sent = {"Authorization": f"Bearer {token}"}
    page = service.http.get("/v1/obligations", params={"limit": 2}, headers=sent)
    (following,) = re.findall("<(.*)>", page.headers["link"])
    assert following.startswith(f"{PREFIX}/v1/obligations?")
    assert _from_root(service, following, sent).status_code == 200

    problem = service.http.get("/v1/plans/none", headers=sent)
    assert problem.json()["type"].startswith(f"{PREFIX}/problems/")
    assert _from_root(service, problem.json()["type"], {}).status_code == 200

    docs = service.http.get("/docs").text
    for path in re.findall(r'(?:href|src)="(/[^"]+)"', docs) + re.findall(r"url: '([^']+)'", docs):
        assert path.startswith(PREFIX)
        assert _from_root(service, path, {}).status_code == 200
    for path in re.findall('href="([^"]+)"', service.http.get("/problems").text):
        assert _from_root(service, path, {}).status_code == 200


def _from_root(service: Running, path: str, headers: dict[str, str]) -> httpx.Response:
    return httpx.get(service.http.base_url.copy_with(raw_path=path.encode()), headers=headers)


def test_where_something_was_made_is_told_as_it_is_seen_from_outside(service: Running) -> None:
    sent = {"Authorization": f"Bearer {service.token('admin')}"}
    made = service.http.post("/v1/clients", json={"name": "Cổng dữ liệu", "role": "integrator"}, headers=sent)

    assert made.status_code == 201, made.text
    assert _from_root(service, made.headers["location"], sent).status_code == 200


def test_the_document_and_the_metadata_name_the_public_address(service: Running) -> None:
    document, base = service.http.get("/openapi.json").json(), str(service.http.base_url).rstrip("/")
    flow = document["components"]["securitySchemes"]["clients"]["flows"]["clientCredentials"]
    assert document["servers"][0]["url"] == PREFIX
    assert flow["tokenUrl"] == f"{PREFIX}/v1/oauth/token"

    # RFC 8414, section 3.1: between the host and the path of the issuer.
    metadata = _from_root(service, f"/.well-known/oauth-authorization-server{PREFIX}", {}).json()
    assert metadata["issuer"] == base
    assert {metadata[name].startswith(f"{base}/") for name in metadata if name.endswith(("endpoint", "uri"))} == {True}
    assert httpx.get(metadata["jwks_uri"]).status_code == 200


def test_who_calls_is_whom_the_proxy_saw_and_not_who_the_caller_says(service: Running) -> None:
    def ask(number: int) -> int:
        """Ask for a token with a wrong secret, each time as somebody else."""
        proof = base64.b64encode(b"3dff274a-a9f4-425f-ac24-cd5c9d64db17:no").decode()
        pretended: dict[str, Any] = {
            "Authorization": f"Basic {proof}",
            "X-Forwarded-For": f"198.51.100.{number}",
            "Forwarded": f"for=198.51.100.{number}",
        }
        return service.http.post(
            "/v1/oauth/token", data={"grant_type": "client_credentials"}, headers=pretended
        ).status_code

    assert [ask(number) for number in range(8)][-3:] == [429, 429, 429]


def test_probes_may_ask_for_the_head_alone(service: Running) -> None:
    for path in ("/healthz", "/readyz", "/docs", "/openapi.json"):
        answer = service.http.head(path)
        assert (answer.status_code, answer.content) == (200, b"")
