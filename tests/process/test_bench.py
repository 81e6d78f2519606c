"""`make bench` runs to its end and reports every part, on next to no data; no time is asserted."""

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from app.settings import ROOT

pytestmark = pytest.mark.load

TRY = {"SIZE": "tiny", "SECONDS": "0.1", "ROUNDS": "1", "CONNECTIONS": "2"}
WANTED = {"T1": 2, "T2": 2, "T3": 1, "T4": 1, "T5": 1, "T6": 2, "T7": 1, "T8": 2, "T9": 2, "T10": 2}


def bench(results: Path, *parts: str) -> str:
    """Run the benchmark, and return what it prints."""
    ended = subprocess.run(  # noqa: S603  Our own command.
        [sys.executable, "-m", "bench", *parts],
        env=os.environ | TRY | {"RESULTS": str(results)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_every_part_is_measured_beside_its_limit(tmp_path: Path) -> None:
    printed = bench(tmp_path)

    kept = json.loads((tmp_path / "tiny.json").read_text("utf-8"))
    found = [one["part"] for one in kept["findings"]]
    assert {part: found.count(part) for part in found} == WANTED
    assert all(one["ratio"] > 0 for one in kept["findings"])
    assert [part for part in WANTED if f"| {part} |" not in printed] == []
    for side in kept["measured"]:
        assert min(*side["per_second"], *side["p50_ms"], *side["p99_ms"], side["size"]) > 0, side
        assert side["unexpected"] == {}, side
    # What the service asks of the database is counted, but for other sizes; a limit is not asked.
    counted = {side["name"] for side in kept["measured"] if side["statements"]}
    assert {"overdue page of 100", "update", "evidence file of 1 MB"} <= counted
    assert all(side["turns"] <= side["statements"] + 1 for side in kept["measured"] if side["statements"])
    assert len(kept["compared"]) == 10
    drawn = ET.fromstring((tmp_path / "tiny.svg").read_text("utf-8"))  # noqa: S314  Our own.
    assert len(drawn.findall("{http://www.w3.org/2000/svg}text")) == 2 * len(kept["compared"])
