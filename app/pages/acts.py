"""What is done to one obligation: its owner reports; a coordinator accepts, returns, extends; both take back."""

import json
from typing import Any
from uuid import UUID

from fastapi import Response

from app.commands import annulments, extensions, instructions, reviews, updates
from app.domain.access import Permission
from app.domain.errors import Refusal
from app.pages.answers import moved
from app.pages.desk import Acting, Desk, opens, screens
from app.pages.forms import Act, Again, Form, Sent, once, read, refused_with
from app.pages.obligation import ObligationId, told_of
from app.schemas.annulments import AnnulmentIn
from app.schemas.extensions import ExtensionIn
from app.schemas.instructions import InstructionIn
from app.schemas.reviews import ReviewIn
from app.schemas.updates import UpdateIn
from app.web.read import View, Viewing

router = screens()
FIGURE, NO_CASE = "figure-", "no-case-"
_ATTACHED = {
    "document": ("title", "number", "issued_on", "issuer", "classification"),
    "link": ("title", "url", "classification"),
}


@router.post("/obligations/{obligation_id}/updates", dependencies=[opens(Permission.REPORT)])
async def report(desk: Acting, view: Viewing, obligation_id: ObligationId, form: Sent) -> Response:
    """Report on an obligation of one's own."""
    targets = targets_of(form)
    places = {f"/measurements/{n}": FIGURE + target for n, target in enumerate(targets)}
    places |= {f"/evidence/{n}/": f"{kind}-" for n, kind in enumerate(_kinds(form))}

    async def act() -> Response:
        return await form.expecting().run(
            updates.report,
            desk.caller,
            obligation_id,
            read(UpdateIn, reported(form)),
            now=desk.now,
            expected=form.seen,
        )

    try:
        answer = await once(act)
    except Refusal as refusal:
        return await refused_on(desk, view, obligation_id, refusal, form.again("report", refusal, places))
    update = json.loads(bytes(answer.body))["update"]["id"]
    return moved(desk.path(f"/obligations/{obligation_id}/receipts/{update}"))


def reported(form: Form, prefix: str = "") -> dict[str, Any]:
    """Spell what a form reports as the wire does; `prefix` stands before the names of its fields."""
    words = ("state", "summary", "occurred_on", "late_reason", "reopened_by")
    said = {name: form[prefix + name] for name in words if form[prefix + name] is not None}
    percent = form.whole(prefix + "percent")
    return {
        **said,
        **({} if percent is None else {"percent": percent}),
        "measurements": [_measured(form, target, prefix) for target in targets_of(form, prefix)],
        **({} if prefix else {"evidence": [_attached(form, kind) for kind in _kinds(form)]}),
    }


def targets_of(form: Form, prefix: str = "") -> list[str]:
    """Return the targets for which a form says something."""
    starts = (prefix + FIGURE, prefix + NO_CASE)
    found = {name.removeprefix(start): None for start in starts for name in form.values if name.startswith(start)}
    return list(found)


def _measured(form: Form, target: str, prefix: str) -> dict[str, Any]:
    figure = form.figure(f"{prefix}{FIGURE}{target}")
    none = {"cases": 0} if form[f"{prefix}{NO_CASE}{target}"] else {}
    return {"target": target, **({} if figure is None else {"value": figure}), **none}


def _kinds(form: Form) -> list[str]:
    """Return which kinds of evidence were filled in; what a page fills in by itself says nothing."""
    return [kind for kind, names in _ATTACHED.items() if any(form[f"{kind}-{name}"] for name in names[:2])]


def _attached(form: Form, kind: str) -> dict[str, Any]:
    said = {name: form[f"{kind}-{name}"] for name in _ATTACHED[kind]}
    return {"kind": kind, **{name: value for name, value in said.items() if value is not None}}


@router.post("/obligations/{obligation_id}/reviews", dependencies=[opens(Permission.REVIEW)])
async def review(desk: Acting, view: Viewing, obligation_id: ObligationId, form: Sent) -> Response:
    """Accept the claim that stands, by name of what it lacks, or return it with a reason."""
    outcome = form["outcome"] or ""
    name = "return" if outcome == "returned" else "accept"

    async def act() -> Response:
        waives = form.every("waives")
        said = {**form.said("outcome", "reason", "reopened_by"), "waives": waives, "seen": form.seen}
        return await form.write.run(reviews.give, desk.caller, obligation_id, read(ReviewIn, said), now=desk.now)

    return await _done(desk, view, obligation_id, form, (name, outcome), act)


@router.post("/obligations/{obligation_id}/extensions", dependencies=[opens(Permission.EXTEND)])
async def extend(desk: Acting, view: Viewing, obligation_id: ObligationId, form: Sent) -> Response:
    """Move the deadline by a letter."""
    names = ("due_before_on", "document_number", "decided_on", "reason", "reopened_by")

    async def act() -> Response:
        sent = read(ExtensionIn, form.said(*names))
        return await form.expecting().run(
            extensions.grant, desk.caller, obligation_id, sent, now=desk.now, expected=form.seen
        )

    return await _done(desk, view, obligation_id, form, ("extend", "extended"), act)


@router.post("/obligations/{obligation_id}/instructions", dependencies=[opens(Permission.INSTRUCT)])
async def instruct(desk: Acting, view: Viewing, obligation_id: ObligationId, form: Sent) -> Response:
    """Enter the words of a leader."""
    names = ("words", "leader", "given_on", "by_on", "document_number", "reopened_by")

    async def act() -> Response:
        sent = read(InstructionIn, form.said(*names))
        return await form.expecting().run(
            instructions.instruct, desk.caller, obligation_id, sent, now=desk.now, expected=form.seen
        )

    return await _done(desk, view, obligation_id, form, ("instruct", "instructed"), act)


@router.post("/obligations/{obligation_id}/annulments", dependencies=[opens(Permission.ANNUL)])
async def annul(desk: Acting, view: Viewing, obligation_id: ObligationId, form: Sent) -> Response:
    """Take back one act, or an annulment."""

    async def act() -> Response:
        sent = read(AnnulmentIn, form.said("act", "reason", "reopened_by"))
        return await form.expecting().run(
            annulments.annul, desk.caller, obligation_id, sent, now=desk.now, expected=form.seen
        )

    return await _done(desk, view, obligation_id, form, (f"annul-{form['act']}", "annulled"), act)


async def _done(desk: Desk, view: View, obligation_id: UUID, form: Form, names: tuple[str, str], act: Act) -> Response:
    """Act, and lead back to the obligation, or show there what is refused."""
    name, done = names
    try:
        await once(act)
    except Refusal as refusal:
        return await refused_on(desk, view, obligation_id, refusal, form.again(name, refusal, {}))
    return moved(desk.path(f"/obligations/{obligation_id}", done=done))


async def refused_on(desk: Desk, view: View, obligation_id: UUID, refusal: Refusal, again: Again) -> Response:
    """Show an obligation as it stands by now, with the form that was refused."""
    async with view() as connection:
        told = await told_of(desk, connection, obligation_id)
    return refused_with(desk, "obligation.html", refusal, **told, again=again, done=None, doing=None)
