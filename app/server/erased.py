"""What was erased by law, to be kept beside backups: restoring an older one brings it back, and it is erased again."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import erasures
from app.database.engine import SYSTEM, Database, Identity, connect
from app.database.statements import fetch_all, fetch_first
from app.domain.access import Caller, Role
from app.domain.errors import Hindrance
from app.queries import clients, evidence
from app.schemas.evidence import ErasureIn
from app.standing.moment import Moment
from app.stores import Store
from app.stores.base import name_of


@dataclass(frozen=True)
class Erased:
    """One evidence that was erased: who did it, why, and by what law."""

    evidence: UUID
    client: UUID
    reason: str
    legal_basis: str

    def spelled(self) -> str:
        """Spell it as one line."""
        return json.dumps(asdict(self), ensure_ascii=False, default=str)


def read(file: Path) -> list[Erased]:
    """Read what was spelled.

    Raises:
        Hindrance: a line is none of ours, or there is no such file.
    """
    try:
        return list(_read(file.read_text("utf-8").splitlines()))
    except (OSError, UnicodeDecodeError):
        raise Hindrance(f"{file.name} cannot be read.") from None


def _read(lines: Sequence[str]) -> Iterator[Erased]:
    for number, line in enumerate(lines, start=1):
        try:
            held = json.loads(line)
            evidence_id, client_id = UUID(held.pop("evidence")), UUID(held.pop("client"))
            said = ErasureIn.model_validate(held)
            yield Erased(evidence_id, client_id, said.reason, said.legal_basis)
        except (ValueError, KeyError, TypeError, AttributeError, ValidationError):
            raise Hindrance(f"Line {number} is none that `dondoc evidence erased` has written.") from None


async def every(connection: AsyncConnection) -> list[Erased]:
    """Return all that was erased, in the order in which it was."""
    return [Erased(**row) for row in await fetch_all(connection, evidence.every_erasure)]


async def erase_again(url: str, store: Store, those: Iterable[Erased], *, now: datetime) -> int:
    """Erase what a database holds of what was erased elsewhere, in the name of whoever did; say how many that were.

    Raises:
        Hindrance: clients that erased something are not there; all else is erased.
    """
    database, done, nameless = connect(url, role=None), 0, list[Erased]()
    try:
        for one in those:
            held, known = await _looked_up(database, one, now)
            if held and known:
                await _erase(database, store, one, now)
            done, nameless = done + (held and known), [*nameless, *([one] if held and not known else [])]
    finally:
        await database.close()
    if nameless:
        named = "".join(f"\n  {one.evidence}" for one in nameless)
        raise Hindrance(f"Who erased these is not in the database: erase them again as a coordinator.{named}")
    return done


async def _looked_up(database: Database, one: Erased, now: datetime) -> tuple[bool, bool]:
    """Say whether an evidence is there with its words and bytes, and whether the client is that erased it."""
    async with database.reading(SYSTEM) as connection:
        found = await fetch_first(connection, evidence.one_evidence, evidence_id=one.evidence, moment=Moment(now))
        client = await fetch_first(connection, clients.one, client_id=one.client)
    return found is not None and found["erased_at"] is None, client is not None


async def _erase(database: Database, store: Store, one: Erased, now: datetime) -> None:
    caller = Caller(client_id=one.client, role=Role.COORDINATOR)
    said = ErasureIn(reason=one.reason, legal_basis=one.legal_basis)
    async with database.writing(Identity.of(caller)) as connection:
        await erasures.erase(connection, caller, one.evidence, said, now=now)
    async with database.reading(SYSTEM) as connection:
        ended = await fetch_first(connection, evidence.erased_content, evidence_id=one.evidence)
    if ended:
        await asyncio.to_thread(store.remove, name_of(ended["id"], ended["sha256"]))
