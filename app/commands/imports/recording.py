"""Records the lines of a form, some hundred at a time, each in one transaction, and each line once.

A line is sent under a name made of the import's name, of what the line says, and of how many lines up to it say that
(unless it brings a `client_ref` of its own), and a name is recorded once.  So an import needs no memory of how far it
came: killed and sent again, what had been recorded is shown as such, also when lines have been put right, moved or
taken out.
"""

import hashlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import bulk_updates
from app.commands.bulk import Outcome
from app.commands.imports import faults
from app.commands.imports.lines import Form, Line, Wrong
from app.commands.imports.meaning import contradictions
from app.commands.imports.reading import ReadForm, refuse_scaled
from app.commands.imports.sayings import Say, said
from app.domain.access import Caller
from app.domain.errors import NotFound, Refusal
from app.domain.figures import may_be_scaled
from app.domain.imports import HowMeant, LineResult
from app.queries.imports import names_of, of_another_plan, targets_of
from app.schemas.bulk import MAX_ITEMS, ItemIn
from app.schemas.imports import ImportLine
from app.schemas.updates import UpdateOut

MAX_BYTES = 900_000
"""How much one transaction may record."""
Item = Mapping[str, Any]
Outcomes = list[Outcome[UpdateOut]]
Read = Callable[[Sequence[Item]], Sequence[ItemIn | Refusal]]
Transaction = Callable[[], AbstractAsyncContextManager[AsyncConnection]]


class Undone(Exception):
    """Ends a transaction in which nothing was to be recorded."""


@dataclass(frozen=True, kw_only=True)
class Import:
    """How one form is recorded: for whom, and how it is meant."""

    caller: Caller
    meant: HowMeant
    transaction: Transaction
    read: Read
    repeat: Callable[[Callable[[], Awaitable[Outcomes]]], Awaitable[Outcomes]]

    async def results(self, form: ReadForm, received_at: datetime) -> AsyncIterator[list[ImportLine]]:
        """Record batch after batch, and yield what became of the lines that were filled in.

        All were received when the form was, however long it takes to record them.

        Raises:
            FiguresLookScaled: before anything is recorded; see `may_be_scaled`.
        """
        await self._ask_about(form)
        for batch in _batches(_named(form.lines(), self.meant.plan, self.meant.name)):
            yield await self._record(form.form, await self._agreeing(batch), received_at)

    async def _ask_about(self, form: ReadForm) -> None:
        if self.meant.as_is or not form.small:
            return
        async with self.transaction() as connection:
            known = await targets_of(connection, self.meant.plan, list(form.small))
        asked = {
            f"target:{one['code']}"
            for one in known
            if may_be_scaled(one["value"], one["unit"], some=True, all_of_them=form.small[one["code"]])
        }
        if asked:
            refuse_scaled(form.form, sorted(asked))

    async def _agreeing(self, batch: Sequence[Line]) -> Sequence[Line]:
        """Refuse the lines in which an id and the codes beside it name different obligations."""
        said = [_id_said(line) if line.beside else None for line in batch]
        ids = [one for one in said if one]
        if not ids:
            return batch
        async with self.transaction() as connection:
            names = await names_of(connection, ids)
        wrongs = [contradictions(line.beside, names.get(one, {})) for line, one in zip(batch, said, strict=True)]
        return [
            replace(line, item=None, wrongs=wrong) if wrong else line for line, wrong in zip(batch, wrongs, strict=True)
        ]

    async def _record(self, form: Form, batch: Sequence[Line], now: datetime) -> list[ImportLine]:
        sent = [line for line in batch if line.item is not None]
        read = self.read([line.item for line in sent if line.item is not None])
        outcomes: Outcomes = []

        async def attempt() -> Outcomes:
            try:
                async with self.transaction() as connection:
                    foreign = await of_another_plan(connection, self.meant.plan, list(_ids(read)))
                    # What is another plan's is not found in this one.
                    own = [NotFound() if _obligation(one) in foreign else one for one in read]
                    outcomes[:] = await bulk_updates.report(connection, self.caller, own, now=now)
                    if self.meant.dry_run:
                        raise Undone
            except Undone:
                pass
            return outcomes

        recorded = await self.repeat(attempt) if sent else []
        became = {line.number: self._result(form, line, one) for line, one in zip(sent, recorded, strict=True)}
        return [became.get(line.number) or self._unread(form, line) for line in batch]

    def _result(self, form: Form, line: Line, outcome: Outcome[UpdateOut]) -> ImportLine:
        if isinstance(outcome.result, Refusal):
            told = faults.of_refusal(form, line, outcome.result, vietnamese=self.meant.vietnamese)
            return _refused(line, outcome.result.slug(), told)
        return ImportLine(
            line=line.number,
            result=LineResult.REPLAYED if outcome.replayed else LineResult.RECORDED,
            client_ref=_ref(line),
            obligation=outcome.result.obligation,
            update=None if self.meant.dry_run and not outcome.replayed else outcome.result.id,
            problem=None,
            faults=[],
            remark=self._remark(outcome, outcome.result) if outcome.replayed else None,
        )

    def _remark(self, outcome: Outcome[UpdateOut], update: UpdateOut) -> str:
        """Say of what had been recorded before whether it still counts: a line put back to what it was does not."""
        claim = outcome.obligation and outcome.obligation.claim
        counts = claim and (claim.state, claim.percent, claim.received_at) == (
            *(update.state, update.percent, update.received_at),
        )
        return said(Say.THERE_ALREADY if counts else Say.REPLACED_SINCE, vietnamese=self.meant.vietnamese)

    def _unread(self, form: Form, line: Line) -> ImportLine:
        told = faults.of_reading(form, line, vietnamese=self.meant.vietnamese)
        return _refused(line, "malformed-content", told)


def _refused(line: Line, problem: str, told: list[Any]) -> ImportLine:
    return ImportLine(
        line=line.number,
        result=LineResult.REFUSED,
        client_ref=_ref(line),
        obligation=None,
        update=None,
        problem=problem,
        faults=told,
        remark=None,
    )


def _ref(line: Line) -> str | None:
    ref = (line.item or {}).get("client_ref")
    return ref if isinstance(ref, str) else None


def _obligation(one: ItemIn | Refusal) -> UUID | None:
    return one.obligation if isinstance(one, ItemIn) else None


def _id_said(line: Line) -> UUID | None:
    """Return the id by which a line names its obligation; none when it is no id."""
    try:
        return UUID(str((line.item or {}).get("obligation")))
    except ValueError:
        return None


def _ids(read: Sequence[ItemIn | Refusal]) -> list[UUID]:
    return [found for one in read if (found := _obligation(one))]


def _named(lines: Iterable[Line], plan: str, name: str) -> Iterator[Line]:
    """Give every item a name, as a `client_ref`, and refuse those that speak of another plan; leave out blank lines."""
    said: Counter[int] = Counter()
    for line in lines:
        if line.item is None:
            if line.wrongs:
                yield line
        elif line.item.get("plan", plan) != plan:
            yield replace(line, item=None, wrongs=(Wrong(Say.ANOTHER_PLAN, "plan"),))
        else:
            yield replace(line, item=_with_name(_of_plan(line.item, plan), name, said))


def _of_plan(item: dict[str, Any], plan: str) -> dict[str, Any]:
    """Let an item that names its obligation by codes be of the plan to which the form was sent."""
    return item if item.get("obligation") is not None else {"plan": plan, **item}


def _with_name(item: dict[str, Any], name: str, said: Counter[int]) -> dict[str, Any]:
    if item.get("client_ref") is not None:
        return item
    unnamed = {key: value for key, value in item.items() if key != "client_ref"}
    digest = hashlib.sha256(json.dumps(unnamed, sort_keys=True).encode()).hexdigest()[:32]
    # A file may have some hundred thousand lines: half of a digest as a number takes little memory.
    short = int(digest[:16], 16)
    said[short] += 1
    return {**unnamed, "client_ref": f"{name}:{digest}:{said[short]}"}


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Group lines into what one transaction can hold."""
    batch: list[Line] = []
    size = 0
    for line in lines:
        weight = len(json.dumps(line.item, ensure_ascii=False).encode()) + 100
        if batch and (len(batch) == MAX_ITEMS or size + weight > MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += weight
    if batch:
        yield batch
