"""Columns of an exported inbox, for programs."""

from collections.abc import Sequence
from typing import Any

from app.schemas.columns import Column, figures_of, shown


def _titles(one: Any) -> str | None:
    return "; ".join(evidence.title for evidence in one.evidence or () if evidence.title) or None


INBOX: Sequence[Column] = (
    shown("recorded_at", "Thời điểm ghi nhận", "Recorded at", 18),
    shown("received_at", "Thời điểm nhận", "Received at", 18),
    shown("kind", "Loại ghi nhận", "Act", 18),
    shown("plan", "Kế hoạch", "Plan", 20),
    shown("cycle", "Kỳ báo cáo", "Cycle", 12),
    shown("duty", "Nhiệm vụ", "Duty", 10, "duty.code"),
    shown("title_vi", "Nội dung nhiệm vụ", "Duty in Vietnamese", 50, "duty.title_vi"),
    shown("owner", "Mã cơ quan chủ trì", "Owner", 16, "owner.code"),
    shown("owner_name", "Cơ quan chủ trì", "Owner's name", 34, "owner.name"),
    shown("client_name", "Ứng dụng gửi", "Client's name", 24, "client.name"),
    shown("document_number", "Số, ký hiệu văn bản", "Document number", 20),
    shown("state", "Kết quả thực hiện", "State", 18),
    shown("percent", "Tỷ lệ (%)", "Percent", 10),
    shown("summary", "Tóm tắt kết quả", "Summary", 60),
    Column("measurements", "Chỉ tiêu", "Measurements", 24, figures_of),
    shown("late_reason", "Lý do chậm", "Late reason", 30),
    shown("outcome", "Kết quả xem xét", "Outcome", 14),
    shown("reason", "Lý do", "Reason", 40),
    shown("note", "Ý kiến phối hợp", "Note", 40),
    shown("words", "Ý kiến chỉ đạo", "Instruction", 60),
    shown("leader", "Người chỉ đạo", "Leader", 24),
    shown("by_on", "Ngày yêu cầu hoàn thành", "Wanted by", 14),
    shown("due_before", "Thời hạn (trước ngày)", "Due before", 18),
    Column("evidence", "Minh chứng", "Evidence", 40, _titles),
    shown("status_before", "Tình trạng trước", "Status before", 28),
    shown("status_after", "Tình trạng sau", "Status after", 28),
    shown("annulled_at", "Thời điểm hủy ghi nhận", "Annulled at", 18, "annulled.at"),
    shown("act", "Mã", "Id", 38),
    shown("obligation", "Mã nghĩa vụ", "Obligation", 38),
    shown("client", "Mã ứng dụng", "Client", 38, "client.id"),
)
