"""The change feed and its checkpoints on the wire."""

import json
from uuid import UUID

from app.domain.events import TELL_OF_EVIDENCE, EventType
from app.domain.merkle import digest_of
from app.schemas.base import Instant, ResponseModel


class EventOut(ResponseModel):
    """One change: what happened to what, and when; never a word that anybody wrote.

    `seq` counts all events from 1, without a gap; a reporter gets those that concern its obligations, or a whole plan.
    What concerns no plan (who read what, what became of a client) goes to whoever may know who read what.
    `act` is the id of the update, evidence, review … behind it, `occurred_at` when that was received or a deadline
    passed.  Events with the same `transaction` came about together.  `record` commits to every row that the transaction
    wrote, and tells nothing of them to whoever has not the rows; it is null where there were none, and of events that
    are older than digests of rows.  `digest` is SHA-256 over a zero byte and the other fields in canonical JSON (RFC
    8785), without `record` where it is null: the event's leaf in the tree that checkpoints sign.
    """

    seq: int
    id: UUID
    type: EventType
    plan: str | None
    cycle: str | None
    obligation: UUID | None
    owner: str | None
    act: UUID | None
    transaction: int
    occurred_at: Instant
    recorded_at: Instant
    record: str | None
    digest: str

    @classmethod
    def of(cls, content: bytes) -> "EventOut":
        """Show an event from the bytes that were digested."""
        return cls.model_validate({"record": None, **json.loads(content), "digest": digest_of(content).hex()})

    @property
    def can_tell_of_evidence(self) -> bool:
        """Whether its act may tell that there is an evidence."""
        return self.type in TELL_OF_EVIDENCE


class EventPage(ResponseModel):
    """Events in order, and from where to go on: ask again with `after` = `next_after`."""

    items: list[EventOut]
    next_after: int


class CheckpointOut(ResponseModel):
    """A signed statement: the first `size` events have this Merkle tree hash (RFC 6962), in hexadecimal.

    `note` is what was signed, with its signature, as a signed note (C2SP tlog-checkpoint).  Keep it outside.
    """

    size: int
    root: str
    signed_at: Instant
    key: str
    note: str


class CheckpointKeyOut(ResponseModel):
    """A public key that verifies checkpoints (RFC 8037); `kid` is the hint by which a note names it."""

    kty: str
    crv: str
    x: str
    kid: str
    use: str
    alg: str


class CheckpointPage(ResponseModel):
    """Checkpoints in order, the keys that verify them, and from where to go on."""

    items: list[CheckpointOut]
    keys: list[CheckpointKeyOut]
    next_after: int
