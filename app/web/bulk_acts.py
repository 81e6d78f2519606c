"""Requests that do one kind of act to many obligations: what can be asked of them, and what is answered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.acts import Accepted
from app.commands.bulk import refuse_all
from app.commands.bulk_acts import BulkActs, Steps
from app.domain.access import Caller
from app.domain.errors import Refusal
from app.schemas.base import ResponseModel
from app.schemas.bulk import JudgedResult, JudgingItemIn
from app.web.bulk_items import told
from app.web.write import Creating, Write

Item = TypeVar("Item", bound=JudgingItemIn)
Known = TypeVar("Known")
Made = TypeVar("Made", bound=Accepted)
Shown = TypeVar("Shown")
Result = TypeVar("Result", bound=JudgedResult)
Atomic = Annotated[bool, Query(description="Record all items, or refuse the request and record none.")]
DryRun = Annotated[bool, Query(description="Say what would become of it, and record nothing.")]
Show = Callable[[dict[str, Any], Shown | None], Result]
"""Spells a result: of what is said of every one, and of what was done, if it was not refused."""


@dataclass(frozen=True)
class Bulk:
    """One such request."""

    request: Request
    write: Write
    atomic: bool
    dry_run: bool

    async def run(
        self,
        caller: Caller,
        steps: Steps[Item, Known, Made, Shown],
        items: Sequence[Item | Refusal],
        answer: Callable[..., ResponseModel],
        show: Show[Shown, Result],
    ) -> Response:
        """Do it, or try it, and answer with one result for each item."""
        return await self.write.trying(self.dry_run).run(self._do, caller, steps, items, answer, show)

    async def _do(
        self,
        connection: AsyncConnection,
        caller: Caller,
        steps: Steps[Item, Known, Made, Shown],
        items: Sequence[Item | Refusal],
        answer: Callable[..., ResponseModel],
        show: Show[Shown, Result],
    ) -> ResponseModel:
        acts = BulkActs(connection, caller, steps, self.write.now)
        outcomes = await acts.do(items, dry_run=self.dry_run)
        if self.atomic:
            refuse_all(one.result for one in outcomes)
        said = told(self.request, outcomes, recorded=200 if self.dry_run else 201)
        results = [
            show({**of_it, "status_before": one.before}, None if isinstance(one.result, Refusal) else one.result)
            for of_it, one in zip(said, outcomes, strict=True)
        ]
        return answer(results=results)


async def bulk(request: Request, write: Creating, atomic: Atomic = False, dry_run: DryRun = False) -> Bulk:
    """Read what is asked of a request of many items."""
    return Bulk(request, write, atomic, dry_run)


InBulk = Annotated[Bulk, Depends(bulk)]
