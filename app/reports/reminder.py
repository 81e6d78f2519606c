"""Công văn đôn đốc: what a letter says that urges one body, and the list that goes with it.

It decides nothing, so it names what the plan and its letters have decided: each duty in the plan's words, and each
deadline with where it comes from.  What the plan can only ask for is asked for, and never told as overdue.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.calendar import days_overdue, last_day_on_time
from app.domain.completion import Force, Missing
from app.domain.letters import LetterKind, soon_until
from app.domain.words import words_of
from app.reports.blocks import Align, Annex, Block, Column, Line, Paper, Paragraph, Table
from app.reports.sentences import cycle_named, plan_named
from app.reports.vietnamese import count, day, day_in_words, grouped
from app.schemas.consolidated_report import ReportedCycle, ReportedPlan
from app.schemas.letterheads import LetterheadOut

Row = Mapping[Any, Any]
MAY_BE_LATE = "nghĩa vụ nào chưa hoàn thành thì nêu rõ lý do, khó khăn, vướng mắc và thời gian hoàn thành"
MAY_BECOME_LATE = (
    "trường hợp không thể hoàn thành đúng hạn thì có văn bản nêu rõ lý do, đề nghị gia hạn trước khi hết thời hạn"
)


@dataclass(frozen=True, kw_only=True)
class Urging:
    """What one letter is made of: `owed` are the obligations of one owner that it is about, by deadline.

    Each is a row of the standing with the `text` of its duty and, by the names of the wire, what is `missing`.
    """

    plan: ReportedPlan
    cycle: ReportedCycle
    basis: str
    letterhead: LetterheadOut
    kind: LetterKind
    body: str
    owed: Sequence[Row]
    as_of: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """The day of the letter."""
        return self.as_of.astimezone(self.zone).date()

    def of(self, force: Force) -> list[Row]:
        """Return what the plan orders, or asks for."""
        return [row for row in self.owed if row["force"] == force]


def letter_of(urging: Urging) -> Paper:
    """Make the letter to one body: the same obligations on the same day are the same letter."""
    day_begins = datetime.combine(urging.today, datetime.min.time(), urging.zone)
    head = urging.letterhead
    return Paper(
        kind=None,
        symbol="-".join(filter(None, (head.code, head.unit))),
        excerpt=f"đôn đốc thực hiện Kế hoạch số {urging.plan.number}, {cycle_named(urging.cycle)}",
        letterhead=head.model_copy(update={"recipients": [urging.body]}),
        body=list(_body(urging)),
        annexes=[Annex(_title(urging), [_table(urging), Paragraph(f"Căn cứ thời hạn của kỳ báo cáo: {urging.basis}")])],
        dated=day_begins,
    )


def _body(urging: Urging) -> Iterator[Block]:
    issuer = urging.letterhead.body
    yield Paragraph(
        f"Thực hiện {plan_named(urging.plan)} (sau đây gọi là Kế hoạch), {issuer} theo dõi, tổng hợp kết quả thực hiện"
        f" {cycle_named(urging.cycle)} của các cơ quan, đơn vị."
    )
    if directed := urging.of(Force.DIRECTED):
        yield Paragraph(_stands(urging, directed, "nghĩa vụ Kế hoạch giao", "quá hạn"))
        yield Paragraph(_ordered(urging))
    if requested := urging.of(Force.REQUESTED):
        yield Paragraph(_stands(urging, requested, "nội dung Kế hoạch đề nghị", "quá thời hạn đề nghị"))
        yield Paragraph(
            f"{issuer} trân trọng đề nghị {urging.body} quan tâm, phối hợp thực hiện các nội dung nêu tại Phụ lục kèm"
            " theo và thông tin kết quả để tổng hợp, báo cáo."
        )
    yield Paragraph("Công văn này nhằm đôn đốc việc thực hiện, không thay đổi thời hạn đã được quy định./.")


def _stands(urging: Urging, rows: Sequence[Row], what: str, late: str) -> str:
    """Say how much stands open, and of how much nothing has been reported."""
    number = f"{count(len(rows))} {what}"
    if urging.kind is LetterKind.OVERDUE:
        told = f"Tính đến {day_in_words(urging.today)}, {urging.body} còn {number} chưa hoàn thành, {late}"
    else:
        until = day_in_words(soon_until(urging.today))
        told = f"Từ {day_in_words(urging.today)} đến hết {until}, {urging.body} có {number} đến hạn mà chưa hoàn thành"
    return f"{told}{_silent(rows)}."


def _silent(rows: Sequence[Row]) -> str:
    silent = sum(1 for row in rows if row["silent"])
    if not silent:
        return ""
    if silent == len(rows):
        return ", chưa có báo cáo" if silent == 1 else ", tất cả đều chưa có báo cáo"
    return f", trong đó {count(silent)} chưa có báo cáo"


def _ordered(urging: Urging) -> str:
    rest = MAY_BE_LATE if urging.kind is LetterKind.OVERDUE else MAY_BECOME_LATE
    how = "khẩn trương hoàn thành" if urging.kind is LetterKind.OVERDUE else "hoàn thành đúng hạn"
    return (
        f"{urging.letterhead.body} đề nghị {urging.body} {how} các nghĩa vụ nêu tại Phụ lục kèm theo, báo cáo kết quả"
        f" và gửi minh chứng; {rest}."
    )


def _title(urging: Urging) -> str:
    what = "nghĩa vụ" if urging.of(Force.DIRECTED) else "nội dung đề nghị thực hiện"
    if urging.kind is LetterKind.DUE_SOON:
        return f"Danh mục {what} sắp đến hạn"
    late = "quá hạn" if not urging.of(Force.REQUESTED) else "đã hết thời hạn"
    return f"Danh mục {what} chưa hoàn thành, {late}"


def _table(urging: Urging) -> Table:
    days = "Số ngày đã quá" if urging.kind is LetterKind.OVERDUE else "Số ngày còn lại"
    columns = (
        Column("TT", 9),
        Column("Nhiệm vụ", 38, Align.LEFT),
        Column("Căn cứ (trích Kế hoạch)", 56, Align.LEFT),
        Column("Ngày cuối còn đúng hạn", 24),
        Column(days, 14),
        Column("Còn thiếu", 24, Align.LEFT),
    )
    return Table(columns, [Line(_line(urging, number, row)) for number, row in enumerate(urging.owed, 1)])


def _line(urging: Urging, number: int, row: Row) -> Sequence[str]:
    last = last_day_on_time(row["due_before"], urging.zone)
    moved = " (đã điều chỉnh)" if row["due_before"] != row["original_due_before"] else ""
    past = days_overdue(row["due_before"], urging.as_of, urging.zone)
    inherited = f" (kế thừa từ {row['inherited_from']})" if row["inherited_from"] else ""
    return (
        str(number),
        f"{row['duty_code']}. {row['title_vi']}{inherited}",
        f"“{row['text'].removeprefix('- ')}”",
        f"{day(last)}{moved}",
        grouped(past if urging.kind is LetterKind.OVERDUE else (last - urging.today).days),
        _missing(row["missing"]),
    )


def _missing(names: Sequence[str]) -> str:
    parts = (name.partition(":") for name in names)
    return ", ".join(f"{words_of(Missing(name)).vi} {code}".rstrip() for name, _, code in parts)
