"""The feed of a calendar itself (RFC 5545)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Calendar, Event, Timezone, TimezoneStandard

from app.domain.calendar import HOME_ZONE
from app.domain.completion import COMPLETED_STATUSES
from app.domain.words import words_of
from app.schemas.obligations import ObligationOut

REFRESHED = timedelta(hours=12)


ENDED = "đã chấm dứt"


def calendar(name: str, deadlines: Iterable[tuple[ObligationOut, datetime]]) -> bytes:
    """Spell deadlines, each with the instant of its last change, as days of a calendar.

    The time zone is there so that a calendar without deadlines has a component, which it needs (RFC 5545, section 3.6).
    """
    feed = Calendar()
    feed.add("prodid", "-//Dondoc//Deadlines//VI")
    feed.add("version", "2.0")
    feed.add("x-wr-calname", f"Đôn đốc: {name}")
    feed.add("refresh-interval", REFRESHED, parameters={"VALUE": "DURATION"})
    feed.add("x-published-ttl", "PT12H")
    feed.add_component(_time_zone())
    for obligation, changed_at in deadlines:
        feed.add_component(_event(obligation, changed_at))
    content: bytes = feed.to_ical()
    return content


def _time_zone() -> Timezone:
    """Spell the zone of the days, whose offset from UTC has been the same since before any plan."""
    begun = datetime(1976, 1, 1)  # noqa: DTZ001  The form has local times here.
    offset = begun.replace(tzinfo=HOME_ZONE).utcoffset()
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", HOME_ZONE.key)
    standard.add("dtstart", begun)
    standard.add("tzoffsetfrom", offset)
    standard.add("tzoffsetto", offset)
    zone.add_component(standard)
    return zone


def _event(obligation: ObligationOut, changed_at: datetime) -> Event:
    """Show one deadline as the whole of the last day on time, which keeps nobody busy."""
    done = "✓ " if obligation.status in COMPLETED_STATUSES else ""
    event = Event()
    event.add("uid", f"{obligation.id}@dondoc")
    event.add("dtstamp", changed_at)
    event.add("sequence", obligation.version - 1)
    event.add("dtstart", obligation.last_day_on_time)
    event.add("dtend", obligation.last_day_on_time + timedelta(days=1))
    event.add("summary", f"{done}Nhiệm vụ {obligation.duty.code}, kỳ {obligation.cycle}: {obligation.duty.title_vi}")
    stands = words_of(obligation.status).vi if obligation.status else ENDED
    event.add("description", f"{obligation.owner.name}: {stands}.")
    event.add("transp", "TRANSPARENT")
    return event
