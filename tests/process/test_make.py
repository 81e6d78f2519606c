"""What developers type: `make` fits a screen, and `make dev` starts the service anew when a file of it changes."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from app import __version__
from app.settings import ROOT
from tests.process.running import Running, lay_out

pytestmark = pytest.mark.load

SERVED = ("app", "docs", "embedded_postgres", "migrations", "seeds")


class Developing(Running):
    """`make dev` in a copy of the repository."""

    def __init__(self, folder: Path, data_dir: Path) -> None:
        super().__init__(data_dir, PYTHONPATH=str(folder))
        for name in SERVED:
            shutil.copytree(ROOT / name, folder / name)
        shutil.copy(ROOT / "alembic.ini", folder)
        self.folder = folder

    def command(self) -> list[str | Path]:
        recipe = subprocess.run(["make", "--dry-run", "dev"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
        (line,) = (one for one in recipe.stdout.splitlines() if "watchfiles" in one)
        return ["/bin/sh", "-c", f"cd {self.folder}; {line.replace('.venv/bin/', f'{Path(sys.executable).parent}/')}"]

    def version(self) -> str | None:
        """Return which version answers, if one does."""
        try:
            answer = self.http.get("/", headers={"Accept": "application/json"})
        except httpx.TransportError:
            return None
        return str(answer.json()["version"]) if answer.status_code == 200 else None

    def interrupt(self) -> None:
        """Type Ctrl-C."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGINT)
        self.process.wait()


def test_the_help_of_make_fits_a_screen() -> None:
    told = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    lines = told.stdout.splitlines()

    assert 8 <= len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert {"dev", "run", "test", "check"} <= {line.split()[1] for line in lines}


def test_make_dev_serves_what_has_changed(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    service = Developing(tmp_path / "copy", tmp_path / "data")
    lay_out(service.data_dir)
    try:
        service.start()
        assert service.version() == __version__

        module = service.folder / "app" / "__init__.py"
        module.write_text(re.sub('__version__ = ".*"', '__version__ = "9.9.9"', module.read_text("utf-8")), "utf-8")

        while service.version() != "9.9.9":
            time.sleep(0.1)
            assert service.process
            assert service.process.poll() is None
    finally:
        service.interrupt()
        service.http.close()
    service.wait_until_let_go()
