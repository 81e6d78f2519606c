"""Imports that are recorded later: a form is kept, sealed, until a process has recorded its lines.

The database holds it, so that whichever process comes first takes it, and another one goes on where that one ended.
What was told of a line once stays told.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import Delete, Update, bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.builders import Columns, changed_where, deleted_where
from app.database.locks import first_free
from app.database.statements import Row, fetch_all, fetch_first, write_new_rows, write_rows
from app.domain.access import Caller
from app.domain.imports import KEPT, HowMeant, ImportState, LineResult
from app.domain.personal_data import IN_REFERENCES, objections
from app.models import FormImport, FormImportLine, FormImportPart
from app.models.base import new_id, table
from app.schemas.imports import ImportLine

imports, parts, lines = table(FormImport), table(FormImportPart), table(FormImportLine)
MEANT = ("name", "dry_run", "as_is", "is_json", "vietnamese")
"""How a form is meant, beside the plan that it is of."""
BEGUN: Row = {
    "state": ImportState.WAITING,
    **dict.fromkeys(("attempts", *LineResult, "blank"), 0),
    "remarks": "[]",
}
PART_BYTES = 1024 * 1024
LEASE = timedelta(minutes=1)
"""How long an import is left alone by other processes since it was last heard of: a batch takes seconds."""
AGAIN = timedelta(seconds=5)
MOST_ATTEMPTS = 5
"""How often a form is taken up: one that ends the process which records it would do so for ever."""
AT_WORK = (ImportState.WAITING.value, ImportState.RUNNING.value)
Seal = Callable[[UUID, bytes], bytes]


async def keep(
    connection: AsyncConnection,
    caller: Caller,
    plan_id: UUID,
    meant: HowMeant,
    *,
    form: Path,
    seal: Seal,
    received_at: datetime,
) -> UUID:
    """Keep a form until it is recorded, and return the id of its import."""
    import_id = new_id()
    of = {"id": import_id, "plan_id": plan_id, "client_id": caller.client_id}
    when = {"received_at": received_at, "next_attempt_at": received_at}
    told = {name: getattr(meant, name) for name in MEANT}
    await write_rows(connection, imports, [{**of, **when, **told, **BEGUN}])
    with form.open("rb") as file:
        for n, piece in enumerate(_pieces(file)):
            await write_rows(connection, parts, [{"import_id": import_id, "n": n, "content": seal(import_id, piece)}])
    return import_id


async def take(connection: AsyncConnection, *, now: datetime) -> Row | None:
    """Take the import whose turn it is, so that no other process does; none when nothing is to be done."""
    return await fetch_first(connection, _taken, now=now, until=now + LEASE)


async def begin(connection: AsyncConnection, taken: Row, *, total: int, blank: int, remarks: Sequence[str]) -> None:
    """Tell what is known of a form once it has been read."""
    harmless = [one for one in remarks if not objections(one)]
    await _put(connection, taken, lines=total, blank=blank, remarks=json.dumps(harmless))


async def tell(connection: AsyncConnection, taken: Row, told: Sequence[ImportLine], *, now: datetime) -> bool:
    """Tell what became of some lines; say whether the import is still ours, and if so go on with it."""
    rows = [{"import_id": taken["id"], "line": one.line, **_shown(one)} for one in told]
    fresh = {row["line"] for row in await write_new_rows(connection, lines, rows, "line")}
    counts = Counter(one.result for one in told if one.line in fresh)
    more = {f"more_{result}": counts[result] for result in LineResult}
    mine = {"import_id": taken["id"], "took": taken["attempts"]}
    return bool(await fetch_all(connection, _come_on, **mine, until=now + LEASE, **more))


async def finish(
    connection: AsyncConnection, taken: Row, state: ImportState, *, problem: dict[str, Any] | None, now: datetime
) -> None:
    """Tell that nothing more comes of it; the form itself goes."""
    if await _put(connection, taken, state=state, problem=problem and json.dumps(problem), finished_at=now):
        await fetch_all(connection, deleted_where, these=parts, import_id=taken["id"])


async def hold(connection: AsyncConnection, taken: Row, *, now: datetime) -> None:
    """Tell that this process is still at it."""
    await _put(connection, taken, next_attempt_at=now + LEASE)


async def give_back(connection: AsyncConnection, taken: Row, *, now: datetime) -> None:
    """Let another process go on soon, as this one cannot."""
    await _put(connection, taken, next_attempt_at=now + AGAIN)


async def forget_old(connection: AsyncConnection, *, now: datetime) -> None:
    """Delete what nobody can ask for any more, and forms that nobody recorded in all that time."""
    await fetch_all(connection, _forgotten, until=now - KEPT)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(PART_BYTES):
        yield piece


def _shown(one: ImportLine) -> dict[str, Any]:
    """Show a line as it can be kept: a name that the client gave it was perhaps refused for whom it names."""
    named = one.client_ref is not None and objections(one.client_ref, kinds=IN_REFERENCES)
    kept = one.model_copy(update={"client_ref": None}) if named else one
    return {"result": one.result, "content": kept.model_dump_json().encode()}


async def _put(connection: AsyncConnection, taken: Row, **values: Any) -> list[Row]:
    """Change an import, unless another process has taken it meanwhile."""
    mine = {"id": taken["id"], "attempts": taken["attempts"]}
    return await fetch_all(connection, changed_where, these=imports, columns=Columns(values), **mine)


def _taken(now: datetime, until: datetime) -> Update:
    due = select(imports.c.id).where(imports.c.state.in_(AT_WORK), imports.c.next_attempt_at <= bindparam("now", now))
    first = first_free(due.order_by(imports.c.next_attempt_at, imports.c.id))
    taken = update(imports).where(imports.c.id == first.scalar_subquery())
    more = {"attempts": imports.c.attempts + 1, "next_attempt_at": bindparam("until", until)}
    return taken.values(state=ImportState.RUNNING, **more).returning(*imports.c)


def _come_on(
    import_id: UUID, took: int, until: datetime, more_recorded: int, more_replayed: int, more_refused: int
) -> Update:
    more = {"recorded": more_recorded, "replayed": more_replayed, "refused": more_refused}
    counted = {name: imports.c[name] + bindparam(f"more_{name}", number) for name, number in more.items()}
    mine = (
        imports.c.id == bindparam("import_id", import_id),
        imports.c.attempts == bindparam("took", took),
    )
    lasting: dict[str, Any] = {"next_attempt_at": bindparam("until", until)}
    return update(imports).where(*mine).values(lasting | counted).returning(imports.c.id)


def _forgotten(until: datetime) -> Delete:
    last = func.coalesce(imports.c.finished_at, imports.c.received_at)
    return delete(imports).where(last <= bindparam("until", until))
