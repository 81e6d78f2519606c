"""Whose an obligation is: the new owner of its latest transfer, else the owner that the plan names.

Whoever asks, be it for a list, a filter, a total or an act, asks one of the two expressions here, which are made of the
same select.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, case, func, null, select, true

from app.database.statements import Statement
from app.models import Transfer
from app.models.redacted_views import facts_of
from app.standing.moment import Moment, Source, history_of, latest

transfers = facts_of(Transfer)


class Ownership:
    """The owner in force, as a lateral to join to an obligation and as columns to select."""

    def __init__(self, obligation: Source, moment: Moment) -> None:
        self._obligation = obligation
        self._transfer = _last_transfer(obligation, moment).lateral("transferred")

    def joined(self, source: FromClause) -> FromClause:
        """Join the lateral to a source that holds the obligation."""
        return source.outerjoin(self._transfer, true())

    @property
    def owner_id(self) -> ColumnElement[UUID]:
        """Who owes it."""
        return func.coalesce(self._transfer.c.owner_id, self._obligation.c.owner_id)

    @property
    def body_id(self) -> ColumnElement[UUID]:
        """Under which numbered body, or body of its own, the owner stands."""
        return func.coalesce(self._transfer.c.body_id, self._obligation.c.body_id)

    @property
    def ended_by(self) -> ColumnElement[UUID | None]:
        """By which succession it is owed by nobody any more; null while it is owed."""
        return case((self._transfer.c.ends, self._transfer.c.succession_id), else_=null())


def owner_of(obligation: Source, moment: Moment) -> ColumnElement[Any]:
    """Return who owes an obligation of the query around it, for a condition."""
    transferred = _last_transfer(obligation, moment).with_only_columns(transfers.c.owner_id).scalar_subquery()
    return func.coalesce(transferred, obligation.c.owner_id)


def ended(obligation: Source, moment: Moment) -> ColumnElement[bool]:
    """Say whether an obligation of the query around it is owed by nobody any more."""
    transferred = _last_transfer(obligation, moment).with_only_columns(transfers.c.ends).scalar_subquery()
    return func.coalesce(transferred, False)


def owner_when(act: Source, obligation: Source, moment: Moment) -> ColumnElement[Any]:
    """Return who owed an obligation when an act on it was received, as far as a moment knows."""
    by_then = _last_transfer(obligation, moment, transfers.c.received_at <= act.c.received_at).correlate(act)
    return func.coalesce(by_then.with_only_columns(transfers.c.owner_id).scalar_subquery(), obligation.c.owner_id)


def owner_told(event: Source, obligation: Source) -> ColumnElement[Any]:
    """Return who owed an obligation when something happened, as far as was known when it was told of."""
    by_then = select(transfers.c.owner_id).where(
        transfers.c.plan_id == obligation.c.plan_id,
        transfers.c.obligation_id == obligation.c.id,
        transfers.c.received_at <= event.c.occurred_at,
        transfers.c.recorded_at <= event.c.recorded_at,
    )
    told = latest(by_then.correlate(event, obligation), transfers).scalar_subquery()
    return func.coalesce(told, obligation.c.owner_id)


def _last_transfer(obligation: Source, moment: Moment, *also: ColumnElement[bool]) -> Statement:
    return latest(history_of(transfers, obligation, moment, *also), transfers)
