"""Applying a seed: it shows what changes, changes nothing twice, and never drops what has history."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.seeds.apply import SeedRefused, apply
from app.commands.seeds.reader import read
from app.models import Client, Cycle, DutyPartner, Obligation, Target, Update
from app.models.base import new_id, stable_id, table
from app.schemas.seed import DutySeed, Seed
from app.settings import ROOT
from app.standing.moment import Moment
from app.standing.rule import standings
from embedded_postgres import Address
from tests.conftest import as_owner, create_database
from tests.given import PLAN, TODAY

MINI = ROOT / "tests" / "plans" / "mini"
REAL = ROOT / "seeds" / PLAN


@pytest.fixture
async def owner(address: Address, migrated: str) -> AsyncIterator[AsyncConnection]:
    """Give an empty, migrated database to its owner."""
    name = f"seeding_{uuid4().hex}"
    await create_database(address, name, migrated)
    async with as_owner(address, name) as connection:
        yield connection


async def count(connection: AsyncConnection, model: Any) -> int:
    """Count the rows of a table."""
    return await connection.scalar(select(func.count()).select_from(table(model))) or 0


async def report_on(connection: AsyncConnection, obligation_id: Any, plan: str) -> None:
    """Put one update into an obligation's history."""
    client = {"id": uuid4(), "name": "reporter", "role": "reporter"}
    await connection.execute(insert(table(Client)).values(client))
    row = {"id": new_id(), "plan_id": stable_id(plan), "obligation_id": obligation_id, "client_id": client["id"]}
    await connection.execute(
        insert(table(Update)).values(**row, received_at=TODAY, state="in_progress", summary="Đang làm")
    )


def without(seed: Seed, code: str) -> Seed:
    """Return the seed less one duty."""
    return seed.model_copy(update={"duties": [duty for duty in seed.duties if duty.code != code]})


def changing(seed: Seed, code: str, **fields: Any) -> Seed:
    """Return the seed with one duty changed."""

    def changed(duty: DutySeed) -> DutySeed:
        return duty.model_copy(update=fields) if duty.code == code else duty

    return seed.model_copy(update={"duties": [changed(duty) for duty in seed.duties]})


async def test_the_real_plan_has_252_obligations_and_296_a_year(owner: AsyncConnection) -> None:
    await apply(owner, read(REAL), now=TODAY)

    cycles, obligations = table(Cycle), table(Obligation)
    found = await owner.execute(
        select(cycles.c.code, func.count())
        .join(obligations, obligations.c.cycle_id == cycles.c.id)
        .group_by(cycles.c.code)
    )
    years = {str(year): 296 for year in range(2021, 2027)}
    assert dict(found.all()) == {"2021-06-15": 252, **years}


async def test_seeding_twice_changes_nothing(owner: AsyncConnection) -> None:
    await apply(owner, read(REAL), now=TODAY)

    assert not await apply(owner, read(REAL), now=TODAY)


async def test_a_later_day_opens_the_next_year(owner: AsyncConnection) -> None:
    await apply(owner, read(REAL), now=TODAY)

    changes = await apply(owner, read(REAL), now=TODAY.replace(month=12, day=15))

    assert {name: len(rows) for name, rows in changes.added.items()} == {"cycle": 1, "obligation": 296}


async def test_a_dry_run_shows_and_changes_nothing(owner: AsyncConnection) -> None:
    changes = await apply(owner, read(MINI), now=TODAY, dry_run=True)

    assert "+     3 obligation" in list(changes.lines())
    assert await count(owner, Obligation) == 0


async def test_another_plan_loads_beside_the_first(owner: AsyncConnection) -> None:
    await apply(owner, read(REAL), now=TODAY)

    await apply(owner, read(MINI), now=TODAY)

    assert await count(owner, Obligation) == 252 + 6 * 296 + 3


async def test_ids_are_the_same_on_every_installation(owner: AsyncConnection) -> None:
    await apply(owner, read(MINI), now=TODAY)

    found = await owner.scalars(select(table(Obligation).c.id))
    named = [("1.1", "van-phong"), ("2.1", "xa-mot"), ("2.1", "xa-hai")]
    assert set(found) == {stable_id("7-kh-ubnd-2030", "obligation", "2030-03-01", *pair) for pair in named}


async def test_a_duty_without_history_can_go(owner: AsyncConnection) -> None:
    await apply(owner, read(MINI), now=TODAY)

    changes = await apply(owner, without(read(MINI), "2.1"), now=TODAY)

    assert len(changes.dropped["obligation"]) == 2
    assert await count(owner, Target) == 0


async def test_a_duty_with_history_stays(owner: AsyncConnection) -> None:
    await apply(owner, read(MINI), now=TODAY)
    obligation = stable_id("7-kh-ubnd-2030", "obligation", "2030-03-01", "2.1", "xa-mot")
    await report_on(owner, obligation, "7-kh-ubnd-2030")

    for seed in (without(read(MINI), "2.1"), changing(read(MINI), "2.1", owners=["xa-hai"])):
        with pytest.raises(SeedRefused, match=str(obligation)):
            await apply(owner, seed, now=TODAY)


async def test_a_target_that_was_reported_on_stays(owner: AsyncConnection) -> None:
    await apply(owner, read(MINI), now=TODAY)
    obligation = stable_id("7-kh-ubnd-2030", "obligation", "2030-03-01", "2.1", "xa-mot")
    await report_on(owner, obligation, "7-kh-ubnd-2030")

    with pytest.raises(SeedRefused, match=r"2\.1-a"):
        await apply(owner, changing(read(MINI), "2.1", targets=[]), now=TODAY)


async def test_a_deadline_does_not_move_under_history(owner: AsyncConnection) -> None:
    seed = read(MINI)
    await apply(owner, seed, now=TODAY)
    later = seed.plan.cycles[0].model_copy(update={"due_before_on": seed.plan.cycles[0].due_before_on.replace(day=9)})
    moved = seed.model_copy(update={"plan": seed.plan.model_copy(update={"cycles": [later]})})

    assert "obligation" in (await apply(owner, moved, now=TODAY)).altered

    obligation = stable_id("7-kh-ubnd-2030", "obligation", "2030-03-01", "2.1", "xa-mot")
    await report_on(owner, obligation, "7-kh-ubnd-2030")
    with pytest.raises(SeedRefused, match=str(obligation)):
        await apply(owner, seed, now=TODAY)


async def test_a_corrected_title_is_shown_and_written(owner: AsyncConnection) -> None:
    await apply(owner, read(MINI), now=TODAY)

    changes = await apply(owner, changing(read(MINI), "1.1", title_en="Report on time"), now=TODAY)

    assert list(changes.lines()) == ["~     1 duty", "        1.1: title_en, search"]


def as_it_was(seed: Seed) -> Seed:
    """Return the plan as an earlier seed had it: classes of partners named nobody, and nothing rested on others."""

    def earlier(duty: DutySeed) -> DutySeed:
        partners = [one.model_copy(update={"bodies": [], "open": False}) for one in duty.partners]
        fields: dict[str, Any] = {"partners": partners, "due_after_others_days": None}
        return duty.model_copy(update=fields | ({"title_vi": "Tổng hợp"} if duty.code == "R.3" else {}))

    return seed.model_copy(update={"duties": [earlier(duty) for duty in seed.duties]})


async def owed(connection: AsyncConnection) -> dict[Any, tuple[Any, ...]]:
    """Return where every obligation of the plan stands, and by when it is due."""
    standing = standings(Moment(TODAY))
    found = await connection.execute(
        select(*(standing.c[name] for name in ("id", "status", "due_before", "owner_id", "claim_state")))
    )
    return {row.id: tuple(row) for row in found}


async def test_a_seed_that_says_more_comes_over_a_plan_with_history_and_loses_nothing(owner: AsyncConnection) -> None:
    real = read(REAL)
    await apply(owner, as_it_was(real), now=TODAY)
    consolidated = stable_id(PLAN, "obligation", "2026", "R.3", "so-ldtbxh")
    await report_on(owner, consolidated, PLAN)
    before, helpers = await owed(owner), await count(owner, DutyPartner)

    shown = await apply(owner, real, now=TODAY, dry_run=True)

    assert "        R.3: title_vi, due_after_others_days, search" in list(shown.lines())
    assert (await owed(owner), await count(owner, DutyPartner)) == (before, helpers)

    done = await apply(owner, real, now=TODAY)

    assert list(done.lines()) == list(shown.lines())
    assert not done.dropped.keys() - {"duty_partner"}
    # What is open stays as it was: the same obligations, due on the same day, and what was reported of them.
    assert await owed(owner) == before
    assert before[consolidated][4] == "in_progress"
    assert await count(owner, Update) == 1
    assert await count(owner, DutyPartner) > helpers
    assert not await apply(owner, real, now=TODAY)
    # From the next cycle on, what the seed says holds.
    await apply(owner, real, now=TODAY.replace(month=12, day=15))
    due = {one: row[2] for one, row in (await owed(owner)).items()}
    others, resting = (
        stable_id(PLAN, "obligation", "2027", *one) for one in (("3.4", "cong-an"), ("R.3", "so-ldtbxh"))
    )
    assert (due[resting] - due[others]).days == 7
