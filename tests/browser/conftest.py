"""One service and one browser for all stories, and what npm has for looking at pages."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.browser.browsing import CHROMIUM, Town, town

AXE, CHECKER = "axe-core@4.14.1", "html-validate@11.21.1"


@pytest.fixture(scope="session")
def place() -> Iterator[Town]:
    """Run a service and a browser for all stories; each acts on duties of its own."""
    if CHROMIUM is None:
        pytest.skip("there is no chromium here")
    with town() as there:
        yield there
    assert there.complaints == []


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Fetch axe-core, or skip and say so."""
    folder = tmp_path_factory.mktemp("axe")
    packed = _run(folder, "npm", "pack", "--silent", AXE)
    shutil.unpack_archive(folder / packed.stdout.split()[-1], folder)
    return Path(folder, "package", "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], str]:
    """Return what says what is wrong with the HTML of a folder's files, by the standard."""
    folder = tmp_path_factory.mktemp("checker")
    (folder / ".htmlvalidate.json").write_text(json.dumps({"root": True, "extends": ["html-validate:standard"]}))
    _run(folder, "npm", "install", "--silent", "--no-audit", "--no-fund", CHECKER)
    command: list[str | Path] = [
        folder / "node_modules" / ".bin" / "html-validate",
        "--config",
        folder / ".htmlvalidate.json",
    ]

    def check(pages: Path) -> str:
        files = sorted(map(str, pages.glob("*.html")))
        done = subprocess.run([*command, *files], capture_output=True, text=True, check=False)  # noqa: S603
        return done.stdout

    return check


def _run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("npm") is None:
        pytest.skip("there is no npm here")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603  Our own words.
    if done.returncode:
        pytest.skip("npm could not be reached")
    return done
