"""Sắp xếp tổ chức: what becomes of bodies, who follows whom, and what the coordinator decides of it."""

from collections.abc import Iterable
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import succession_annulments, successions
from app.database.statements import fetch_all, fetch_one
from app.domain.access import Permission
from app.domain.words import Words
from app.models.succession import Decision, SuccessionKind
from app.pages.charts import Following, following
from app.pages.desk import Acting, Desk, OnDesk, opens, screens
from app.pages.doing import Screen
from app.pages.forms import Form, Sent, read
from app.queries.people import names
from app.queries.plans import all_bodies
from app.queries.successions import successions_of
from app.schemas.successions import SuccessionAnnulmentIn, SuccessionDecisionIn, SuccessionOut
from app.schemas.views import succession_out
from app.web.read import Reading, Viewing

router = screens()
READS, DECIDES = opens(Permission.READ_PLANS), opens(Permission.RECORD_SUCCESSIONS)
SuccessionId = Annotated[UUID, Path(description="The succession's id.")]
KINDS = {
    SuccessionKind.MERGED: Words("sáp nhập", "merged"),
    SuccessionKind.SPLIT: Words("chia, tách", "split"),
    SuccessionKind.RENAMED: Words("đổi tên", "renamed"),
    SuccessionKind.DISSOLVED: Words("giải thể", "dissolved"),
}
STATES = {
    "proposed": Words("chờ quyết định", "proposed"),
    "confirmed": Words("đã xác nhận", "confirmed"),
    "rejected": Words("không xác nhận", "rejected"),
    "annulled": Words("đã hủy ghi nhận", "annulled"),
}
NOBODY = "-"
"""Chosen in a form: nobody takes over."""


@router.get("/successions", dependencies=[READS])
async def every(desk: OnDesk, reading: Reading) -> Response:
    """List the successions, and draw who follows whom."""
    rows = await fetch_all(reading, successions_of, slug=desk.slug, moment=desk.moment)
    found = list(map(succession_out, rows))
    return desk.page("successions.html", found=found, drawn=_drawn(found), kinds=KINDS, states=STATES)


def _drawn(found: Iterable[SuccessionOut]) -> Following:
    """Draw what is proposed or confirmed: whose successor is not known yet leads nowhere."""
    stand = [one for one in found if one.state in {"proposed", "confirmed"}]
    pairs = [(one, after.name) for one in stand for after in one.successors]
    return following([(one.predecessor.name, after, one.state) for one, after in pairs])


async def _one(succession_id: UUID, desk: Desk, connection: AsyncConnection) -> dict[str, Any]:
    asked = {"slug": desk.slug, "moment": desk.moment}
    it = succession_out(await fetch_one(connection, successions_of, **asked, succession_id=succession_id))
    bodies = await fetch_all(connection, all_bodies, **asked)
    told = {"it": it, "bodies": _choices(bodies), "kinds": KINDS, "states": STATES}
    return {**told, "by": await _by(connection, it)}


async def _by(connection: AsyncConnection, it: SuccessionOut) -> str | None:
    """Return who decided, where the person may know."""
    if it.decision is None:
        return None
    known = await fetch_all(connection, names, ids=[it.decision.client])
    return next((one["name"] for one in known), None)


def _choices(bodies: Iterable[Any]) -> list[tuple[str, str]]:
    """Return who can take over: a body, or a member of a group."""
    every = [one for body in bodies for one in (body["members"] or [body])]
    return [(one["code"], one["name"]) for one in every]


def _of(succession_id: UUID) -> Screen:
    return Screen("succession.html", partial(_one, succession_id))


@router.get("/successions/{succession_id}", dependencies=[READS])
async def one_succession(desk: OnDesk, reading: Reading, succession_id: SuccessionId) -> Response:
    """Show one succession, and ask what is decided."""
    return await _of(succession_id).show(desk, reading)


@router.post("/successions/{succession_id}/decision", dependencies=[DECIDES])
async def decide(desk: Acting, view: Viewing, succession_id: SuccessionId, form: Sent) -> Response:
    """Confirm a succession, or reject it."""

    async def act() -> Response:
        given = (desk.caller, desk.slug, succession_id, read(SuccessionDecisionIn, _decided(form)))
        return await form.write.run(successions.decide, *given, now=desk.now)

    return await _of(succession_id).do(desk, view, form, "decide", act, f"/successions/{succession_id}")


def _decided(form: Form) -> dict[str, Any]:
    """Spell what is decided as the wire does; who takes over counts where it is confirmed."""
    said, chosen = form.said("outcome", "reason", "reopened_by"), form["taken_over_by"]
    if form["outcome"] != Decision.CONFIRMED or chosen is None:
        return said
    return said | ({"ends": True} if chosen == NOBODY else {"successor": {"code": chosen}})


@router.post("/successions/{succession_id}/annulments", dependencies=[DECIDES])
async def annul(desk: Acting, view: Viewing, succession_id: SuccessionId, form: Sent) -> Response:
    """Take back a succession that was confirmed by mistake."""

    async def act() -> Response:
        given = (desk.caller, desk.slug, succession_id, read(SuccessionAnnulmentIn, form.said("reason", "reopened_by")))
        return await form.write.run(succession_annulments.annul, *given, now=desk.now)

    return await _of(succession_id).do(desk, view, form, "annul", act, f"/successions/{succession_id}")
