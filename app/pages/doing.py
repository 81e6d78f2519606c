"""What a form of a screen leads to: the screen after it or, where its act is refused, the same screen with the form."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.errors import Refusal
from app.pages.answers import moved
from app.pages.desk import Desk
from app.pages.forms import Act, Form, once, refused_with
from app.web.read import View

Told = Callable[[Desk, AsyncConnection], Awaitable[dict[str, Any]]]
"""Returns what a screen shows."""


@dataclass(frozen=True)
class Screen:
    """A screen that holds forms."""

    template: str
    told: Told

    async def show(self, desk: Desk, connection: AsyncConnection) -> Response:
        """Show it."""
        return desk.page(self.template, **await self.told(desk, connection))

    async def do(self, desk: Desk, view: View, form: Form, name: str, act: Act, then: str, **asked: Any) -> Response:
        """Do what the form of a name asks for, and lead on; no view is held meanwhile."""
        try:
            await once(act)
        except Refusal as refusal:
            async with view() as connection:
                told = await self.told(desk, connection)
            return refused_with(desk, self.template, refusal, **told, again=form.again(name, refusal, {}))
        return moved(desk.path(then, done="1", **asked))
