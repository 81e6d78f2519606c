"""The columns of the standing: one type names them, and whatever reads or keeps some of them reads those."""

from dataclasses import fields
from datetime import UTC, datetime

import pytest
from sqlalchemy import Subquery

from app.domain.completion import Facts, Signal
from app.models import StandingSnapshot
from app.models.base import table
from app.queries.seals import STANDING
from app.schemas.explanations import COLUMNS as CALLED
from app.standing.acts import ENDS
from app.standing.moment import Moment
from app.standing.row import COLUMNS, SHOWN
from app.standing.rule import standings, standings_of_histories

NOW = Moment(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("standing", [standings(NOW), standings_of_histories(NOW)], ids=["snapshot", "history"])
def test_a_standing_has_the_columns_that_its_type_names_and_no_other(standing: Subquery) -> None:
    assert sorted(column.name for column in standing.c) == sorted(COLUMNS)


def test_what_is_shown_sealed_stored_and_explained_is_columns_of_the_standing() -> None:
    stored = {column.name for column in table(StandingSnapshot).c} - {"planned_owner_id", "changed_at", *ENDS}
    explained = {CALLED.get(one.name, one.name) for one in fields(Facts)}

    for some in (SHOWN, STANDING, stored, explained, [signal.value for signal in Signal]):
        assert set(some) <= set(COLUMNS)
