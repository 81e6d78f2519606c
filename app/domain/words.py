"""The words in which people read what machines call by codes: Vietnamese and English."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple, TypeVar

from app.domain.access import Classification
from app.domain.completion import ClaimState, DutyKind, Force, Judgement, Missing, ReviewOutcome, Status
from app.domain.inbox import InboxKind
from app.domain.text import fold

Choice = TypeVar("Choice", bound=StrEnum)


class Words(NamedTuple):
    """One thing in both languages."""

    vi: str
    en: str


_WORDS: Mapping[type[StrEnum], Mapping[str, Words]] = {
    Status: {
        Status.NOT_APPLICABLE: Words("không phát sinh", "not applicable"),
        Status.COMPLETED_ON_TIME: Words("đã hoàn thành – đúng hạn", "completed on time"),
        Status.COMPLETED_LATE: Words("đã hoàn thành – quá hạn", "completed late"),
        Status.OVERDUE: Words("chưa hoàn thành – quá hạn", "overdue"),
        Status.AWAITED: Words("quá thời hạn đề nghị", "awaited"),
        Status.IN_PROGRESS: Words("đang thực hiện – trong hạn", "in progress"),
        Status.NOT_STARTED: Words("chưa thực hiện – trong hạn", "not started"),
    },
    ClaimState: {
        ClaimState.NOT_STARTED: Words("chưa thực hiện", "not started"),
        ClaimState.IN_PROGRESS: Words("đang thực hiện", "in progress"),
        ClaimState.COMPLETED: Words("đã hoàn thành", "completed"),
        ClaimState.NOT_APPLICABLE: Words("không phát sinh", "not applicable"),
    },
    Force: {
        Force.DIRECTED: Words("giao", "directed"),
        Force.REQUESTED: Words("đề nghị", "requested"),
    },
    DutyKind: {
        DutyKind.ACTION: Words("thực hiện", "action"),
        DutyKind.REPORTING: Words("báo cáo", "reporting"),
        DutyKind.LIABILITY: Words("chịu trách nhiệm", "liability"),
    },
    Judgement: {
        Judgement.SILENT: Words("chưa có báo cáo", "silent"),
        Judgement.RETURNED: Words("bị trả lại", "returned"),
        Judgement.AWAITING_REVIEW: Words("chờ xem xét", "awaiting review"),
        Judgement.ACCEPTED_WITH_WAIVER: Words(
            "chấp nhận, có miễn bổ sung hoặc chưa đạt chỉ tiêu", "accepted with a waiver"
        ),
        Judgement.ACCEPTED: Words("đã chấp nhận", "accepted"),
        Judgement.IN_WORK: Words("đang thực hiện, chưa phải xem xét", "in work"),
    },
    InboxKind: {
        InboxKind.UPDATE: Words("cập nhật tiến độ", "update"),
        InboxKind.EVIDENCE: Words("minh chứng", "evidence"),
        InboxKind.EVIDENCE_CONTENT: Words("tệp minh chứng", "file of evidence"),
        InboxKind.WITHDRAWAL: Words("rút minh chứng", "withdrawal"),
        InboxKind.CONTRIBUTION: Words("ý kiến phối hợp", "contribution"),
        InboxKind.REVIEW: Words("xem xét", "review"),
        InboxKind.EXTENSION_REQUEST: Words("đề nghị gia hạn", "extension request"),
        InboxKind.EXTENSION: Words("gia hạn", "extension"),
        InboxKind.EXTENSION_REFUSAL: Words("không đồng ý gia hạn", "extension refusal"),
        InboxKind.CONDITION_DECISION: Words("quyết định về điều kiện", "condition decision"),
        InboxKind.INSTRUCTION: Words("ý kiến chỉ đạo", "instruction"),
        InboxKind.ANNULMENT: Words("hủy ghi nhận", "annulment"),
    },
    ReviewOutcome: {
        ReviewOutcome.ACCEPTED: Words("chấp nhận", "accepted"),
        ReviewOutcome.RETURNED: Words("trả lại", "returned"),
    },
    Missing: {
        Missing.REPORT: Words("báo cáo", "report"),
        Missing.EVIDENCE: Words("minh chứng", "evidence"),
        Missing.TARGET: Words("chỉ tiêu", "target"),
    },
    Classification: {
        Classification.PUBLIC: Words("công khai", "public"),
        Classification.INTERNAL: Words("nội bộ", "internal"),
        Classification.RESTRICTED: Words("hạn chế", "restricted"),
    },
}


def entered_late(until: date) -> Words:
    """Say that a paper report was entered after the day by which it should have been."""
    return Words(
        f"Báo cáo giấy được nhập sau ngày làm việc tiếp theo kể từ ngày nhận ({until:%d/%m/%Y}).",
        f"The paper report is entered later than the working day after it came in ({until}).",
    )


def words_of(choice: StrEnum) -> Words:
    """Return what people call a choice; without words of its own it is called by its code."""
    return _WORDS.get(type(choice), {}).get(choice, Words(choice.value, choice.value))


def choice_of(kind: type[Choice], text: str) -> Choice | None:
    """Read a choice as people write it: its code or its words, in any case, with or without diacritics."""
    sought = fold(text)
    return next((one for one in kind if sought in {fold(one.value), *map(fold, words_of(one))}), None)
