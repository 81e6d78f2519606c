"""What the command says at the terminal, in both languages."""

import os
from enum import StrEnum

from app.domain.words import Words


class Language(StrEnum):
    """A language that the command speaks."""

    VIETNAMESE = "vi"
    ENGLISH = "en"


def language(wanted: Language | None) -> Language:
    """Choose the language: as wanted, else that of the terminal."""
    said = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return wanted or (Language.VIETNAMESE if said.lower().startswith("vi") else Language.ENGLISH)


WORDS = {
    "line": Words("dòng {line}", "line {line}"),
    "cell": Words("ô {cell}", "cell {cell}"),
    "progress": Words("… {lines} dòng", "… {lines} lines"),
    "report": Words("Báo cáo từng dòng: {path}", "The report is in {path}."),
    "replayed": Words(
        "Các dòng đã có từ trước không được ghi nhận lại. Nếu đây là lần nhập mới, hãy thêm --new.",
        "What is replayed had been recorded before. Is this a new import? Then add --new.",
    ),
    "again": Words(
        "Những gì đã ghi nhận vẫn được giữ; hãy chạy lại lệnh này để tiếp tục.",
        "What was recorded stays; run the same command again to go on.",
    ),
    "summary": Words(
        "Ghi nhận {recorded}, đã có từ trước {replayed}, bị từ chối {refused}, bỏ trống {blank}.",
        "{recorded} recorded, {replayed} replayed, {refused} refused, {blank} blank.",
    ),
    "checked": Words(
        "Đọc được {recorded}, bị từ chối {refused}, bỏ trống {blank}; chưa gửi gì.",
        "{recorded} readable, {refused} refused, {blank} blank; nothing was sent.",
    ),
    "why": Words("  {count} dòng: {problem}", "  {count} of them: {problem}"),
    "unreadable": Words("Không mở được tệp {path}.", "{path} cannot be read."),
    "silent": Words("Dịch vụ không trả lời.", "The service does not answer."),
    "refuses": Words("Dịch vụ từ chối: {said}.", "The service refuses: {said}."),
    "no_token": Words("Dịch vụ không cấp mã truy cập: {said}.", "The service gives no token: {said}."),
    "which_plan": Words(
        "Dịch vụ có nhiều kế hoạch; hãy nêu kế hoạch bằng --plan: {plans}.",
        "The service has several plans; name one by --plan: {plans}.",
    ),
    "no_credentials": Words(
        "Cần DONDOC_CLIENT_ID và DONDOC_CLIENT_SECRET, hoặc --credentials.",
        "DONDOC_CLIENT_ID and DONDOC_CLIENT_SECRET, or --credentials, are needed.",
    ),
}


def spelled(name: str, tongue: Language, **parts: object) -> str:
    """Spell something out."""
    return in_tongue(WORDS[name], tongue).format_map(parts)


def in_tongue(words: Words, tongue: Language) -> str:
    """Return words in one language."""
    return words.vi if tongue is Language.VIETNAMESE else words.en
