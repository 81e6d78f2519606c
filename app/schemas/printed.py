"""What exports show on paper: the columns that matter, at widths that fit a page, in the words of offices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from app.domain.calendar import HOME_ZONE
from app.domain.completion import Missing
from app.domain.inbox import InboxKind
from app.domain.words import words_of
from app.schemas.columns import Column, shown

ACTS: Mapping[str, str] = {
    **{kind.value: words_of(kind).vi for kind in InboxKind if kind is not InboxKind.EVIDENCE_CONTENT},
    "erasure": "xóa minh chứng",
    "cycle_deadline": "thay đổi thời hạn của kỳ",
    "transfer": "chuyển giao",
    "reminder_letter": "công văn đôn đốc",
}
"""What the acts of a history are called in Vietnamese, by their kinds."""
KINDS: Mapping[str, str] = {
    **ACTS,
    "paper_report": "báo cáo giấy",
    "cycle_closing": "khóa số liệu",
    "cycle_opening": "mở kỳ báo cáo",
    "succession": "kế thừa",
    "membership": "thành viên",
}
"""What all acts that can be taken back are called."""
_TEXTS = ("summary", "reason", "note", "words", "title", "legal_basis")


def deadline(due_before: datetime) -> str:
    """Say a deadline as plans do: it is the first day that is late."""
    return f"trước ngày {due_before.astimezone(HOME_ZONE):%d/%m/%Y}"


def day_of(instant: datetime | None) -> date | None:
    """Return the day on which something was, never a later one."""
    return instant and instant.astimezone(HOME_ZONE).date()


def _act(act: Any) -> str:
    return _marked(ACTS.get(act.act, act.act), act)


def _came_in(one: Any) -> str:
    return _marked(words_of(one.kind).vi, one)


def _marked(name: str, act: Any) -> str:
    return f"{name} (đã hủy ghi nhận)" if act.annulled else name


def _owner(one: Any) -> str:
    inherited = f" (kế thừa từ: {one.inherited_from})" if one.inherited_from else ""
    return f"{one.owner.name}{inherited}"


def _missing(one: Any) -> str:
    parts = (part.partition(":") for part in one.missing)
    return ", ".join(f"{words_of(Missing(name)).vi} {code}".rstrip() for name, _, code in parts)


def _told(line: Any) -> str | None:
    return _words_of(line.act)


def _words_of(act: Any) -> str | None:
    """Join what an act says; of evidence, with how that is called, which an update leaves to the evidence itself."""
    texts = [getattr(act, name, None) for name in _TEXTS]
    attached = [one.title for one in getattr(act, "evidence", None) or () if hasattr(one, "title") and not texts[0]]
    return "; ".join(str(text) for text in (*texts, *attached) if text) or None


OBLIGATIONS: Sequence[Column] = (
    shown("cycle", "Kỳ báo cáo", "Cycle", 10),
    shown("duty", "Nhiệm vụ", "Duty", 7, "duty.code"),
    shown("title_vi", "Nội dung nhiệm vụ", "Duty in Vietnamese", 36, "duty.title_vi"),
    Column("owner_name", "Cơ quan chủ trì", "Owner", 20, _owner),
    Column("due_before", "Thời hạn", "Due", 12, lambda one: deadline(one.due_before)),
    shown("status", "Tình trạng", "Status", 15),
    shown("claim_percent", "Tỷ lệ (%)", "Percent", 7, "claim.percent"),
    Column("completed_at", "Ngày hoàn thành", "Completed", 10, lambda one: day_of(one.completed_at)),
    Column("missing", "Còn thiếu", "Missing", 12, _missing),
)
HISTORY: Sequence[Column] = (
    shown("cycle", "Kỳ báo cáo", "Cycle", 10),
    shown("duty", "Nhiệm vụ", "Duty", 7),
    shown("owner_name", "Cơ quan chủ trì", "Owner", 18),
    Column("act", "Loại ghi nhận", "Act", 13, lambda line: _act(line.act)),
    Column("received_at", "Thời điểm nhận", "Received at", 15, lambda line: line.act.received_at),
    shown("state", "Kết quả thực hiện", "State", 13, "act.state"),
    shown("percent", "Tỷ lệ (%)", "Percent", 7, "act.percent"),
    Column("told", "Nội dung", "What was said", 33, _told),
    shown("document_number", "Số, ký hiệu văn bản", "Document number", 14, "act.document_number"),
)
INBOX: Sequence[Column] = (
    shown("recorded_at", "Thời điểm ghi nhận", "Recorded at", 15),
    Column("kind", "Loại ghi nhận", "Act", 12, _came_in),
    shown("cycle", "Kỳ báo cáo", "Cycle", 10),
    shown("duty", "Nhiệm vụ", "Duty", 7, "duty.code"),
    shown("owner_name", "Cơ quan chủ trì", "Owner", 17, "owner.name"),
    Column("told", "Nội dung", "What was said", 32, _words_of),
    shown("status_before", "Tình trạng trước", "Status before", 13),
    shown("status_after", "Tình trạng sau", "Status after", 13),
    shown("client", "Ứng dụng gửi", "Client", 12, "client.name"),
)
SHARES = {"completion_rate", "due_completion_rate", "on_time_rate"}
"""Columns that hold shares of 1, and are shown as percentages."""


@dataclass(frozen=True)
class Section:
    """A row that says what the rows below it are."""

    title: str


@dataclass(frozen=True, kw_only=True)
class Paper:
    """How an export is printed: its name, its columns, and what stands below its title."""

    name: str
    title: str
    columns: Sequence[Column]
    details: Sequence[str]
    one_page: bool = False
    counts_rows: bool = True
    dated: datetime | None = None
    """As of when it says itself to be made, so that the same rows are the same bytes."""


def details(*, plan: str, as_of: datetime, filters: Mapping[str, object], made_by: str) -> list[str]:
    """Say of which plan an export is, as of when, by which filters, and who made it."""
    named = "; ".join(f"{name}: {value}" for name, value in filters.items() if value)
    return [
        "; ".join([f"Kế hoạch: {plan}", *([named] if named else [])]),
        f"Tính đến {minute(as_of)} (giờ Việt Nam)",
        f"Người lập: {made_by}",
    ]


def filters(given: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, str]:
    """Say under their titles by what an export is narrowed down."""
    return {title: _chosen(given[name]) for name, title in titles.items() if name in given}


def _chosen(value: Any) -> str:
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, datetime):
        return minute(value)
    if isinstance(value, StrEnum):
        return words_of(value).vi
    return value if isinstance(value, str) else ", ".join(map(_chosen, value))


def minute(instant: datetime) -> str:
    """Say the last minute that had begun: nothing may be shown later than it was."""
    return f"{instant.astimezone(HOME_ZONE).replace(second=0, microsecond=0):%H:%M ngày %d/%m/%Y}"
