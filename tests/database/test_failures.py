"""What a failure of the database means: a value that cannot be is the caller's, whoever finds it out."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Date, Integer, Numeric, String, bindparam, insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from app.database.engine import SYSTEM, Database
from app.database.failures import Failure, kind_of
from app.domain.errors import MalformedContent
from app.models import Update
from app.models.base import stable_id, table
from app.web.problems.handlers import from_failure
from tests.given import PLAN, TODAY, TRAINING


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (String(), "a\0b"),
        (String(), "a\ud800b"),
        (String(), 1),
        (Integer(), 2**31),
        (Integer(), 2**63),
        (Integer(), 10**400),
        (Numeric(18, 6), Decimal("1e400")),
        (Numeric(), "many"),
        (Date(), "2021-06-14"),
    ],
)
async def test_what_no_column_can_hold_is_malformed(database: Database, kind: TypeEngine[Any], value: object) -> None:
    with pytest.raises(DBAPIError) as caught:
        async with database.reading(SYSTEM) as connection:
            await connection.execute(select(bindparam("value", value, kind)))

    assert kind_of(caught.value) is Failure.MALFORMED
    assert isinstance(from_failure(caught.value), MalformedContent)


async def test_what_is_too_long_for_its_column_is_malformed(database: Database) -> None:
    row = {
        "id": uuid4(),
        "plan_id": stable_id(PLAN),
        "obligation_id": TRAINING,
        "client_id": uuid4(),
        "received_at": TODAY,
        "state": "in_progress",
        "summary": "x" * 10_001,
    }

    with pytest.raises(DBAPIError) as caught:
        async with database.writing(SYSTEM) as connection:
            await connection.execute(insert(table(Update)).values(row))

    assert kind_of(caught.value) is Failure.MALFORMED
