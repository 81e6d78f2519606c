"""Seals: closing a cycle digests every standing in it; whoever works the digest out anew finds what was changed.

A digest is SHA-256 over canonical JSON: keys sorted, no blanks, UTF-8, instants in UTC.  Each obligation has one, over
its standing and its history, and the seal has one over all of these, the moment, the cycle with its deadlines, and who
closed it and why.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import assurances, events
from app.commands.assurances import Assured
from app.commands.cycles import held_cycle
from app.database.statements import Row, Statement, fetch_all, fetch_only, write_rows
from app.domain.access import Caller
from app.domain.errors import CycleClosed, CycleNotDue
from app.models import Obligation, Seal, SealedStanding
from app.models.base import new_id, table
from app.queries import seals as queries
from app.schemas.cycles import ClosingIn, SealOut
from app.standing.moment import Moment

obligations = table(Obligation)


async def close(
    connection: AsyncConnection, caller: Caller, slug: str, code: str, sent: ClosingIn, *, now: datetime
) -> SealOut:
    """Close a cycle: store the digest of every standing in it, as of now.

    Reports that come later are still taken and change nothing under the seal: it says where things stood when the
    cycle was closed, as was known then.

    Raises:
        NotFound: there is no such plan, or no such cycle is open.
        CycleNotDue: its deadline has not passed.
        CycleClosed: it is closed already; also the database's constraint says so.
    """
    cycle = await held_cycle(connection, slug, code, now)
    if cycle["closed_at"]:
        raise CycleClosed
    if now < cycle["due_before"]:
        raise CycleNotDue
    moment = Moment(now, await _still(connection, cycle["plan_id"]))
    found = {one["id"]: one async for one in _digested(connection, cycle["id"], moment, queries.FORM)}
    seal = _seal(cycle, caller, moment, sent)
    digests = {id_: one["digest"] for id_, one in found.items()}
    deadlines = await _deadlines(connection, cycle["id"], moment, queries.FORM)
    seal["digest"] = _digest_of({**cycle, **seal}, digests, deadlines)
    await events.write(connection, Seal, [seal])
    said = Assured(act_id=seal["id"], plan_id=cycle["plan_id"], reason=sent.not_personal_reason)
    await assurances.keep(connection, caller, [said], now=now)
    ids = {"plan_id": cycle["plan_id"], "seal_id": seal["id"]}
    rows = [
        {"id": new_id(), "obligation_id": id_, "status": one["status"], "digest": one["digest"], **ids}
        for id_, one in found.items()
    ]
    await write_rows(connection, table(SealedStanding), rows)
    return _shown(seal, code, len(rows))


@dataclass(frozen=True)
class Verdict:
    """What verifying one seal found: nothing, or the obligations that differ, each by the words that name it."""

    plan: str
    cycle: str
    digest: str
    covered: int
    differences: list[str]


async def verify(connection: AsyncConnection) -> list[Verdict]:
    """Work every seal out anew, as of its own moment, and name what differs."""
    return [await _verify(connection, seal) for seal in await fetch_all(connection, queries.every_seal)]


async def _verify(connection: AsyncConnection, seal: Row) -> Verdict:
    under = await fetch_all(connection, queries.under, seal_id=seal["id"])
    kept: dict[UUID, str] = {row["obligation_id"]: row["digest"] for row in under}
    moment = Moment(seal["received_at"], seal["known_at"])
    now = {one["id"]: one async for one in _digested(connection, seal["cycle_id"], moment, seal["form"])}
    first = seal["form"] == queries.Form.STANDINGS
    erased = await fetch_all(connection, queries.erased_in, cycle_id=seal["cycle_id"]) if first else ()
    differences = list(_differences(kept, now, {row["obligation_id"] for row in erased}))
    if seal["form"] not in queries.FORMS:
        differences = ["it was sealed by another version, which alone can verify it"]
    elif not differences:
        again = _digest_of(seal, kept, await _deadlines(connection, seal["cycle_id"], moment, seal["form"]))
        differences = [] if again == seal["digest"] else ["the seal itself, its moment or its cycle"]
    return Verdict(seal["slug"], seal["code"], seal["digest"], len(kept), differences)


def _differences(kept: Mapping[UUID, str], now: Mapping[UUID, Row], erased: Collection[UUID]) -> Iterator[str]:
    for id_ in sorted(kept.keys() | now.keys()):
        name = f"{now[id_]['duty_code']} {now[id_]['owner_code']} ({id_})" if id_ in now else str(id_)
        if id_ not in now:
            yield f"{name}: is gone"
        elif id_ not in kept:
            yield f"{name}: was not there"
        elif kept[id_] != now[id_]["digest"]:
            yield f"{name}: differs" + (", and evidence of it was erased by law" if id_ in erased else "")


async def _still(connection: AsyncConnection, plan_id: UUID) -> datetime:
    """Hold every obligation of the plan, so that no act is under way, and return the database's instant after that.

    What is recorded up to then is all there; a duty that is done once may have been done in another cycle.
    """
    await fetch_all(connection, _held, plan_id=plan_id)
    instant: datetime = (await fetch_only(connection, _instant))["now"]
    return instant


def _held(plan_id: UUID) -> Statement:
    held = select(obligations.c.id).where(obligations.c.plan_id == bindparam("plan_id", plan_id))
    return held.order_by(obligations.c.id).with_for_update()


def _instant() -> Statement:
    return select(func.clock_timestamp().label("now"))


async def _digested(
    connection: AsyncConnection, cycle_id: UUID, moment: Moment, form: int
) -> AsyncIterator[dict[str, Any]]:
    """Yield each standing of a cycle with the digest of itself and of its history."""
    histories: dict[UUID, list[Any]] = defaultdict(list)
    for row in await fetch_all(connection, queries.acts_of, cycle_id=cycle_id, moment=moment, form=_form(form)):
        histories[row["obligation_id"]].append(row["act"])
    for standing in await fetch_all(connection, queries.standings_of, cycle_id=cycle_id, moment=moment):
        content = {"standing": dict(standing), "history": histories[standing["id"]]}
        yield {**standing, "digest": digest(content)}


async def _deadlines(connection: AsyncConnection, cycle_id: UUID, moment: Moment, form: int) -> list[Row]:
    return await fetch_all(connection, queries.deadlines_of, cycle_id=cycle_id, moment=moment, form=_form(form))


def _form(form: int) -> queries.Form:
    """Return a form; of one that only a later version knows, the verdict says no more than that."""
    return queries.Form(form) if form in queries.FORMS else max(queries.Form)


def _seal(cycle: Row, caller: Caller, moment: Moment, sent: ClosingIn) -> dict[str, Any]:
    return {
        "id": new_id(),
        "plan_id": cycle["plan_id"],
        "cycle_id": cycle["id"],
        "client_id": caller.client_id,
        "received_at": moment.as_of,
        "known_at": moment.known_at,
        "form": queries.FORM,
        **sent.model_dump(include={"reason", "document_number"}),
    }


def _digest_of(seal: Row, digests: Mapping[UUID, str], deadlines: Sequence[Row]) -> str:
    """Digest a seal as its form spells it; with the seal come the code and the days of its cycle."""
    terms = {name: seal[name] for name in ("form", "plan_id", "starts_on", "ends_on", "known_at")}
    covered = [[id_, digests[id_]] for id_ in sorted(digests)]
    more: dict[str, Any] = {}
    if seal["form"] >= queries.Form.WORDS:
        more = {**{name: seal[name] for name in queries.WORDS}, "deadlines": deadlines}
    return digest({**terms, "cycle": seal["code"], "as_of": seal["received_at"], "of": covered, **more})


def digest(content: Any) -> str:
    """Return the SHA-256 of some content's canonical JSON, in hexadecimal."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_spell)
    return hashlib.sha256(text.encode()).hexdigest()


def _spell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | UUID | Decimal):
        return str(value)
    raise TypeError(type(value))


def _shown(seal: Row, code: str, covered: int) -> SealOut:
    named = {"cycle": code, "as_of": seal["received_at"], "client": seal["client_id"], "obligations": covered}
    return SealOut.model_validate({**seal, **named})
