"""Webhooks: where events are sent to, each delivery, and each attempt at one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, ForeignKeyConstraint, LargeBinary, String
from sqlalchemy import text as sql
from sqlmodel import Field, Index, SQLModel, UniqueConstraint

from app.domain.webhooks import DeliveryState, Disabled, Outcome
from app.models.base import by_client, choice, instant, key, recorded, text


class Webhook(SQLModel, table=True):
    """One row sends a client the events that it may read, from `after_seq` on; null `types` are all.

    The secrets are sealed with a key that is not in the database; the former one signs, too, until `former_until`.
    """

    __tablename__ = "webhook"
    __table_args__ = (by_client(), Index("ix_webhook_client_id", "client_id"))

    id: UUID = key()
    client_id: UUID
    url: str = text(500)
    types: list[str] | None = Field(default=None, sa_type=ARRAY(String(40)))
    secret: bytes = Field(sa_type=LargeBinary)
    former_secret: bytes | None = Field(default=None, sa_type=LargeBinary)
    former_until: datetime | None = instant()
    after_seq: int = Field(sa_type=BigInteger)
    version: int = Field(default=1)
    created_at: datetime = recorded()
    disabled_at: datetime | None = instant()
    disabled_because: Disabled | None = choice(Disabled, "disabled_because", optional=True)


class WebhookDelivery(SQLModel, table=True):
    """One row is one event for one webhook: the queue of what is to be sent, and the record of what was.

    A try-out has no `seq`.  `next_attempt_at` lies ahead also while an attempt is under way, so that the next one is
    made if the process ends meanwhile.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        ForeignKeyConstraint(["webhook_id"], ["webhook.id"], ondelete="CASCADE"),
        UniqueConstraint("webhook_id", "event_id"),
        Index("ix_webhook_delivery_due", "webhook_id", "next_attempt_at", postgresql_where=sql("state = 'pending'")),
    )

    id: UUID = key()
    webhook_id: UUID
    event_id: UUID
    seq: int | None = Field(default=None, sa_type=BigInteger)
    state: DeliveryState = choice(DeliveryState, "state")
    attempts: int = Field(default=0)
    next_attempt_at: datetime = instant()
    created_at: datetime = recorded()


class WebhookAttempt(SQLModel, table=True):
    """One row is one attempt at a delivery: what came of it, and the status of the answer if there was one."""

    __tablename__ = "webhook_attempt"
    __table_args__ = (
        ForeignKeyConstraint(["delivery_id"], ["webhook_delivery.id"], ondelete="CASCADE"),
        Index("ix_webhook_attempt_delivery_id", "delivery_id", "attempted_at"),
    )

    id: UUID = key()
    delivery_id: UUID
    attempted_at: datetime = instant()
    outcome: Outcome = choice(Outcome, "outcome")
    status_code: int | None = None
