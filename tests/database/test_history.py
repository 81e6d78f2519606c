"""History is append-only: the application may not change it, and nor may the owner of the database."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.models.base import HistoryRow, table
from tests.database.rights import APPEND_ONLY, FORBIDDEN, HISTORY, KEPT, WITHOUT_VIEW, refusal_of

BEFORE_UPDATE_DELETE_OR_TRUNCATE_ONCE_A_STATEMENT = 2 | 16 | 8 | 32
"""The bits of `pg_trigger.tgtype`."""
CHANGES = ("UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE")


def kinds_of(base: type[HistoryRow]) -> Iterator[str]:
    """Name the tables of all acts, however deep their models stand below the base."""
    for model in base.__subclasses__():
        if hasattr(model, "__table__"):
            yield table(model).name
        yield from kinds_of(model)


def test_every_kind_of_act_is_history() -> None:
    assert set(kinds_of(HistoryRow)) == {*HISTORY} - {*WITHOUT_VIEW, "measurement"}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("history", HISTORY + KEPT)
async def test_the_application_may_not_change_history(application: AsyncConnection, history: str, change: str) -> None:
    assert await refusal_of(application, change.format(history)) == FORBIDDEN


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("history", HISTORY + KEPT)
async def test_the_owner_cannot_change_history_either(owner: AsyncConnection, history: str, change: str) -> None:
    assert await refusal_of(owner, change.format(history)) == APPEND_ONLY


@pytest.mark.parametrize("whole", ["plan", "obligation", "client"])
async def test_the_owner_cannot_empty_what_history_hangs_on(owner: AsyncConnection, whole: str) -> None:
    assert await refusal_of(owner, f"TRUNCATE {whole} CASCADE") == APPEND_ONLY


async def test_every_table_of_history_has_the_trigger(owner: AsyncConnection) -> None:
    triggers = """
        SELECT c.relname, t.tgtype, t.tgenabled::text FROM pg_trigger t
        JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE p.proname = 'refuse_to_change_history'
    """

    found = {name: (kind, enabled) for name, kind, enabled in await owner.execute(text(triggers))}

    assert found == dict.fromkeys(
        HISTORY + KEPT + ("client_reference",), (BEFORE_UPDATE_DELETE_OR_TRUNCATE_ONCE_A_STATEMENT, "O")
    )
