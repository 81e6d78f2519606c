"""The sequencer: gives every event its place in the one order, and signs how far it has come.

One process at a time does it, for as long as one transaction takes.  Places follow the transactions' numbers, and are
given only below the oldest transaction that is still under way: an event that commits late finds its place free.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.locks import try_lock
from app.database.statements import Row, fetch_all, fetch_only, write_rows
from app.domain import checkpoints
from app.domain.events import canonical
from app.domain.merkle import Tree, ends, root_of
from app.models import Checkpoint, SequencedEvent
from app.models.base import stable_id, table
from app.queries import events as queries

Signer = Callable[[int, bytes, datetime, int], checkpoints.Checkpoint]
"""Signs a size and a hash as of an instant, after the checkpoint of a smaller size."""
LEADER = b"dondoc sequencer"
BATCH = 1000
SIGNED_EVERY = timedelta(minutes=1)
FIRST_TRANSACTION = "0"
SALT_BYTES = 16


class FeedBroken(Exception):
    """The feed is not what was signed: nothing is added to it, and nothing signed; `dondoc verify` says where."""


@dataclass(frozen=True)
class Progress:
    """How far a round came: all events of transactions below `floor` have their place; `more` may wait."""

    floor: str
    more: bool


async def sequence(connection: AsyncConnection, sign: Signer, floor: str, *, now: datetime) -> Progress:
    """Give their places to events that wait for one, unless another process is at it, and sign when it is time.

    Raises:
        FeedBroken: the events that were signed last are not there any more.
    """
    if not await try_lock(connection, LEADER):
        return Progress(floor, more=False)
    position = await fetch_only(connection, queries.position)
    last = checkpoints.read(position["note"]) if position["note"] else None
    if last and last.size > position["size"]:
        raise FeedBroken
    waiting = {"floor": floor, "oldest_running": position["oldest_running"], "limit": BATCH}
    found = await fetch_all(connection, queries.waiting, **waiting)
    size = position["size"] + len(found)
    if found:
        await _place(connection, position["size"], found)
    if _is_due(last, size, now):
        await _sign(connection, sign, last, size, now)
    full = len(found) == BATCH
    return Progress(floor if full else position["oldest_running"], more=full)


async def _place(connection: AsyncConnection, size: int, found: Sequence[Row]) -> None:
    tree, rows = Tree(size, await _nodes(connection, size)), []
    for row in found:
        kept = _committed(row["rows"])
        content = canonical(spelled(tree.size + 1, {**row, **kept}))
        kept |= {name: row[name] for name in ("id", "plan_id", "obligation_id")}
        rows.append({**kept, "content": content, "node": tree.add(content), "seq": tree.size})
    await write_rows(connection, table(SequencedEvent), rows)


def _committed(rows: bytes | None) -> dict[str, Any]:
    """Commit to what a transaction wrote, by chance, so that nobody can guess at it who has only the event."""
    salt = secrets.token_bytes(SALT_BYTES) if rows else None
    return {"salt": salt, "record": salt and rows and sha256(salt + rows).digest()}


def spelled(seq: int, row: Row) -> dict[str, Any]:
    """Name what an event says: what readers get, and what is digested."""
    named = {"seq": seq, "act": row["act_id"], "obligation": row["obligation_id"]}
    if row["record"]:
        named["record"] = row["record"].hex()
    same = ("id", "type", "plan", "cycle", "owner", "transaction", "occurred_at", "recorded_at")
    return named | {name: row[name] for name in same}


async def root_at(connection: AsyncConnection, size: int) -> bytes:
    """Return the hash of the first events, by the nodes that stand there."""
    return root_of(await _nodes(connection, size))


async def _nodes(connection: AsyncConnection, size: int) -> list[bytes]:
    return [row["node"] for row in await fetch_all(connection, queries.nodes, places=ends(size))]


def _is_due(last: checkpoints.Checkpoint | None, size: int, now: datetime) -> bool:
    signed = last.size if last else 0
    return size - signed >= BATCH or (size > signed and (last is None or now - last.signed_at >= SIGNED_EVERY))


async def _sign(
    connection: AsyncConnection, sign: Signer, last: checkpoints.Checkpoint | None, size: int, now: datetime
) -> None:
    """Sign the feed, which must begin with what was signed last."""
    if last and await root_at(connection, last.size) != last.root:
        raise FeedBroken
    made = sign(size, await root_at(connection, size), now, last.size if last else 0)
    row = {"id": id_of_checkpoint(size), "size": size, "note": made.note}
    await write_rows(connection, table(Checkpoint), [row])


def id_of_checkpoint(size: int) -> Any:
    """Return the id that the checkpoint of a size has."""
    return stable_id("checkpoint", str(size))
