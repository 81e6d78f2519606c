"""The files of a seed: the real plan says what its source says, and mistakes are named by file and line."""

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from app.commands.seeds.reader import SeedInvalid, read
from app.settings import ROOT

REAL = ROOT / "seeds" / "115-kh-ubnd-2021"
MINI = ROOT / "tests" / "plans" / "mini"
ITEMS = range(40, 140)
"""The lines of source.txt that hold the 18 items."""


def test_every_text_stands_in_the_source_at_its_line() -> None:
    seed = read(REAL)

    for duty in seed.duties:
        line = seed.source[duty.source_line - 1]
        assert line.removeprefix("- ") == duty.text.removeprefix("- ") or line == f"13. {heading(line)}: {duty.text}"


def heading(line: str) -> str:
    """Return the heading of an item whose only duty stands on the same line."""
    return line.partition(". ")[2].partition(":")[0]


def test_every_bullet_of_the_18_items_is_a_duty_exactly_once() -> None:
    seed = read(REAL)
    headings = {body.source_line for body in seed.bodies}
    bullets = [n for n in ITEMS if n not in headings or ":" in seed.source[n - 1][:40]]

    covered = Counter(duty.source_line for duty in seed.duties if re.match(r"\d", duty.code))

    assert covered == Counter(dict.fromkeys(bullets, 1))
    assert len(bullets) == 83


def test_codes_count_the_bullets_of_their_body() -> None:
    seed = read(REAL)
    numbers = {body.code: body.no for body in seed.bodies}
    seen: Counter[str] = Counter()

    for duty in seed.duties:
        if duty.body:
            seen[duty.body] += 1
            assert duty.code == f"{numbers[duty.body]}.{seen[duty.body]}"


def test_the_real_plan_has_what_the_domain_says() -> None:
    seed = read(REAL)

    assert [body.no for body in seed.bodies] == list(range(1, 19))
    assert sum(len(body.members) for body in seed.bodies) == 15
    assert len(seed.duties) == 88
    assert len({owner for duty in seed.duties for owner in duty.owners}) == 30
    assert {d.code for d in seed.duties if d.condition and d.condition.scope == "whole"} == {
        "1.2", "1.10", "3.7", "7.1", "7.2",
    }  # fmt: skip
    assert {d.code for d in seed.duties if d.recurrence == "annual"} == {"18.3", "18.7", "F.1", "R.2"}
    assert {d.code for d in seed.duties if d.recurrence == "once"} == {"7.2", "G.1"}


def test_titles_are_short_and_differ() -> None:
    seed = read(REAL)

    for titles in ([d.title_vi for d in seed.duties], [d.title_en for d in seed.duties]):
        assert len(set(titles)) == 88
        assert all(len(title) <= 120 for title in titles)


MISTAKES = [
    ("duties.yaml", "kind: action", "kind: wish", r"duties.yaml:LINE: duties.1.kind: .*action"),
    ("duties.yaml", "owners: [van-phong]", "owners: [nobody]", r"duties.yaml:LINE: duties.0.owners.0: no such body"),
    ("duties.yaml", "owners: [xa-mot, xa-hai]", "owners: [cac-xa]", r"duties.yaml:LINE: .*is a group that has members"),
    ("duties.yaml", "text: Trồng cây", "text: Trồng  cây", r"duties.yaml:LINE: duties.1.text: is not, word for word"),
    ("duties.yaml", 'code: "2.1"', 'code: "1.1"', r"duties.yaml:LINE: duties.1.code: stands twice"),
    ("duties.yaml", "source_line: 5", "source_lines: 5", r"duties.yaml:LINE: duties.1.source_lines: Extra"),
    (
        "duties.yaml",
        "recurrence: cycle:2030-03-01",
        "recurrence: cycle:2031-03-01",
        r"duties.yaml:LINE: .*no such cycle",
    ),
    ("duties.yaml", "body: xa-mot", "body: xa-ba", r"duties.yaml:LINE: duties.0.partners.0.body: no such body"),
    ("duties.yaml", "marker: ít nhất 1.000", "marker: trên 90%", r"duties.yaml:LINE: .*is not in the duty's text"),
    ("bodies.yaml", "code: xa-hai", "code: xa-mot", r"bodies.yaml:\d+: .*stands twice"),
    (
        "bodies.yaml",
        "    force: requested\n",
        "    force: requested\n    force: directed\n",
        r"bodies.yaml:13: force: stands twice",
    ),
    ("plan.yaml", "due_before_on: 2030-03-01", "due_before_on: 2030-02-28", r"plan.yaml:10: cycles.0: must start"),
    ("plan.yaml", "Asia/Ho_Chi_Minh", "Asia/Saigon_City", r"plan.yaml:LINE: plan.time_zone: .*no IANA time zone"),
    ("plan.yaml", "cycles:", "cycles: [", r"plan.yaml:\d+: "),
    ("calendar.yaml", "[]", "[{on: tomorrow, name: X}]", r"calendar.yaml:LINE: holidays.0.on: "),
]


@pytest.mark.parametrize(("file", "right", "wrong", "complaint"), MISTAKES)
def test_a_mistake_is_named_by_file_and_line(tmp_path: Path, file: str, right: str, wrong: str, complaint: str) -> None:
    folder = shutil.copytree(MINI, tmp_path / "plan")
    text = (folder / file).read_text("utf-8")
    assert right in text
    (folder / file).write_text(text.replace(right, wrong, 1), "utf-8")

    line = text[: text.index(right)].count("\n") + 1
    with pytest.raises(SeedInvalid, match=complaint.replace("LINE", str(line))):
        read(folder)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = shutil.copytree(MINI, tmp_path / "plan")
    (folder / "duties.yaml").unlink()

    with pytest.raises(SeedInvalid, match=r"duties.yaml: no such file"):
        read(folder)
