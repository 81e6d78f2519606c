"""What is advised about a cell that the service does not take, by the column that it stands in."""

from app.commands.imports.sayings import SAYINGS, Say, said
from app.domain.access import Classification
from app.domain.completion import ClaimState
from app.domain.words import Words, words_of

_NUMBER = Words("phải là số, ký hiệu văn bản như 115/KH-UBND", "must be a document number such as 115/KH-UBND")
_WORDS = Words("phải có nội dung, không quá 10.000 ký tự", "must hold a text of at most 10,000 characters")
_TITLE = Words("phải có nội dung, không quá 500 ký tự", "must hold a text of at most 500 characters")
_CODE = Words("phải là mã như trong biểu mẫu đã tải về", "must be a code as in the form that you downloaded")
_DAY = SAYINGS[Say.NO_DAY]
ADVICE: dict[str, Words] = {
    "obligation": _CODE,
    "plan": _CODE,
    "cycle": _CODE,
    "duty": _CODE,
    "owner": _CODE,
    "percent": SAYINGS[Say.NO_PERCENT],
    "summary": _WORDS,
    "late_reason": _WORDS,
    "occurred_on": _DAY,
    "received_on": _DAY,
    "document_number": _NUMBER,
    "client_ref": Words("phải là 1–200 ký tự ASCII không có dấu cách", "must be 1 to 200 visible ASCII characters"),
    "evidence_title": _TITLE,
    "evidence_url": Words(
        "phải là đường dẫn bắt đầu bằng https:// hoặc http://",
        "must be an address that begins with https:// or http://",
    ),
    "evidence_number": _NUMBER,
    "evidence_issued_on": _DAY,
    "evidence_issuer": _TITLE,
}
"""What a cell must be that the service does not take, by the key of its column."""
_CHOICES = {"state": ClaimState, "evidence_classification": Classification}


def choices_of(key: str, *, vietnamese: bool) -> str:
    """List what can be chosen in a column."""
    return ", ".join(words_of(one).vi if vietnamese else words_of(one).en for one in _CHOICES[key])


def advice(key: str, *, vietnamese: bool) -> str | None:
    """Say what a cell of a column must be; none when the column has no rule that could be said in general."""
    if key in _CHOICES:
        return said(Say.NO_CHOICE, vietnamese=vietnamese, choices=choices_of(key, vietnamese=vietnamese))
    words = SAYINGS[Say.NO_FIGURE] if key.startswith("target:") else ADVICE.get(key)
    return None if words is None else words.vi if vietnamese else words.en
