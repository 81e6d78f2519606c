"""Numbers, days and instants as Vietnamese offices write them (Decree 30/2020/NĐ-CP, Annex I)."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from app.domain.calendar import HOME_ZONE

NOTHING = "Không có số liệu."
NO_FIGURE = "–"
TIED = "\u00a0"


def count(number: int) -> str:
    """Write how many in a sentence: a single digit has a nought before it, but for nought itself."""
    return f"{number:02}" if 0 < number < 10 else grouped(number)


def grouped(number: int) -> str:
    """Write a whole number in a table, its thousands apart by dots."""
    return f"{number:,}".replace(",", ".")


def decimal(number: Decimal | float) -> str:
    """Write a figure with a decimal comma, and without noughts at its end."""
    exact = Decimal(str(number)).normalize()
    whole, _, rest = f"{abs(exact):f}".partition(".")
    return f"{'-' if exact < 0 else ''}{grouped(int(whole))}{f',{rest}' if rest else ''}"


def percent(rate: float | None) -> str:
    """Write a share of 1 as a percentage with one decimal; nothing is no figure."""
    if rate is None:
        return NO_FIGURE
    return f"{decimal(round(Decimal(str(rate)) * 100, 1))}%"


def day(one: date) -> str:
    """Write a day in a table: 09/5/2017, 15/6/2021, 05/01/2022."""
    return f"{one.day:02}/{_month(one)}/{one.year}"


def day_in_words(one: date) -> str:
    """Write a day in a sentence: ngày 05 tháng 01 năm 2022; no line ends between a word and its number."""
    return f"ngày{TIED}{one.day:02} tháng{TIED}{_month(one)} năm{TIED}{one.year}"


def instant_in_words(at: datetime, zone: ZoneInfo = HOME_ZONE) -> str:
    """Write an instant to the minute that had begun: nothing is shown later than it was."""
    local = at.astimezone(zone)
    return f"{local.hour:02}{TIED}giờ {local.minute:02}{TIED}phút {day_in_words(local.date())}"


def listed(parts: Iterable[str]) -> str:
    """Write several things after each other."""
    return "; ".join(parts)


def _month(one: date) -> str:
    """Only the first two months have a nought before them."""
    return f"{one.month:02}" if one.month <= 2 else str(one.month)
