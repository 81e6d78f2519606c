"""README's tour is run as written, and every answer is what README shows, but for what changes with every run."""

import os
import re
import subprocess
import sys
from pathlib import Path

from app.settings import ROOT
from tests.process.running import running

README = ROOT / "README.md"
VOLATILE = [
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "RANDOM-ID"),
    (r'"(request_id)": "[0-9a-f]{32}"', r'"\1": "…"'),
    (r"(client_secret=)\S+", r"\1…"),
    (r"20(?:2[6-9]|[3-9]\d)-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z", "NOW"),
    (r'"days_overdue": [1-9]\d*', '"days_overdue": N'),
]


def blocks(kind: str) -> list[str]:
    """Return README's code blocks of a kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```", README.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def steps() -> list[tuple[str, str]]:
    """Return each command of the tour with the answer that README shows."""
    return [split(part) for block in blocks("console") for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]


def split(part: str) -> tuple[str, str]:
    """Split a step where its command ends: at the first line that leaves no quote open."""
    lines = part.splitlines(keepends=True)
    for n in range(1, len(lines) + 1):
        command = "".join(lines[:n])
        if command.count("'") % 2 == 0:
            return command, "".join(lines[n:])
    raise AssertionError("an open quote in README")


def masked(text: str) -> str:
    """Replace what differs between two runs."""
    for volatile, name in VOLATILE:
        text = re.sub(volatile, name, text)
    return text.strip()


def run_tour(data_dir: Path, port: int) -> list[tuple[str, str, str]]:
    """Run the tour in one shell; return each command, what README shows, and what came."""
    tour = steps()
    setup = blocks("sh")[1]
    script = "\n".join([setup, *(f"{command}\nprintf '\\1'" for command, _ in tour)])
    local = script.replace("http://127.0.0.1:8000", f"http://127.0.0.1:{port}").replace(".dondoc/", f"{data_dir}/")
    local = local.replace(".venv/bin/dondoc", str(Path(sys.executable).with_name("dondoc")))
    # This interpreter, and not one behind a wrapper that looks for a version each time.
    first = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"DONDOC_DATA_DIR": str(data_dir), "PATH": first}
    ended = subprocess.run(  # noqa: S603  README's own commands.
        ["/bin/sh", "-c", local], capture_output=True, text=True, check=True, env=environment
    )
    came = ended.stdout.split("\1")
    return [(command, shown, answer) for (command, shown), answer in zip(tour, came, strict=False)]


def test_the_tour_answers_as_readme_shows(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        for command, shown, came in run_tour(tmp_path, service.port):
            assert masked(came) == masked(shown), command
