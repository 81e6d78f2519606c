"""Mail: where an owner is reminded, and the mail of each day."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKeyConstraint, String
from sqlmodel import Field, SQLModel, UniqueConstraint

from app.domain.mail import MailState
from app.models.base import belongs_to, choice, instant, key, recorded, text


class MailAddress(SQLModel, table=True):
    """One row is the address of one body, as the operator gave it, and after how many days each kind is told again.

    Nothing goes there up to and on the day `silent_until`.
    """

    __tablename__ = "mail_address"
    __table_args__ = (belongs_to("body", "body_id"),)

    plan_id: UUID = key()
    body_id: UUID = key()
    address: str = text(254)
    due_soon_every_days: int
    overdue_every_days: int
    returned_every_days: int
    silent_until: date | None = None
    created_at: datetime = recorded()


class MailDigest(SQLModel, table=True):
    """One row is the mail of one body on one day, also when there was nothing to tell.

    `kinds` is what it tells of.  `next_attempt_at` lies ahead also while it is being sent.
    """

    __tablename__ = "mail_digest"
    __table_args__ = (
        UniqueConstraint("plan_id", "body_id", "on_day"),
        ForeignKeyConstraint(["body_id", "plan_id"], ["body.id", "body.plan_id"]),
    )

    id: UUID = key()
    plan_id: UUID
    body_id: UUID
    on_day: date
    kinds: list[str] = Field(sa_type=ARRAY(String(24)))
    state: MailState = choice(MailState, "state")
    attempts: int = Field(default=0)
    next_attempt_at: datetime = instant()
    created_at: datetime = recorded()
