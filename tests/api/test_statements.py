"""How many statements a read takes: a fixed few, whatever the number of rows.

Two of them find out who calls, and are spared for some seconds by whoever calls again; one says for whom the read is.
"""

from typing import Any

import pytest

from app.database.engine import Database
from tests.api.asking import page
from tests.given import DOCUMENT, FIRST, PLAN, TRAINING, Service
from tests.statements import statements_on

OBLIGATIONS, STATUS = "/v1/obligations", f"/v1/plans/{PLAN}/status"
DUTIES, INBOX = f"/v1/plans/{PLAN}/duties", "/v1/inbox"


async def statements_of(service: Service, path: str, asked: dict[str, Any]) -> tuple[int, int]:
    """Ask as a coordinator; count the statements, and the bytes of the answer."""
    database: Database = service.app.state.database
    with statements_on(database) as told:
        response = await service.coordinator.get(path, **asked)
    assert response.status_code == 200, response.text
    return len(told), len(response.content)


@pytest.mark.parametrize(
    ("path", "few", "many", "at_most"),
    [
        (OBLIGATIONS, {"limit": 1}, {"limit": 500}, 5),
        (OBLIGATIONS, {"status": "overdue", "limit": 1}, {"status": "overdue", "limit": 500}, 5),
        (OBLIGATIONS, {"body": "cong-an", "cycle": FIRST, "count": True}, {"limit": 500, "count": True}, 6),
        (OBLIGATIONS, {"sort": "updated_at", "limit": 1}, {"sort": "updated_at", "limit": 500}, 5),
        (STATUS, {"cycle": FIRST}, {}, 8),
        (STATUS, {"body": "cong-an", "cycle": FIRST}, {"body": "cong-an"}, 9),
        (DUTIES, {"body": "cong-an"}, {}, 5),
        (INBOX, {"limit": 1}, {"limit": 500}, 6),
        (INBOX, {"owner": "so-y-te"}, {"body": "cong-an"}, 6),
    ],
)
async def test_a_list_takes_the_same_few_statements_for_few_rows_and_for_many(
    lived_in: Service, path: str, few: dict[str, Any], many: dict[str, Any], at_most: int
) -> None:
    (small, some_bytes), (large, more_bytes) = [await statements_of(lived_in, path, asked) for asked in (few, many)]

    assert 0 < small == large <= at_most
    assert more_bytes > 4 * some_bytes


async def test_a_later_page_takes_no_more_than_the_first(lived_in: Service) -> None:
    first = await page(lived_in.coordinator, limit=500)

    number, _ = await statements_of(lived_in, OBLIGATIONS, {"limit": 500, "cursor": first["next_cursor"]})

    assert number <= 5


async def test_a_long_history_takes_no_more_statements_than_a_short_one(own_service: Service) -> None:
    path = f"{OBLIGATIONS}/{TRAINING}/history"
    await own_service.police.report(TRAINING)
    short, _ = await statements_of(own_service, path, {})
    for _ in range(10):
        await own_service.police.report(TRAINING, evidence=[DOCUMENT] * 3)

    long, _ = await statements_of(own_service, path, {})

    assert short == long <= 5


async def test_whoever_calls_again_is_known(lived_in: Service) -> None:
    token = {"Authorization": f"Bearer {lived_in.coordinator.token()}"}
    await lived_in.http.get(f"{OBLIGATIONS}/{TRAINING}", headers=token)

    with statements_on(lived_in.app.state.database) as told:
        await lived_in.http.get(f"{OBLIGATIONS}/{TRAINING}", headers=token)

    assert len(told) == 1
