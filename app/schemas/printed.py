"""What exports show on paper: the columns that matter, at widths that fit a page, in the words of offices."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.domain.calendar import HOME_ZONE
from app.domain.completion import Force, Missing, Status
from app.domain.words import words_of
from app.schemas.base import TotalsOut
from app.schemas.columns import Column, shown
from app.schemas.exports import StatusLine

_ACTS: Mapping[str, str] = {
    "update": "cập nhật tiến độ",
    "evidence": "minh chứng",
    "withdrawal": "rút minh chứng",
    "erasure": "xóa minh chứng",
    "review": "xem xét",
    "extension": "gia hạn",
    "extension_request": "đề nghị gia hạn",
    "extension_refusal": "không đồng ý gia hạn",
    "cycle_deadline": "thay đổi thời hạn của kỳ",
    "transfer": "chuyển giao",
    "contribution": "ý kiến phối hợp",
    "condition_decision": "quyết định về điều kiện",
}
_TEXTS = ("summary", "reason", "note", "title", "legal_basis")


def deadline(due_before: datetime) -> str:
    """Say a deadline as plans do: it is the first day that is late."""
    return f"trước ngày {due_before.astimezone(HOME_ZONE):%d/%m/%Y}"


def day_of(instant: datetime | None) -> date | None:
    """Return the day on which something was, never a later one."""
    return instant and instant.astimezone(HOME_ZONE).date()


def _missing(one: Any) -> str:
    parts = (part.partition(":") for part in one.missing)
    return ", ".join(f"{words_of(Missing(name)).vi} {code}".rstrip() for name, _, code in parts)


def _told(line: Any) -> str | None:
    texts = (getattr(line.act, name, None) for name in _TEXTS)
    return "; ".join(str(text) for text in texts if text) or None


OBLIGATIONS: Sequence[Column] = (
    shown("cycle", "Kỳ báo cáo", "Cycle", 10),
    shown("duty", "Nhiệm vụ", "Duty", 7, "duty.code"),
    shown("title_vi", "Nội dung nhiệm vụ", "Duty in Vietnamese", 36, "duty.title_vi"),
    shown("owner_name", "Cơ quan chủ trì", "Owner", 20, "owner.name"),
    Column("due_before", "Thời hạn", "Due", 12, lambda one: deadline(one.due_before)),
    shown("status", "Tình trạng", "Status", 15),
    shown("claim_percent", "Tỷ lệ (%)", "Percent", 7, "claim.percent"),
    Column("completed_at", "Ngày hoàn thành", "Completed", 10, lambda one: day_of(one.completed_at)),
    Column("missing", "Còn thiếu", "Missing", 12, _missing),
)
HISTORY: Sequence[Column] = (
    shown("cycle", "Kỳ báo cáo", "Cycle", 10),
    shown("duty", "Nhiệm vụ", "Duty", 7),
    shown("owner", "Cơ quan chủ trì", "Owner", 13),
    Column("act", "Loại ghi nhận", "Act", 13, lambda line: _ACTS.get(line.act.act, line.act.act)),
    Column("received_at", "Thời điểm nhận", "Received at", 15, lambda line: line.act.received_at),
    shown("state", "Kết quả thực hiện", "State", 13, "act.state"),
    shown("percent", "Tỷ lệ (%)", "Percent", 7, "act.percent"),
    Column("told", "Nội dung", "What was said", 36, _told),
    shown("document_number", "Số, ký hiệu văn bản", "Document number", 14, "act.document_number"),
)
_HEADS = {
    Status.COMPLETED_ON_TIME: "Đã hoàn thành, đúng hạn",
    Status.COMPLETED_LATE: "Đã hoàn thành, quá hạn",
    Status.IN_PROGRESS: "Đang thực hiện, trong hạn",
    Status.NOT_STARTED: "Chưa thực hiện, trong hạn",
    Status.OVERDUE: "Chưa hoàn thành, quá hạn",
    Status.AWAITED: "Quá thời hạn đề nghị",
    Status.NOT_APPLICABLE: "Không phát sinh",
}
STATUS: Sequence[Column] = (
    shown("no", "TT", "No.", 4),
    shown("name", "Cơ quan", "Body", 48),
    shown("owed", "Tổng số nghĩa vụ", "Owed", 7, "totals.owed"),
    *(shown(status.value, head, words_of(status).en, 8, f"totals.{status.value}") for status, head in _HEADS.items()),
    shown("completion_rate", "Tỷ lệ hoàn thành", "Completion rate", 8),
    shown("due_completion_rate", "Tỷ lệ trên số đến hạn", "Rate of what is due", 8),
)
SHARES = {"completion_rate", "due_completion_rate"}
"""Columns that hold shares of 1, and are shown as percentages."""


@dataclass(frozen=True)
class Section:
    """A row that says what the rows below it are."""

    title: str


@dataclass(frozen=True)
class Total:
    """The row that adds up the rows above it."""

    name: str
    totals: TotalsOut
    completion_rate: float | None
    due_completion_rate: float | None
    no: None = None


@dataclass(frozen=True, kw_only=True)
class Paper:
    """How an export is printed: its name, its columns, and what stands below its title."""

    name: str
    title: str
    columns: Sequence[Column]
    details: Sequence[str]
    one_page: bool = False


def details(*, plan: str | None, as_of: datetime, filters: Mapping[str, object], made_by: str) -> list[str]:
    """Say of which plan an export is, as of when, by which filters, and who made it."""
    named = "; ".join(f"{name}: {value}" for name, value in filters.items() if value)
    # The last minute that had begun: nothing may be shown later than it was.
    local = as_of.astimezone(HOME_ZONE).replace(second=0, microsecond=0)
    return [
        "; ".join([f"Kế hoạch: {plan or 'tất cả'}", *([named] if named else [])]),
        f"Tính đến {local:%H:%M} ngày {local:%d/%m/%Y} (giờ Việt Nam)",
        f"Người lập: ứng dụng {made_by}",
    ]


def status_rows(lines: Iterable[StatusLine], sums: Mapping[str, Total]) -> Iterator[Any]:
    """Lay a status out for people: cycle by cycle, those that the plan asks apart from those that it directs."""
    by_cycle: dict[str, list[StatusLine]] = {}
    for line in lines:
        by_cycle.setdefault(line.cycle, []).append(line)
    for cycle, found in by_cycle.items():
        yield Section(f"Kỳ báo cáo {cycle} ({deadline(found[0].due_before)})")
        yield from _by_force(found)
        yield sums[cycle]


def _by_force(lines: Sequence[StatusLine]) -> Iterator[Any]:
    force = Force.DIRECTED
    kept: list[StatusLine] = []
    requested: list[StatusLine] = []
    for line in lines:
        # A member stays with its group.
        force = line.force if line.group is None else force
        (requested if force is Force.REQUESTED else kept).append(line)
    yield from kept
    if requested:
        yield Section("Cơ quan được đề nghị thực hiện")
        yield from requested


def level_of(shape: Any) -> int:
    """Say how deep a row stands: a member below its group."""
    return 1 if getattr(shape, "group", None) else 0
