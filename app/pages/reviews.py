"""Chờ xem xét: claims that wait, oldest first, each beside what the same owner reported in the cycle before."""

import json
from typing import Any

from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import reviews
from app.domain.access import Permission
from app.domain.errors import Fault, MalformedContent, Refusal
from app.pages.desk import Acting, Desk, OnDesk, opens, screens
from app.pages.forms import Form, Sent, once, read, refused_with
from app.queries.claims import fetch_claims
from app.queries.obligations import Sort, find_page
from app.routers.reviews import review_result
from app.schemas.bulk import ReviewItemIn, ReviewsOut
from app.schemas.claims import ReviewableObligation
from app.schemas.reviews import ReviewIn
from app.schemas.views import obligation_shown, with_claim
from app.standing.filters import Filters
from app.web.bulk_acts import Bulk
from app.web.bulk_items import read_each
from app.web.read import Reading, Viewing

router = screens()
REVIEWS = opens(Permission.REVIEW)
SHOWN = 20


@router.get("/reviews", dependencies=[REVIEWS])
async def waiting(desk: OnDesk, reading: Reading) -> Response:
    """Show what has waited for longest."""
    return desk.page("reviews.html", **await _queue(desk, reading), results=None)


@router.post("/reviews", dependencies=[REVIEWS])
async def decide(desk: Acting, view: Viewing, form: Sent) -> Response:
    """Accept or return all that is ticked; each is decided by itself, and a bad one hurts no other."""
    try:
        answer = await once(lambda: _decided(desk, form, _items(form)))
    except Refusal as refusal:
        async with view() as connection:
            queue = await _queue(desk, connection)
        return refused_with(
            desk, "reviews.html", refusal, **queue, results=None, again=form.again("reviews", refusal, {})
        )
    async with view() as connection:
        queue = await _queue(desk, connection)
    return desk.page("reviews.html", **queue, results=json.loads(bytes(answer.body))["results"])


async def _decided(desk: Desk, form: Form, items: list[Any]) -> Response:
    bulk = Bulk(form.request, form.write, atomic=False, dry_run=False)
    return await bulk.run(desk.caller, reviews.STEPS, items, ReviewsOut, review_result)


def _items(form: Form) -> list[ReviewItemIn | Refusal]:
    """Read what is decided of each that is ticked.

    Raises:
        MalformedContent: nothing is, or what is said of all of them cannot be said of any.
    """
    ticked = form.every("item")
    if not ticked:
        raise MalformedContent(None, Fault("/item", "is needed"))
    said = form.said("outcome", "reason")
    read(ReviewIn, said)
    return read_each(ReviewItemIn, [{**said, **_about(form, one)} for one in ticked])


def _about(form: Form, obligation_id: str) -> dict[str, Any]:
    waives = form.every(f"waives-{obligation_id}") if form["outcome"] == "accepted" else []
    return {"obligation": obligation_id, "seen": form.whole(f"seen-{obligation_id}"), "waives": waives}


async def _queue(desk: Desk, connection: AsyncConnection) -> dict[str, Any]:
    wanted = Filters(plan=desk.slug, awaiting_review=True)
    asked = {"caller": desk.caller, "filters": wanted, "moment": desk.moment}
    rows = await find_page(connection, **asked, sort=Sort.LAST_REPORTED_AT, limit=SHOWN, after=None)
    claims = await fetch_claims(connection, desk.caller, [row["id"] for row in rows[:SHOWN]], desk.moment)
    shown = [with_claim(obligation_shown(row, desk.moment.as_of), claims) for row in rows[:SHOWN]]
    found = [ReviewableObligation.model_validate(one) for one in shown]
    return {"found": found, "more": len(rows) > SHOWN}
