"""Where a deadline comes from, in both languages: days that were counted one by one, or a letter."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from app.domain.words import Words


@dataclass(frozen=True, kw_only=True)
class _Language:
    weekdays: Sequence[str]
    day: str
    counted: str
    working: str
    off: str
    marked: str
    nothing: str
    letter: str
    letter_without_number: str

    def said(self, day: date) -> str:
        return f"{self.weekdays[day.weekday()]} {day:{self.day}}"

    def count(self, since: date, days: Sequence[tuple[date, bool]], due_before: date) -> str:
        told, number = [], 0
        for day, works in days:
            number += works
            told.append(f"{self.said(day)} {self.working.format(number) if works else self.off}")
        counted = ", ".join(told) or self.nothing
        return self.counted.format(since=f"{since:{self.day}}", days=counted, due=f"{due_before:{self.day}}")

    def mark(self, text: str, day: date) -> str:
        worked = re.escape(f"{self.said(day)} {self.working.format(0)}").removesuffix("0") + r"\d+"
        return re.sub(rf"\b{worked}", f"{self.said(day)} {self.marked}", text)

    def ordered(self, number: str | None, decided_on: date) -> str:
        return (self.letter if number else self.letter_without_number).format(number, f"{decided_on:{self.day}}")


_VI = _Language(
    weekdays=("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"),
    day="%d/%m/%Y",
    counted="Tính từ ngày {since}: {days}; thời hạn trước ngày {due}.",
    working="là ngày làm việc thứ {}",
    off="là ngày nghỉ",
    marked="đã được tính là ngày làm việc, sau đó được ghi nhận là ngày nghỉ",
    nothing="không có ngày nào",
    letter="Văn bản số {} ngày {}",
    letter_without_number="Văn bản ngày {1}",
)
_EN = _Language(
    weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    day="%Y-%m-%d",
    counted="Counted from {since}: {days}; due before {due}.",
    working="is working day {}",
    off="is a day off",
    marked="was counted and has been marked as off since",
    nothing="no day",
    letter="Letter {} of {}",
    letter_without_number="Letter of {1}",
)


def counted(since: date, days: Sequence[tuple[date, bool]], due_before: date) -> Words:
    """Show how working days were counted, day by day, so that anybody can count them again."""
    return Words(*(language.count(since, days, due_before) for language in (_VI, _EN)))


def marked_off(basis: Words, days: Collection[date]) -> Words:
    """Say in a count that some of its working days were marked as off after it had been made."""
    vi, en = basis
    for day in days:
        vi, en = _VI.mark(vi, day), _EN.mark(en, day)
    return Words(vi, en)


def ordered(number: str | None, decided_on: date, reason: str | None = None) -> Words:
    """Name the letter that sets a deadline, and why, in its own words."""
    why = f": {reason}" if reason else "."
    return Words(*(f"{language.ordered(number, decided_on)}{why}" for language in (_VI, _EN)))
