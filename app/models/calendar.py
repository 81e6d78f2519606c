"""Calendars: a body's deadlines, for whoever knows their address."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text as sql
from sqlmodel import Index

from app.models.base import PlanRow, belongs_to, by_client, instant, recorded


class CalendarFeed(PlanRow, table=True):
    """One row is one address of one body's calendar, which holds from `created_at` until it is revoked.

    The secret in the address is made of the id and a key of the installation: it is kept nowhere.  A body has one
    address at a time.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = (
        Index("uq_calendar_feed_body", "plan_id", "body_id", unique=True, postgresql_where=sql("revoked_at IS NULL")),
        belongs_to("body", "body_id"),
        by_client(),
    )

    body_id: UUID
    client_id: UUID
    created_at: datetime = recorded()
    revoked_at: datetime | None = instant()
