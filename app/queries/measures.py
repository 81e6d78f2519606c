"""What the numbers of operators are of: one question, of which no answer names anybody."""

from typing import Any

from sqlalchemy import ColumnElement, cast, func, literal, literal_column, select

from app.database.statements import Statement
from app.domain.mail import MailState
from app.domain.webhooks import DeliveryState
from app.models import Checkpoint, DeadlineWatch, Event, MailDigest, SequencedEvent, WebhookDelivery
from app.models.base import table
from app.models.event import FEED_HEAD, TransactionId

events, sequenced, deliveries = table(Event), table(SequencedEvent), table(WebhookDelivery)
mails = table(MailDigest)


def measured() -> Statement:
    """Select how long the feed is, how much is signed, how old what waits is, and up to when deadlines were watched."""
    undelivered = select(func.min(deliveries.c.created_at)).where(deliveries.c.state == DeliveryState.PENDING)
    told: dict[str, Any] = {
        "signed": select(func.max(table(Checkpoint).c.size)),
        "unnumbered": select(func.min(events.c.recorded_at)).where(_waits()),
        "undelivered": undelivered,
        "mails": _not_taken(),
        "watched": select(func.max(table(DeadlineWatch).c.watched_until)),
    }
    feed = func.coalesce(FEED_HEAD.c.seq, 0).label("feed")
    return select(feed, *(found.correlate(FEED_HEAD).scalar_subquery().label(name) for name, found in told.items()))


def _not_taken() -> Statement:
    """Count the mails of the last day that were refused, or of which nobody knows whether they arrived."""
    lately = mails.c.created_at > func.clock_timestamp() - literal_column("interval '1 day'")
    lost = (MailState.REFUSED, MailState.HANDED)
    return select(func.count()).where(lately, mails.c.state.in_(lost)).select_from(mails)


def _waits() -> ColumnElement[bool]:
    """Say whether an event has no place yet: one is looked for only from the transaction of the last that has on."""
    last = events.alias("last")
    of_last = select(last.c.xid).join(sequenced, sequenced.c.id == last.c.id).where(sequenced.c.seq == FEED_HEAD.c.seq)
    since = func.coalesce(of_last.correlate(FEED_HEAD).scalar_subquery(), cast(literal("0"), TransactionId))
    placed = select(sequenced.c.id).where(sequenced.c.id == events.c.id)
    return (events.c.xid >= since) & ~placed.exists()
