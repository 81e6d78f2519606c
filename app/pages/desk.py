"""What every screen begins with: who is signed in, the plan, the day that is asked about, and the way elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from app.database.statements import Row, fetch_all
from app.domain.access import Caller, Permission, authorize
from app.domain.calendar import day_of
from app.domain.errors import NotAllowed, NotFound
from app.pages.answers import PageRoute, rendered
from app.queries.plans import every_plan
from app.routers.parameters import PlanCode
from app.standing.moment import Moment
from app.web.auth.sessions import signed_in
from app.web.clock import Now
from app.web.middleware.request_log import note
from app.web.read import Asked, Reading, Viewing

KEPT = ("plan", "as_of")
"""What a link keeps of what is asked, unless it says otherwise."""
PASSING = {"cursor", "done"}
"""What is asked once, and by no link that leads on."""


def screens() -> APIRouter:
    """Make a router of screens: nothing of one is done before it is known who asks."""
    return APIRouter(prefix="/desk", include_in_schema=False, route_class=PageRoute, dependencies=[Depends(signed_in)])


@dataclass(frozen=True)
class Desk:
    """Where a person works: on a plan, as of an instant."""

    request: Request
    caller: Caller
    now: datetime
    moment: Moment
    plan: Row
    plans: Sequence[Row]

    @cached_property
    def zone(self) -> ZoneInfo:
        """The plan's time zone."""
        return ZoneInfo(self.plan["time_zone"])

    @property
    def slug(self) -> str:
        """The plan's name in addresses."""
        return str(self.plan["slug"])

    @property
    def today(self) -> date:
        """The day on which somebody asks."""
        return day_of(self.now, self.zone)

    @property
    def day(self) -> date:
        """The day that is asked about."""
        return day_of(self.moment.as_of, self.zone)

    @property
    def is_today(self) -> bool:
        """Whether that is the same."""
        return self.day == self.today

    def may(self, permission: str) -> bool:
        """Say whether the person may do something at all."""
        return authorize(self.caller, Permission(permission))

    def href(self, path: str, **asked: Any) -> str:
        """Return the address of a screen of ours, about the same plan and day unless something else is asked."""
        return f"{self.request.scope['prefix']}{self.path(path, **asked)}"

    def path(self, path: str, **asked: Any) -> str:
        """Return the same without the prefix under which the service stands: to be led on to."""
        kept = {name: self.request.query_params.get(name) for name in KEPT}
        pairs = {name: value for name, value in {**kept, **asked}.items() if value not in (None, "")}
        query = urlencode(pairs, doseq=True)
        return f"/desk{path}" + (f"?{query}" if query else "")

    def same(self, **asked: Any) -> str:
        """Return the address of this screen, asked the same but for what is asked otherwise."""
        names = self.request.query_params.keys() - PASSING
        shown = {name: self.request.query_params.getlist(name) for name in names}
        return self.href(self.request.scope["path"].removeprefix("/desk"), **{**shown, **asked})

    def others(self, *names: str) -> list[tuple[str, str]]:
        """Return what is asked beside some names: for the hidden fields of a form that asks for these."""
        return [pair for pair in self.request.query_params.multi_items() if pair[0] not in {*names, *PASSING}]

    def page(self, template: str, status: int = 200, **shown: Any) -> HTMLResponse:
        """Make a page of a template."""
        return rendered(self.request, template, status, desk=self, **shown)


async def at_desk(request: Request, reading: Reading, now: Now, asked: Asked, plan: PlanCode = None) -> Desk:
    """Sit down: at the plan that is asked for, else at the first.

    Raises:
        NotFound: there is no such plan.
    """
    plans = await fetch_all(reading, every_plan)
    chosen = _chosen(plans, plan)
    is_today = day_of(asked.as_of, ZoneInfo(chosen["time_zone"])) == day_of(now, ZoneInfo(chosen["time_zone"]))
    moment = Moment(now) if is_today else Moment(asked.as_of)
    return Desk(request, await signed_in(request), now, moment, chosen, plans)


async def acting(request: Request, view: Viewing, now: Now, plan: PlanCode = None) -> Desk:
    """Sit down to act, which is always now; no view stays open while something is written.

    Raises:
        NotFound: there is no such plan.
    """
    async with view() as connection:
        plans = await fetch_all(connection, every_plan)
    return Desk(request, await signed_in(request), now, Moment(now), _chosen(plans, plan), plans)


def _chosen(plans: Sequence[Row], slug: str | None) -> Row:
    chosen = next((one for one in plans if slug in {None, one["slug"]}), None)
    if chosen is None:
        raise NotFound
    return chosen


OnDesk = Annotated[Desk, Depends(at_desk)]
Acting = Annotated[Desk, Depends(acting)]
Cycle = Annotated[str | None, Query(max_length=60)]


def opens(permission: Permission) -> Any:
    """Depend on a person who may do what a screen shows or does, as the operation beside it does."""

    async def permitted(request: Request) -> Caller:
        caller = await signed_in(request)
        note(request.scope, act=permission.value)
        if not authorize(caller, permission):
            raise NotAllowed
        return caller

    return Depends(permitted)
