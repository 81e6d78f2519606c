"""Marks of secrecy: Mật, Tối mật, Tuyệt mật (law 117/2025/QH15).

The word alone is an everyday one (`bí mật`, `bảo mật`, `mật khẩu`): it is a mark when it is stamped in capitals, or
when it says how secret a document is.
"""

import re
from collections.abc import Iterator

from app.domain.personal_data.findings import Kind

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


def search(text: str) -> Iterator[tuple[Kind, int, int]]:
    """Yield each mark."""
    return ((Kind.SECRECY_MARK, *found.span(1)) for found in _MARKS.finditer(text))
