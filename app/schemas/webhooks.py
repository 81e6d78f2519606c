"""Webhooks on the wire: endpoints, their secrets, their deliveries, and what is sent."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from app.domain.events import EventType
from app.domain.webhooks import DeliveryState, Disabled, Outcome
from app.schemas.base import Instant, RequestModel, ResponseModel
from app.schemas.events import EventOut
from app.schemas.evidence import Link

TEST = "webhook.test"
Target = Annotated[Link, Field(max_length=500)]
Types = Annotated[list[EventType], Field(min_length=1, max_length=len(EventType))]
Place = Annotated[int, Field(ge=0, le=2**53 - 1)]


class WebhookIn(RequestModel):
    """Where events shall be sent to; the operator of the service says which addresses can be chosen.

    Without `types` all events are sent that the client may read.  `after` is the place in the feed after which it
    begins; without it, what happens from now on is sent.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"url": "https://hooks.example.org/dondoc", "types": ["update.reported"]}]}
    )

    url: Target
    types: Types | None = None
    after: Place | None = None


class WebhookChange(RequestModel):
    """What shall be otherwise; what is left out stays.

    Enabling goes on where it stopped, also with what has failed.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"disabled": True}]})

    url: Target = Field(default_factory=str)
    types: Types | None = None
    disabled: bool = Field(default_factory=bool)


class WebhookOut(ResponseModel):
    """A webhook; null `types` are all.  `next_after` is how far in the feed it has come.

    Until `former_secret_until` deliveries are signed with the secret before as well.
    """

    id: UUID
    url: str
    types: list[EventType] | None
    next_after: int
    former_secret_until: Instant | None
    created_at: Instant
    disabled_at: Instant | None
    disabled_because: Disabled | None
    version: int

    @classmethod
    def of(cls, row: Any) -> "WebhookOut":
        """Show a webhook without what is secret of it."""
        return cls.model_validate({**row, "next_after": row["after_seq"], "former_secret_until": row["former_until"]})


class WebhookList(ResponseModel):
    """The webhooks of a client, the first one first."""

    items: list[WebhookOut]


class WebhookSecretOut(ResponseModel):
    """A webhook with a secret that was just made.

    `secret` is shown once: it is null when the answer is repeated to the same idempotency key.
    """

    webhook: WebhookOut
    secret: str | None = Field(repr=False)

    def repeatable(self) -> "WebhookSecretOut":
        """Return all but the secret."""
        return self.model_copy(update={"secret": None})


class AttemptOut(ResponseModel):
    """One attempt at a delivery, with the status of the answer if there was one."""

    attempted_at: Instant
    outcome: Outcome
    status_code: int | None


class DeliveryOut(ResponseModel):
    """One event for one webhook: `event` is its id, which every attempt carries as `webhook-id`.

    `seq` is null for a test.  `next_attempt_at` is null when no further attempt is made.
    """

    id: UUID
    event: UUID
    seq: int | None
    state: DeliveryState
    next_attempt_at: Instant | None
    created_at: Instant
    attempts: list[AttemptOut]

    @classmethod
    def of(cls, row: Any) -> "DeliveryOut":
        """Show a delivery with its log."""
        pending = row["state"] == DeliveryState.PENDING
        shown = {"event": row["event_id"], "attempts": row["log"]}
        return cls.model_validate({**row, **shown, "next_attempt_at": row["next_attempt_at"] if pending else None})


class DeliveryList(ResponseModel):
    """One page of deliveries, the last one first."""

    items: list[DeliveryOut]
    next_cursor: str | None


class Payload(ResponseModel):
    """What is sent, in the form of Standard Webhooks: `data` is the event as the feed shows it."""

    type: str
    timestamp: Instant
    data: EventOut | dict[str, UUID]

    @classmethod
    def of(cls, content: bytes | None, webhook: UUID, created_at: datetime) -> "Payload":
        """Spell an event from the bytes that were digested; without any it is a test."""
        if content is None:
            return cls(type=TEST, timestamp=created_at, data={"webhook": webhook})
        event = EventOut.of(content)
        return cls(type=event.type, timestamp=event.recorded_at, data=event)
