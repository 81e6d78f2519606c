"""Statements that are compiled once: whoever asks next gets the answer to its own question."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Select, Uuid, bindparam, select

from app.database.engine import SYSTEM, Database
from app.database.keyset import KeysetCursor
from app.database.statements import Unnamed, prepare
from app.domain.access import Caller, Permission, Role
from app.domain.completion import DutyKind, Force, Status
from app.domain.totals import By
from app.models import Obligation
from app.models.base import stable_id, table
from app.queries import obligations, status
from app.queries.obligations import SORT_COLUMNS, Sort
from app.standing.cycles import cycles_of
from app.standing.filters import Filters
from app.standing.moment import Moment
from tests.given import FIRST, PLAN, TODAY, obligation

owed = table(Obligation)
NOW, THEN = Moment(TODAY), Moment(TODAY - timedelta(days=900))
COORDINATOR = Caller(client_id=UUID(int=1), role=Role.COORDINATOR, scopes=frozenset(Permission))


def reporter(*codes: str) -> Caller:
    bodies = frozenset(stable_id(PLAN, "body", code) for code in codes)
    return Caller(client_id=UUID(int=2), role=Role.REPORTER, scopes=frozenset(Permission), body_ids=bodies)


POLICE, OTHERS, NONE = reporter("cong-an"), reporter("so-vhttdl", "so-gddt"), reporter()
ONE, OTHER = obligation("3.4", "cong-an"), obligation("3.7", "cong-an")
Asked = dict[str, Any]


def listed(caller: Caller = COORDINATOR, moment: Moment = NOW, sort: Sort = Sort.DUTY, **filters: Any) -> Asked:
    asked = {"caller": caller, "filters": Filters(**filters), "moment": moment, "sort": sort, "limit": 7, "after": None}
    return {**asked, "history": True}


BY_DUTY = {"by": By.DUTY, "history": True}
SAME_SHAPE: list[tuple[Callable[..., Select[Any]], Asked, Asked]] = [
    (obligations.page, listed(POLICE), listed(OTHERS)),
    (obligations.page, listed(moment=NOW), listed(moment=THEN)),
    (obligations.page, listed(plan=PLAN, cycle=FIRST), listed(plan=PLAN, cycle="2023")),
    (obligations.page, listed(plan=PLAN, cycle=FIRST), listed(plan="another-plan", cycle=FIRST)),
    (obligations.page, listed(body="cong-an"), listed(body="so-gddt")),
    (obligations.page, listed(POLICE) | {"history": False}, listed(OTHERS) | {"history": False}),
    (obligations.page, listed(owner="cong-an", duty="3.4"), listed(owner="cong-an", duty="3.7")),
    (obligations.page, listed(due_after=TODAY), listed(due_after=THEN.as_of)),
    (obligations.page, listed(due_before=TODAY), listed(due_before=THEN.as_of)),
    (obligations.page, listed(q="trẻ em"), listed(q="công an")),
    (
        obligations.page,
        listed(sort=Sort.DUTY) | {"after": KeysetCursor([1, TODAY, ONE])},
        listed(sort=Sort.DUTY) | {"after": KeysetCursor([10_000, TODAY, ONE])},
    ),
    (
        obligations.one,
        {"caller": COORDINATOR, "obligation_id": ONE, "moment": NOW},
        {"caller": COORDINATOR, "obligation_id": OTHER, "moment": NOW},
    ),
    (
        obligations.one_stored,
        {"caller": COORDINATOR, "obligation_id": ONE, "moment": NOW},
        {"caller": COORDINATOR, "obligation_id": OTHER, "moment": NOW},
    ),
    (
        obligations.some,
        {"caller": POLICE, "obligation_ids": [ONE], "moment": NOW},
        {"caller": OTHERS, "obligation_ids": [ONE, OTHER], "moment": THEN},
    ),
    (
        status.tally,
        {"caller": POLICE, "filters": Filters(plan=PLAN, cycles=(FIRST,)), "moment": NOW, **BY_DUTY},
        {"caller": OTHERS, "filters": Filters(plan=PLAN, cycles=(FIRST, "2023")), "moment": NOW, **BY_DUTY},
    ),
    (status.last_change, {"slug": PLAN, "moment": NOW}, {"slug": PLAN, "moment": THEN}),
    (
        cycles_of,
        {"slug": PLAN, "moment": NOW, "code": FIRST},
        {"slug": PLAN, "moment": NOW, "code": "2023"},
    ),
]
OTHER_SHAPES = [
    listed(status=[Status.OVERDUE]),
    listed(status=[Status.AWAITED, Status.OVERDUE]),
    listed(past_due=True),
    listed(past_due=False),
    listed(awaiting_review=True),
    listed(force=Force.DIRECTED),
    listed(kind=DutyKind.REPORTING),
    listed(NONE),
    listed() | {"history": False},
    *(listed(sort=sort) for sort in SORT_COLUMNS if sort is not Sort.DUTY),
]


async def answers(database: Database, build: Callable[..., Select[Any]], asked: Asked) -> tuple[list[Any], list[Any]]:
    """Ask twice: as the query is built for this question, and as it is prepared for all questions of its shape."""
    async with database.reading(SYSTEM) as connection:
        built = [dict(row) for row in (await connection.execute(build(**asked))).mappings()]
        prepared = [dict(row) for row in await prepare(build, **asked).on(connection)]
    for row in (*built, *prepared):
        row.pop("recorded_until", None)
    return built, prepared


@pytest.mark.parametrize(("build", "first", "second"), SAME_SHAPE)
async def test_questions_of_one_shape_share_a_statement_and_no_answer(
    database: Database, build: Callable[..., Select[Any]], first: Asked, second: Asked
) -> None:
    assert prepare(build, **first).statement is prepare(build, **second).statement

    found = [await answers(database, build, asked) for asked in (first, second)]

    assert [prepared for _, prepared in found] == [built for built, _ in found]
    assert found[0][0] != found[1][0], "else this would not tell one answer from the other"


@pytest.mark.parametrize("asked", OTHER_SHAPES)
async def test_a_question_of_another_shape_has_a_statement_of_its_own(database: Database, asked: Asked) -> None:
    built, prepared = await answers(database, obligations.page, asked)

    assert prepared == built
    assert prepare(obligations.page, **asked).statement is not prepare(obligations.page, **listed()).statement


def test_a_value_without_a_name_is_refused() -> None:
    def careless(obligation_id: UUID) -> Select[Any]:
        return select(owed.c.id).where(owed.c.id == obligation_id)

    def careful(obligation_id: UUID) -> Select[Any]:
        return select(owed.c.id).where(owed.c.id == bindparam("obligation_id", obligation_id, Uuid()))

    assert prepare(careful, obligation_id=ONE).values == {"obligation_id": ONE}
    with pytest.raises(Unnamed):
        prepare(careless, obligation_id=ONE)
