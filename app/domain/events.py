"""Events: what can change, in one word each, and how one is spelled for ever."""

import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class EventType(StrEnum):
    """What has happened."""

    UPDATE_REPORTED = "update.reported"
    PAPER_REPORT_ENTERED = "paper_report.entered"
    EVIDENCE_ATTACHED = "evidence.attached"
    EVIDENCE_RECEIVED = "evidence.received"
    EVIDENCE_WITHDRAWN = "evidence.withdrawn"
    EVIDENCE_ERASED = "evidence.erased"
    CONTRIBUTION_MADE = "contribution.made"
    REVIEW_ACCEPTED = "review.accepted"
    REVIEW_RETURNED = "review.returned"
    EXTENSION_REQUESTED = "extension.requested"
    EXTENSION_GIVEN = "extension.given"
    EXTENSION_REFUSED = "extension.refused"
    CONDITION_DECIDED = "condition.decided"
    INSTRUCTION_GIVEN = "instruction.given"
    ANNULMENT_MADE = "annulment.made"
    BECAME_OVERDUE = "obligation.became_overdue"
    BECAME_AWAITED = "obligation.became_awaited"
    TRANSFERRED = "obligation.transferred"
    OBLIGATION_ENDED = "obligation.ended"
    PLAN_AMENDED = "plan.amended"
    PLAN_ADDED = "plan.added"
    CYCLE_OPENED = "cycle.opened"
    DEADLINE_MOVED = "deadline.moved"
    CYCLE_DEADLINE_MOVED = "cycle.deadline_moved"
    """How `deadline.moved` was told at first; nobody is told so any more, and who was reads it for ever."""
    CYCLE_CLOSED = "cycle.closed"
    CLOSING_ANNULLED = "closing.annulled"
    HOLIDAY_MARKED = "holiday.marked"
    SUCCESSION_PROPOSED = "succession.proposed"
    SUCCESSION_CONFIRMED = "succession.confirmed"
    SUCCESSION_REJECTED = "succession.rejected"
    MEMBER_ADDED = "member.added"
    MEMBER_ENDED = "member.ended"
    PARTNER_NAMED = "partner.named"
    LETTER_SENT = "letter.sent"
    LETTER_NUMBERED = "letter.numbered"
    # What concerns no plan, and is in the feed of those who may read who read what.
    CLIENT_ADDED = "client.added"
    CLIENT_CHANGED = "client.changed"
    CALENDAR_GIVEN = "calendar.given"
    CALENDAR_REVOKED = "calendar.revoked"
    EVIDENCE_READ = "evidence.read"
    RECORD_RESTATED = "record.restated"
    """A migration wrote rows, or their digests, anew."""


FORMER_NAMES = {EventType.CYCLE_DEADLINE_MOVED: EventType.DEADLINE_MOVED}
"""Types by names that are given no more, and by the names that they have: who waits for one waits for both."""

TELL_OF_EVIDENCE = frozenset(
    {
        *(EventType.EVIDENCE_ATTACHED, EventType.EVIDENCE_RECEIVED, EventType.EVIDENCE_WITHDRAWN),
        *(EventType.EVIDENCE_ERASED, EventType.ANNULMENT_MADE),
    }
)
"""Types whose acts may tell that there is an evidence: an annulment can be of an act on one; a read is no act on it."""


def is_wanted(told: EventType, types: Collection[EventType]) -> bool:
    """Say whether an event is of one of some types, by whichever of its names."""
    return FORMER_NAMES.get(told, told) in {FORMER_NAMES.get(one, one) for one in types}


def canonical(content: Mapping[str, Any]) -> bytes:
    """Spell some content in the one way that is digested: canonical JSON (RFC 8785), instants in UTC with `Z`.

    The content holds texts, small integers, instants, ids and nulls, for which this is all that the RFC asks.
    """
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=spell).encode()


def spell(value: Any) -> str:
    """Spell an instant or an id."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value))
