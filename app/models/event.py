"""Events: what was changed, told in the transaction that changed it; their one order; and what was signed of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Identity, LargeBinary, String, Table, Uuid, func
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.types import UserDefinedType
from sqlmodel import Field, Index, SQLModel, UniqueConstraint

from app.models.base import PlanRow, belongs_to, instant, recorded, text
from app.models.redacted_views import VIEWS


class TransactionId(UserDefinedType[int]):
    """PostgreSQL's `xid8`: the number of a transaction, in 64 bits, so that none ever comes twice."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Spell the type."""
        return "xid8"


# SQLAlchemy must know the type when it reads a schema back, to compare it with the models.
ischema_names["xid8"] = TransactionId


NO_PLAN = UUID(int=0)
"""What an event is of that concerns no plan: a client, or who read what."""


def transaction() -> Any:
    """Spell the transaction that wrote a row."""
    column = Column(TransactionId(), nullable=False, server_default=func.pg_current_xact_id())
    return Field(default=None, sa_column=column)


def began(*, nullable: bool = True) -> Any:
    """Spell when the transaction began that wrote a row; unknown, where nobody asked."""
    return Field(
        default=None,
        sa_type=DateTime(timezone=True),
        sa_column_kwargs={"server_default": sql("now()"), "nullable": nullable},
    )


class Event(PlanRow, table=True):
    """One row says that something happened to a plan, or to one of its obligations or cycles.

    `act_id` is the row that the act left, `occurred_at` when it was received; `xid` is the transaction that wrote both,
    and with `began_at` names it also where a backup was restored and numbers of transactions come again.  An event
    outlives what it tells of, and so refers to nothing; what concerns no plan is of `NO_PLAN`.
    """

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_xid", "xid", "id"),
        Index("ix_event_plan_change", "plan_id", "xid"),
        Index("ix_event_recorded", "plan_id", "recorded_at", "id"),
        Index("ix_event_obligation", "obligation_id", "recorded_at", "id", postgresql_where=sql("act_id IS NOT NULL")),
    )

    type: str = text(40)
    act_id: UUID | None = None
    obligation_id: UUID | None = None
    cycle_id: UUID | None = None
    occurred_at: datetime = recorded()
    recorded_at: datetime = recorded()
    xid: int = transaction()
    began_at: datetime | None = began()


class SequencedEvent(PlanRow, table=True):
    """One row gives an event its place: `seq` counts all events of all plans from 1, without a gap.

    `content` is the event exactly as readers get it, `node` the hash of the largest complete subtree that ends here
    (domain/merkle.py).  `record`, which is part of the content, is a digest of `salt` and of what the transaction of
    the event left in `RowDigest`; it is null when that was nothing.
    """

    __tablename__ = "sequenced_event"
    __table_args__ = (UniqueConstraint("seq"), belongs_to("event", "id"))

    seq: int = Field(sa_type=BigInteger)
    obligation_id: UUID | None = None
    content: bytes = Field(sa_type=LargeBinary)
    node: bytes = Field(sa_type=LargeBinary)
    salt: bytes | None = Field(default=None, sa_type=LargeBinary)
    record: bytes | None = Field(default=None, sa_type=LargeBinary)


class RowDigest(SQLModel, table=True):
    """One row says that a row of some table is not what it was: the digests of both, null where there is no such row.

    The database writes it, by a trigger of each table that is kept, and numbers it only to have a key: what became of a
    row is told by the digests, each of which is the next one's `before`.
    """

    __tablename__ = "row_digest"
    __table_args__ = (Index("ix_row_digest_transaction", "xid", "began_at"),)

    id: int = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    table_name: str = text(40)
    row_id: UUID
    before: bytes | None = Field(default=None, sa_type=LargeBinary)
    after: bytes | None = Field(default=None, sa_type=LargeBinary)
    xid: int = transaction()
    began_at: datetime = began(nullable=False)


class Checkpoint(SQLModel, table=True):
    """One row is the signed note over the first `size` events (domain/checkpoints.py); its id follows from the size."""

    __tablename__ = "checkpoint"
    __table_args__ = (UniqueConstraint("size"),)

    id: UUID = Field(primary_key=True)
    size: int = Field(sa_type=BigInteger)
    note: str = text(400)


class DeadlineWatch(SQLModel, table=True):
    """The one row says up to when deadlines that passed have been told of."""

    __tablename__ = "deadline_watch"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    watched_until: datetime = instant()


PLAN_CHANGE = Table("plan_change", VIEWS, Column("plan_id", Uuid), Column("xid", TransactionId))
"""Which transactions have told of something in a plan; that they have is no secret."""
TOLD_ACT = Table(
    "told_act",
    VIEWS,
    *(Column(name, Uuid) for name in ("id", "plan_id", "act_id", "obligation_id")),
    Column("type", String),
    *(Column(name, DateTime(timezone=True)) for name in ("occurred_at", "recorded_at")),
    Column("xid", TransactionId),
)
"""When which act on an obligation was told of, for who may read its history: an inbox is read by it."""
FEED_HEAD = Table("feed_head", VIEWS, Column("seq", BigInteger))
"""How many events there are; their number is no secret."""
