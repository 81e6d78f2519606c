"""The feed: walks all events, as they stand, and names the first that is not what it was.

Three things must agree: the bytes of each event with the nodes of the tree, the tree with every checkpoint that we
signed, and the bytes with what the transaction of the event told.  Whoever owns the database can make the first two
agree again only for events that nobody has signed yet, and cut off the end only where nobody kept a checkpoint.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.statements import Row, fetch_all, stream_all
from app.domain import checkpoints
from app.domain.checkpoints import Checkpoint, NoCheckpoint
from app.domain.events import spell
from app.domain.merkle import Tree
from app.jobs.sequencer import id_of_checkpoint, spelled
from app.models.event import NO_PLAN
from app.queries import events as queries

PLAIN = (str, int, type(None))
LONGEST_TRANSACTION = timedelta(hours=1)
IsOurs = Callable[[Checkpoint], bool]


@dataclass(frozen=True)
class FeedVerdict:
    """How many events were walked, how many of them are signed, and the first thing that is wrong, if any is."""

    events: int
    signed: int
    fault: str | None


async def verify(connection: AsyncConnection, is_ours: IsOurs, kept: Sequence[str] = ()) -> FeedVerdict:
    """Walk the whole feed; `kept` are notes of checkpoints that were kept outside of the database."""
    rows = await fetch_all(connection, queries.every_checkpoint)
    notes = [*(row["note"] for row in rows), *kept]
    walk = _Walk([one for note in notes if (one := _read(note, is_ours))])
    async for row in stream_all(connection, queries.everything):
        if fault := walk.on(row):
            return FeedVerdict(walk.size, walk.signed, fault)
    faults = (*walk.at_the_end(), *_of_notes(rows, is_ours), *_of_kept(rows, kept, is_ours))
    return FeedVerdict(walk.size, walk.signed, next(iter(faults), None))


class _Walk:
    """Follows the feed from its first event, beside the tree and what was signed of it."""

    def __init__(self, signed: Sequence[Checkpoint]) -> None:
        self._tree = Tree()
        self._ahead = sorted(signed, key=lambda one: one.size, reverse=True)
        self._latest: datetime | None = None
        self.signed = 0

    @property
    def size(self) -> int:
        """How many events were walked."""
        return self._tree.size

    def on(self, row: Row) -> str | None:
        """Walk on to the next event, and say what is wrong."""
        seq = self._tree.size + 1
        if row["seq"] != seq:
            return f"event {seq}: is gone"
        if self._tree.add(row["content"]) != row["node"]:
            return f"event {seq}: differs from what was numbered"
        if not _is_as_told(row):
            return f"event {seq}: differs from what its transaction told"
        if not self._is_in_time(row):
            return f"event {seq}: says that it was recorded long before what it came after"
        return self._beside_the_signed()

    def at_the_end(self) -> Iterator[str]:
        """Say that more was signed than is there."""
        if self._ahead:
            yield f"event {self._tree.size + 1}: is gone; {self._ahead[0].size} were signed"

    def _is_in_time(self, row: Row) -> bool:
        """Say whether an event was recorded about when those before it were: none is put in later as of then.

        Events stand in the order of their transactions, and no transaction takes long.
        """
        if row["began_at"] is None:
            return True
        since = max(row["began_at"], self._latest or row["began_at"]) - LONGEST_TRANSACTION
        self._latest = max(row["recorded_at"], self._latest or row["recorded_at"])
        return bool(since <= row["recorded_at"] <= row["began_at"] + LONGEST_TRANSACTION)

    def _beside_the_signed(self) -> str | None:
        while self._ahead and self._ahead[-1].size == self._tree.size:
            if self._ahead.pop().root != self._tree.root:
                return f"event {self.signed + 1}, or one up to {self._tree.size}: differs from what was signed"
            self.signed = self._tree.size
        return None


def _is_as_told(row: Row) -> bool:
    """Say whether an event's bytes say what its transaction told, by the columns that nobody derives."""
    if row["id"] is None or row["shown_with"] != row["obligation_id"] or not _is_named(row):
        return False
    try:
        said = json.loads(row["content"])
        derived = {"owner": said["owner"], **({} if row["cycle_id"] else {"cycle": said["cycle"]})}
        if row["record"] is None and "record" in said:
            # What it was made of is gone with a way down; what was signed still says it.
            derived["record"] = bytes.fromhex(said["record"])
    except (ValueError, TypeError, KeyError):
        return False
    told = spelled(row["seq"], {**row, **derived})
    return bool(said == {name: value if isinstance(value, PLAIN) else spell(value) for name, value in told.items()})


def _is_named(row: Row) -> bool:
    """Say whether an event is of a plan that there is, or of none, and of one cycle or one obligation at most."""
    of_cycle, of_plan = row["cycle_id"] is not None, row["plan_id"] != NO_PLAN
    of_both = of_cycle and row["obligation_id"] is not None
    return not of_both and of_plan is (row["plan"] is not None) and (row["cycle"] is not None or not of_cycle)


def _of_notes(rows: Sequence[Row], is_ours: IsOurs) -> Iterator[str]:
    """Say which checkpoint of the database is not as it was signed, or has lost the one before."""
    before = 0
    for row in rows:
        one = _read(row["note"], is_ours)
        if one is None or one.size != row["size"] or row["id"] != id_of_checkpoint(one.size):
            yield f"the checkpoint over {row['size']} events: differs from what was signed"
        elif one.after != before:
            yield f"the checkpoint over {one.after} events: is gone"
        before = row["size"]


def _of_kept(rows: Sequence[Row], kept: Sequence[str], is_ours: IsOurs) -> Iterator[str]:
    """Say which checkpoint that was kept is none of ours, or is not in the database any more."""
    stored = {row["note"] for row in rows}
    for number, note in enumerate(kept, start=1):
        if _read(note, is_ours) is None:
            yield f"checkpoint {number} of those kept outside: is not signed by a key of this folder"
        elif note not in stored:
            yield f"checkpoint {number} of those kept outside: is gone from the database"


def _read(note: str, is_ours: IsOurs) -> Checkpoint | None:
    try:
        found = checkpoints.read(note)
    except NoCheckpoint:
        return None
    return found if is_ours(found) else None
