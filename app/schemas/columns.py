"""Columns: what exported tables show, and what filled-in tables are read by.  Their names are written here only.

`key` is what machines call a column, in CSV; people read `vi` or `en`, in spreadsheets.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from app.domain.completion import Judgement, Status
from app.domain.text import fold
from app.domain.totals import By
from app.domain.words import words_of

NAMES = ("plan", "cycle", "duty", "owner")
"""What together names an obligation, in a table as in a call."""
Cell = str | UUID | int | float | date | datetime | StrEnum | None
"""What a cell holds; a choice is shown by its words, an instant in the time of Vietnam."""


@dataclass(frozen=True)
class Column:
    """One column: its names, its width in characters, and what it shows of a shape; one to fill in shows nothing."""

    key: str
    vi: str
    en: str
    width: int
    of: Callable[[Any], Cell] = lambda _: None


def shown(key: str, vi: str, en: str, width: int, path: str | None = None) -> Column:
    """Make a column that shows a field, by its path when it lies deeper; a part that is missing is an empty cell."""
    parts = (path or key).split(".")

    def value(shape: Any) -> Any:
        for part in parts:
            shape = getattr(shape, part, None)
        return shape

    return Column(key, vi, en, width, value)


_NAMED = (
    shown("cycle", "Kỳ báo cáo", "Cycle", 12),
    shown("duty", "Nhiệm vụ", "Duty", 10, "duty.code"),
    shown("title_vi", "Nội dung nhiệm vụ", "Duty in Vietnamese", 50, "duty.title_vi"),
)
OBLIGATIONS: Sequence[Column] = (
    shown("id", "Mã nghĩa vụ", "Obligation", 38),
    shown("plan", "Kế hoạch", "Plan", 20),
    *_NAMED,
    shown("title_en", "Nhiệm vụ (tiếng Anh)", "Duty in English", 50, "duty.title_en"),
    shown("body_no", "Số thứ tự trong Kế hoạch", "No.", 8, "body.no"),
    shown("body", "Mã cơ quan trong kế hoạch", "Body", 16, "body.code"),
    shown("owner", "Mã cơ quan chủ trì", "Owner", 16, "owner.code"),
    shown("owner_name", "Cơ quan chủ trì", "Owner's name", 34, "owner.name"),
    shown("inherited_from", "Kế thừa từ", "Inherited from", 16),
    shown("force", "Hình thức (giao/đề nghị)", "Force", 12),
    shown("kind", "Loại", "Kind", 12),
    shown("due_before", "Thời hạn (trước ngày)", "Due before", 18),
    shown("last_day_on_time", "Ngày cuối còn đúng hạn", "Last day on time", 13),
    shown("original_due_before", "Thời hạn ban đầu (trước ngày)", "First due before", 18),
    shown("status", "Tình trạng", "Status", 28),
    shown("days_overdue", "Số ngày quá hạn", "Days overdue", 12),
    Column("missing", "Còn thiếu", "Missing", 24, lambda one: " ".join(one.missing)),
    shown("claim_state", "Trạng thái do cơ quan báo cáo", "Claim", 18, "claim.state"),
    shown("claim_percent", "Tỷ lệ (%)", "Percent", 10, "claim.percent"),
    shown("claim_received_at", "Thời điểm báo cáo", "Claim received at", 18, "claim.received_at"),
    shown("evidence_count", "Số minh chứng", "Evidence", 12),
    shown("completed_at", "Thời điểm hoàn thành", "Completed at", 18),
    shown("review_outcome", "Kết quả xem xét", "Review", 14, "review.outcome"),
    shown("review_received_at", "Thời điểm xem xét", "Reviewed at", 18, "review.received_at"),
    shown("version", "Phiên bản", "Version", 10),
)

HISTORY: Sequence[Column] = (
    shown("plan", "Kế hoạch", "Plan", 20),
    shown("cycle", "Kỳ báo cáo", "Cycle", 12),
    shown("duty", "Nhiệm vụ", "Duty", 10),
    shown("owner", "Mã cơ quan chủ trì", "Owner", 16),
    shown("owner_name", "Cơ quan chủ trì", "Owner's name", 34),
    shown("obligation", "Mã nghĩa vụ", "Obligation", 38, "act.obligation"),
    shown("act", "Loại ghi nhận", "Act", 18, "act.act"),
    shown("received_at", "Thời điểm nhận", "Received at", 18, "act.received_at"),
    shown("recorded_at", "Thời điểm ghi nhận", "Recorded at", 18, "act.recorded_at"),
    shown("body", "Mã cơ quan gửi", "Body", 16, "act.body"),
    shown("state", "Kết quả thực hiện", "State", 18, "act.state"),
    shown("percent", "Tỷ lệ (%)", "Percent", 10, "act.percent"),
    shown("summary", "Tóm tắt kết quả", "Summary", 60, "act.summary"),
    shown("occurred_on", "Ngày thực hiện", "Occurred on", 14, "act.occurred_on"),
    shown("late_reason", "Lý do chậm", "Late reason", 30, "act.late_reason"),
    Column("measurements", "Chỉ tiêu", "Measurements", 24, lambda line: figures_of(line.act)),
    shown("outcome", "Kết quả xem xét", "Outcome", 14, "act.outcome"),
    shown("reason", "Lý do", "Reason", 40, "act.reason"),
    shown("note", "Ý kiến phối hợp", "Note", 40, "act.note"),
    shown("due_before", "Thời hạn (trước ngày)", "Due before", 18, "act.due_before"),
    shown("kind", "Loại minh chứng", "Kind of evidence", 14, "act.kind"),
    shown("title", "Tên minh chứng", "Title", 40, "act.title"),
    shown("classification", "Phân loại", "Classification", 14, "act.classification"),
    shown("url", "Đường dẫn", "URL", 30, "act.url"),
    shown("number", "Số, ký hiệu văn bản", "Number", 20, "act.number"),
    shown("issued_on", "Ngày ban hành", "Issued on", 14, "act.issued_on"),
    shown("issuer", "Cơ quan ban hành", "Issuer", 24, "act.issuer"),
    shown("file_name", "Tên tệp", "File name", 30, "act.file_name"),
    shown("media_type", "Loại tệp", "Media type", 18, "act.media_type"),
    shown("size", "Dung lượng (byte)", "Size (bytes)", 12, "act.size"),
    shown("withdrawn_at", "Thời điểm rút", "Withdrawn at", 18, "act.withdrawn_at"),
    shown("erased_at", "Thời điểm xóa", "Erased at", 18, "act.erased_at"),
    shown("legal_basis", "Căn cứ pháp lý", "Legal basis", 30, "act.legal_basis"),
    shown("document_number", "Số, ký hiệu báo cáo giấy", "Document number", 20, "act.document_number"),
    shown("paper_report", "Mã báo cáo giấy", "Paper report", 38, "act.paper_report"),
    shown("client_name", "Ứng dụng gửi", "Client's name", 24, "act.client_name"),
    shown("client", "Mã ứng dụng", "Client", 38, "act.client"),
    shown("id", "Mã", "Id", 38, "act.id"),
)
_OF_A_CYCLE = (
    shown("plan", "Kế hoạch", "Plan", 20),
    shown("cycle", "Kỳ báo cáo", "Cycle", 12),
    shown("due_before", "Thời hạn (trước ngày)", "Due before", 18),
)
_FIGURES = (
    shown("status", "Tình trạng", "Status", 28),
    shown("owed", "Tổng số nghĩa vụ", "Owed", 10, "totals.owed"),
    *(
        Column(status.value, words_of(status).vi, words_of(status).en, 14, attrgetter(f"totals.{status}"))
        for status in Status
    ),
    *(Column(one.value, words_of(one).vi, words_of(one).en, 14, attrgetter(f"judged.{one}")) for one in Judgement),
    shown("completion_rate", "Tỷ lệ hoàn thành", "Completion rate", 12),
    shown("due_completion_rate", "Tỷ lệ hoàn thành trên số đến hạn", "Completion rate of what is due", 16),
    shown("on_time_rate", "Tỷ lệ đúng hạn", "On-time rate", 12),
)
STATUS: Sequence[Column] = (
    *_OF_A_CYCLE,
    shown("no", "Số thứ tự trong Kế hoạch", "No.", 8),
    shown("group", "Thuộc nhóm", "Group", 16),
    shown("code", "Mã cơ quan", "Body", 16),
    shown("name", "Cơ quan", "Name", 40),
    shown("force", "Hình thức (giao/đề nghị)", "Force", 12),
    *_FIGURES,
)
STATUS_BY_DUTY: Sequence[Column] = (
    *_OF_A_CYCLE,
    shown("duty", "Nhiệm vụ", "Duty", 10, "code"),
    shown("title_vi", "Nội dung nhiệm vụ", "Duty in Vietnamese", 50),
    shown("title_en", "Nhiệm vụ (tiếng Anh)", "Duty in English", 50),
    *_FIGURES,
)


def of_status(by: By) -> Sequence[Column]:
    """Return the columns of an exported status."""
    return STATUS if by is By.BODY else STATUS_BY_DUTY


FORM_SHOWN: Sequence[Column] = (
    shown("obligation", "Mã nghĩa vụ", "Obligation", 38, "id"),
    *_NAMED,
    shown("inherited_from", "Kế thừa từ", "Inherited from", 16),
    shown("last_day_on_time", "Ngày cuối còn đúng hạn", "Last day on time", 13),
    shown("status", "Tình trạng", "Status", 28),
)
"""What a form says of each obligation."""
FORM_FILLED: Sequence[Column] = (
    Column("state", "Kết quả thực hiện", "State", 20),
    Column("percent", "Tỷ lệ hoàn thành (%)", "Percent", 12),
    Column("summary", "Tóm tắt kết quả", "Summary", 60),
    Column("occurred_on", "Ngày thực hiện", "Occurred on", 14),
    Column("late_reason", "Lý do chậm", "Late reason", 30),
    Column("evidence_title", "Minh chứng: tên", "Evidence: title", 30),
    Column("evidence_classification", "Minh chứng: phân loại", "Evidence: classification", 16),
    Column("evidence_url", "Minh chứng: đường dẫn", "Evidence: URL", 30),
    Column("evidence_number", "Minh chứng: số, ký hiệu văn bản", "Evidence: number", 20),
    Column("evidence_issued_on", "Minh chứng: ngày ban hành", "Evidence: issued on", 14),
    Column("evidence_issuer", "Minh chứng: cơ quan ban hành", "Evidence: issuer", 24),
)
"""What people fill in."""
FORM_NAMES: Sequence[Column] = (
    Column("plan", "Kế hoạch", "Plan", 20),
    Column("owner", "Mã cơ quan chủ trì", "Owner", 16),
    Column("received_on", "Ngày nhận báo cáo giấy", "Received on", 14),
    Column("document_number", "Số, ký hiệu báo cáo giấy", "Document number", 20),
    Column("client_ref", "Mã tham chiếu", "Client reference", 20),
)
"""What a table that was not made here may hold as well."""
_TARGET = re.compile(r"(?:target:|chi tieu |target )\s*([0-9a-z][0-9a-z.-]*)\Z")


def target(code: str) -> Column:
    """Make the column in which the figure for a target is filled in."""
    return Column(f"target:{code}", f"Chỉ tiêu {code}", f"Target {code}", 14)


def figures_of(act: Any) -> str | None:
    """Spell the figures of an update in one cell."""
    return "; ".join(map(_figure, getattr(act, "measurements", None) or ())) or None


def _figure(one: Any) -> str:
    return f"{one.target}: 0 vụ việc" if one.value is None else f"{one.target} = {one.value.normalize():f}"


_EARLIER = {
    "last_day_on_time": "Hạn cuối",
    "document_number": "Số báo cáo giấy",
    "evidence_url": "Minh chứng: địa chỉ trang",
    "evidence_number": "Minh chứng: số văn bản",
}
"""What columns were called on forms that are still about."""


@cache
def _keys() -> dict[str, str]:
    columns = (*FORM_SHOWN, *FORM_FILLED, *FORM_NAMES)
    named = {fold(name): column.key for column in columns for name in (column.key, column.vi, column.en)}
    return named | {fold(name): key for key, name in _EARLIER.items()}


def key_of(heading: str) -> str | None:
    """Return the key of a form's column by any of its names, in any case, with or without diacritics."""
    sought = fold(heading)
    if key := _keys().get(sought):
        return key
    measured = _TARGET.match(sought)
    # The code is plain, so that it is as long as it was before it was folded to lower case.
    return f"target:{heading.strip()[-len(measured[1]) :]}" if measured else None
