"""How reports tell of a plan: every duty in one group, for a reason that stands in the plan; mistakes are named."""

import shutil
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.seeds.apply import apply
from app.commands.seeds.reader import SeedInvalid, read
from app.schemas.report_rules import ReportPart
from app.settings import ROOT
from embedded_postgres import Address
from tests.conftest import as_owner, create_database
from tests.given import TODAY

REAL = ROOT / "seeds" / "115-kh-ubnd-2021"
MINI = ROOT / "tests" / "plans" / "mini"
RULES = """\
letterhead: {body: Văn phòng, code: VP, place: Xã Một, signer: Chánh Văn phòng, recipients: [Xã Hai]}
parts: {funding: ["1.1"]}
groups:
  - {"no": 1, title: Trồng cây, source_lines: [5]}
duties:
  - {duty: "1.1", note: It reports on the whole.}
  - {duty: "2.1", group: 1, says: Trồng cây, in: 1.000 cây}
"""


def test_every_duty_of_the_real_plan_is_told_in_one_group_or_says_why_in_none() -> None:
    seed = read(REAL)
    rules = seed.reports

    assert [one.duty for one in rules.duties] == [duty.code for duty in seed.duties]
    assert [group.no for group in rules.groups] == list(range(1, 10))
    sizes = {None: 8, 1: 8, 2: 22, 3: 4, 4: 3, 5: 11, 6: 8, 7: 5, 8: 6, 9: 13}
    assert Counter(one.group for one in rules.duties) == sizes
    assert rules.duties_of(ReportPart.PROPOSALS) == {"1.10", "3.7"}


def test_the_groups_of_the_real_plan_are_all_of_its_section_two_and_begin_with_their_number() -> None:
    seed = read(REAL)

    lines = [number for group in seed.reports.groups for number in group.source_lines]
    assert lines == list(range(15, 40))
    assert all(seed.source[one.source_lines[0] - 1].startswith(f"{one.no}. ") for one in seed.reports.groups)


def test_duties_that_mirror_each_other_and_statements_of_liability_are_told_together() -> None:
    seed = read(REAL)
    group = seed.reports.group_of

    assert {group(duty.code) for duty in seed.duties if duty.kind == "liability"} == {9}
    assert [(duty.code, one) for duty in seed.duties for one in duty.mirrors if group(duty.code) != group(one)] == []


@pytest.mark.parametrize(
    ("right", "wrong", "complaint"),
    [
        ("says: Trồng cây", "says: Trồng lúa", r"reports.yaml:7: duties.1.says: is not in the duty's text"),
        ("in: 1.000 cây", "in: 2.000 cây", r"reports.yaml:7: duties.1.in: is not in a line of the group"),
        ('duty: "2.1", group: 1', 'duty: "2.1", group: 2', r"reports.yaml:7: duties.1.group: no such group"),
        ('{duty: "2.1", group: 1,', '{duty: "2.1",', r"reports.yaml:7: duties.1.group: is needed"),
        ('duty: "1.1"', 'duty: "2.1"', r"reports.yaml:7: duties.1.duty: stands twice"),
        ('duty: "1.1"', 'duty: "3.1"', r"reports.yaml:6: duties.0.duty: no such duty"),
        ('  - {duty: "1.1", note: It reports on the whole.}\n', "", r"reports.yaml:5: duties: leaves out 1.1"),
        (", note: It reports on the whole.", "", r"reports.yaml:6: duties.0.note: is needed"),
        ('funding: ["1.1"]', 'funding: ["9.1"]', r"reports.yaml:2: parts.funding.0: no such duty"),
        ("funding:", "finding:", r"reports.yaml:\d+: parts.finding"),
        ("recipients: [Xã Hai]", "recipients: []", r"reports.yaml:\d+: letterhead.recipients: .*at least 1"),
    ],
)
def test_a_mistake_is_named_by_file_and_line(tmp_path: Path, right: str, wrong: str, complaint: str) -> None:
    folder = shutil.copytree(MINI, tmp_path / "plan")
    assert right in RULES
    (folder / "reports.yaml").write_text(RULES.replace(right, wrong, 1), "utf-8")

    with pytest.raises(SeedInvalid, match=complaint):
        read(folder)


@pytest.fixture
async def owner(address: Address, migrated: str) -> AsyncIterator[AsyncConnection]:
    """Give an empty, migrated database to its owner."""
    name = f"rules_{uuid4().hex}"
    await create_database(address, name, migrated)
    async with as_owner(address, name) as connection:
        yield connection


async def test_the_seed_begins_the_letterhead_and_never_changes_it(owner: AsyncConnection, tmp_path: Path) -> None:
    folder, heads = shutil.copytree(MINI, tmp_path / "plan"), []
    for rules in (RULES, RULES.replace("code: VP", "code: VPHĐ")):
        (folder / "reports.yaml").write_text(rules, "utf-8")
        await apply(owner, read(folder), now=TODAY)
        heads.append((await owner.execute(text("SELECT code FROM letterhead"))).scalars().all())

    assert heads == [["VP"], ["VP"]]
