"""Pages for people: where everything begins, and the guide as it stands in the repository."""

import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from urllib.parse import urljoin
from zipfile import ZipFile

import pytest

from app import __version__
from app.settings import ROOT
from app.web.guide import files
from tests.api.asking import problem_of
from tests.given import Service

PAGES = [
    "/",
    "/docs/guide",
    "/problems",
    "/problems/not-found",
    *(f"/docs/guide/{name}" for name in sorted(files()) if name),
]


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_runs_nothing_and_loads_nothing(service: Service, path: str) -> None:
    response = await service.http.get(path)

    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert re.search(r"<script|<img|<iframe|<link|\ssrc=|\sstyle=|\son\w+=", response.text) is None


@pytest.mark.parametrize("path", PAGES)
async def test_every_link_of_a_page_leads_somewhere_also_behind_a_prefix(service: Service, path: str) -> None:
    page = (await service.http.get(path)).text

    for link in map(unescape, re.findall(r'href="([^"]+)"', page)):
        if re.match("[a-z]+:", link):
            continue
        meant = urljoin(f"http://x/prefix{path}", link)
        assert meant.startswith("http://x/prefix/") or path.startswith("/problems"), link
        address, _, anchor = meant.replace("/prefix/", "/", 1).removeprefix("http://x").partition("#")
        led = await service.http.get(address)
        assert led.status_code == 200, link
        assert not anchor or f'id="{anchor}"' in led.text, link


async def test_the_beginning_leads_people_and_programs_to_the_same(service: Service) -> None:
    page = await service.http.get("/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    told = await service.http.get("/", headers={"Accept": "application/json"})

    assert told.json()["version"] == __version__
    assert set(told.json()["links"].values()) == set(re.findall('href="([^"]+)"', page.text))
    assert {"docs", "docs/guide"} < set(told.json()["links"].values())
    assert page.headers["vary"] == told.headers["vary"] == "Accept"


async def test_the_guide_is_what_stands_in_the_repository(service: Service) -> None:
    page = await service.http.get("/docs/guide/concepts")

    assert "<td>cơ quan chủ trì</td>" in page.text
    assert "<code>completed_on_time</code>" in page.text
    assert "test_" not in page.text


async def test_what_looks_like_html_in_the_guide_is_shown_as_text(service: Service) -> None:
    page = (await service.http.get("/docs/guide/webhooks")).text

    assert "&quot;timestamp&quot;" in page


@pytest.mark.parametrize(
    "name", ["README", "nothing", "../README", "%2e%2e/README", "concepts.md", "decisions/README", "a%00b", ""]
)
async def test_what_is_no_page_of_the_guide_is_not_found(service: Service, name: str) -> None:
    problem_of(await service.http.get(f"/docs/guide/{name}"), 404, "not-found")


async def test_the_interactive_documentation_leads_to_the_guide(service: Service) -> None:
    document = (await service.http.get("/openapi.json")).json()

    links = re.findall(r"\]\(([^)]+)\)", document["info"]["description"])
    assert [urljoin("http://x/prefix/docs", link) for link in links] == ["http://x/prefix/docs/guide"]
    assert document["info"]["version"] == __version__


def test_the_version_is_said_by_the_command() -> None:
    command = [str(Path(sys.executable).with_name("dondoc")), "--version"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  Our own command.

    assert ended.stdout == f"dondoc {__version__}\n"


def test_the_package_holds_the_guide_where_the_service_looks_for_it(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)  # noqa: S603  Our own package.

    (wheel,) = tmp_path.glob(f"dondoc-{__version__}-*.whl")
    held = set(ZipFile(wheel).namelist())
    assert {f"docs/{file}" for file in files().values()} <= held
    assert "app/web/guide.py" in held


def test_the_image_holds_the_guide_where_the_service_looks_for_it() -> None:
    copied = dict(re.findall(r"^COPY (\w+) /srv/dondoc/(\w+)$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE))

    assert copied["docs"] == "docs"
    assert {f"!{name}" for name in copied} <= set((ROOT / ".dockerignore").read_text("utf-8").splitlines())
