"""The mail that reminds an owner: what is due soon, past its day and returned, by codes, titles and days of the plan.

It holds no word that anybody wrote of the work, and nobody's name.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from app.schemas.reminders import OwnerReminders, ReminderOut

SECTIONS = (
    ("returned", "BÁO CÁO BỊ TRẢ LẠI, CẦN BỔ SUNG"),
    ("overdue", "CHƯA HOÀN THÀNH, QUÁ HẠN"),
    ("awaited", "QUÁ THỜI HẠN ĐỀ NGHỊ"),
    ("due_soon", "SẮP ĐẾN HẠN"),
)
SHORT = {"returned": "bị trả lại", "overdue": "quá hạn", "awaited": "quá thời hạn đề nghị", "due_soon": "sắp đến hạn"}


def subject(told: OwnerReminders, plan_number: str) -> str:
    """Say how many of each kind there are."""
    counts = ((SHORT[name], len(getattr(told, name))) for name, _ in SECTIONS)
    return f"Đôn đốc thực hiện Kế hoạch {plan_number}: " + ", ".join(f"{n} {word}" for word, n in counts if n)


def text(told: OwnerReminders, plan_number: str, today: date, link: str) -> str:
    """Say all of it, and where it is done."""
    head = [
        f"Kính gửi: {told.owner.name}",
        "",
        f"Tình hình thực hiện Kế hoạch số {plan_number} tính đến ngày {_day(today)}:",
    ]
    foot = [
        "",
        f"Xem chi tiết và báo cáo tại: {link}",
        "",
        "Thư này được gửi tự động, mỗi ngày làm việc nhiều nhất một thư. Để thay đổi địa chỉ nhận hoặc ngừng nhận,",
        "đề nghị liên hệ đơn vị vận hành hệ thống.",
    ]
    return "\n".join([*head, *_sections(told), *foot, ""])


def _sections(told: OwnerReminders) -> Iterator[str]:
    for name, title in SECTIONS:
        rows: Sequence[ReminderOut] = getattr(told, name)
        if rows:
            yield from ("", f"{title} ({len(rows)})", *(_line(row) for row in rows))


def _line(row: ReminderOut) -> str:
    when = f"quá {row.days_past} ngày" if row.days_past else f"còn {row.days_left} ngày"
    last_day = f"ngày cuối đúng hạn {_day(row.last_day_on_time)}"
    return f"- {row.duty.code} {row.duty.title_vi} (kỳ {row.cycle}; {last_day}, {when})"


def _day(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"
