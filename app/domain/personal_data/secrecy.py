"""Marks of secrecy: Mật, Tối mật, Tuyệt mật (law 117/2025/QH15).

The word alone is an everyday one (`bí mật`, `bảo mật`, `mật khẩu`): it is a mark when it is stamped in capitals, or
when it says how secret a document is.
"""

import re
from collections.abc import Iterator

from app.domain.personal_data.findings import Kind
from app.domain.personal_data.patterns import Found, found_by

_EVERYDAY_BEFORE = "".join(rf"(?<!{word}[ ])" for word in ("BÍ", "BẢO", "CƠ", "THÂN", "CẨN", "NỘI", "HỘI"))
_EVERYDAY_AFTER = r"(?![ ](?:KHẨU|MÃ|ONG|ĐỘ|VỤ|THIẾT|THƯ|MÍA))"
_MARKS = re.compile(
    rf"""(?<!\w)(
      (?i:tối|tuyệt)[ ](?i:mật)
    | {_EVERYDAY_BEFORE}MẬT{_EVERYDAY_AFTER}
    | (?i:độ\ mật|dấu\ mật|mức\ độ\ mật)[ ]*:?[ ]*(?i:mật)?
    | (?i:(?:tài\ liệu|văn\ bản|công\ văn|hồ\ sơ|báo\ cáo|đóng\ dấu)[ ]+["“(\[]?mật)
    | TUYET[ -]MAT | TOI[ -]MAT | DO[ -]MAT | [(\[]MAT[)\]]
    )(?!\w)""",
    re.VERBOSE,
)


def search(text: str) -> Iterator[Found]:
    """Yield each mark."""
    return found_by(Kind.SECRECY_MARK, _MARKS, text)
