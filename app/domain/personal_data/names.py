"""The name of a child: a name next to a word that says that it is a child's.

Initials (`cháu N.T.L`, `em A`) pass: they are how a child is hidden.  So do institutions and places, which also begin
with capitals: `các em Trường Tiểu học …`, `trẻ em Cần Thơ`.
"""

import re
from collections.abc import Iterator

from app.domain.personal_data.findings import Kind
from app.domain.personal_data.spelling import LOWER, UPPER

_NAME = rf"[{UPPER}][{LOWER}]+(?![{UPPER}{LOWER}])"
_TO = r"[ :(\"“‘'\-]{1,3}"

_SURNAME = (
    "Nguyễn|Trần|Lê|Phạm|Huỳnh|Hoàng|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Ngô|Dương|Đinh|Trịnh|Trương|Đào|Lương|Lưu|Phùng|Tạ|"
    "Quách|Thạch|Danh|Diệp|Nghiêm|Tăng|Tống|Triệu|Khưu|Hứa"
)
"""Surnames that are no other word at the head of an institution or a place."""
_PLAIN_SURNAME = "nguyen|tran|le|pham|huynh|hoang|vo|bui|ngo|duong|dinh|trinh|thach|danh"
"""Those that are no other word when they are written without their marks, as in names of files."""

_NOT_A_NAME = rf"""(?!
    (?:Trường|Sở|Phòng|Hội|Ban|Đội|Nhà|Khối|Lớp|Khu|Tổ|Bộ|Cục|Quỹ|Giải)[ ][{UPPER}\d]
  | Thành[ ](?:phố|đoàn|ủy) | Trung[ ](?:tâm|ương|học) | Công[ ](?:an|ty|đoàn|tác) | Huy[ ](?:chương|hiệu)
  | Văn[ ](?:phòng|hóa|bản) | Hội[ ](?:đồng|nghị|thi|trại|viên|liên) | Liên[ ](?:đội|đoàn|hợp|hiệp)
  | Chi[ ](?:đội|đoàn|hội|cục) | Đoàn[ ](?:viên|thanh|Thanh|trường|thể|kết) | Mặt[ ]trận | Bác[ ]Hồ | Đảng | Nhà[ ]
  | Chủ[ ](?:tịch|nhiệm) | Giáo[ ](?:viên|dục) | Học[ ](?:sinh|bổng|viện|kỳ) | Cơ[ ](?:sở|quan) | Chất[ ]độc
  | Mua[ ]bán | Bạo[ ]lực
    | Trường[ ](?:học|mầm|mẫu|tiểu|trung|phổ|dân|nuôi|chuyên) | Thị[ ](?:xã|trấn) | Đội[ ] | Tổ[ ] | Tháng[ ]
  | Việt[ ]Nam | Cần[ ]Thơ | Ninh[ ]Kiều | Bình[ ]Thủy | Cái[ ]Răng | Ô[ ]Môn | Thốt[ ]Nốt | Phong[ ]Điền | Cờ[ ]Đỏ
  | Thới[ ]Lai | Vĩnh[ ]Thạnh | Hậu[ ]Giang | Sóc[ ]Trăng | Hồ[ ]Chí[ ]Minh | Hà[ ]Nội | Đồng[ ](?:bằng|Tháp)
  | (?:Ủy|Tỉnh|Quận|Huyện|Phường|Xã|Ấp|Khóm|Lớp|Khối|Mầm|Mẫu|Tiểu|Bí|Phó|Ngày|Tết|Luật|Nghị|Quyết|Thông|Kế|Chương|Đề
    |Quỹ|Khmer|Kinh|Chăm|Bom|Tổng|Tòa|Viện|Bệnh|Dự|Thiếu|Nhi|Các|Những|Cục|Sở|Bộ|Khi|Theo|Qua|Trong|Để|Đây|Sau|Tại|Từ
    |Và|Số|Mỗi|Tất|Chúng|Thường|Theo|Hiện|Ngoài|Trên|Đến|Nếu|Vì|Do|Olympic|Internet|Zalo|Facebook)(?!\w)
)"""
_FULL_NAME = rf"(?:{_SURNAME})(?:[ \-]{_NAME}){{1,4}}"
_MORE = rf"(?:[ \-]{_NAME}){{0,4}}"
_FILLER = r"(?:[ ](?:bé|gái|trai|nhỏ|nữ|nam|học[ ]sinh|trẻ[ ]em|tên|là|có|họ|và|bị[ ]hại)){0,6}"
_CUE = r"(?i:cháu|bé|nạn[ ]nhân|(?<!trẻ[ ])(?<!chị[ ])(?<!anh[ ])(?<!con[ ])(?<!đàn[ ])em)" + _FILLER
_WIDER_CUE = r"(?i:trẻ[ ]em|trẻ|học[ ]sinh|nữ[ ]sinh|nam[ ]sinh|bị[ ]hại|con[ ]gái|con[ ]trai|chau|be|nan[ ]nhan|em)"
_PATTERNS = [
    re.compile(pattern, re.VERBOSE)
    for pattern in (
        rf"(?<!\w){_CUE}{_TO}({_NOT_A_NAME}{_NAME}{_MORE})",
        rf"(?<!\w){_WIDER_CUE}{_FILLER}{_TO}((?:{_FULL_NAME}))",
        # In capitals, where every word looks like a name, a surname must lead.
        rf"(?<!\w)(?:CHÁU|BÉ|NẠN[ ]NHÂN|(?<!TRẺ[ ])EM)(?:[ ](?:GÁI|TRAI|BÉ|TÊN|LÀ)){{0,6}}{_TO}"
        rf"((?:{_SURNAME.upper()})(?:[ \-][{UPPER}]+(?!\w)){{1,4}})",
        # In small letters, and in names of files without any marks, `thị` or `văn` must follow.
        rf"(?<!\w){_CUE}{_TO}((?i:{_SURNAME})[ \-](?i:thị|văn)[ \-]\w+)",
        rf"(?<!\w)(?i:chau|em|be|nan[ \-]nhan|hoc[ \-]sinh|tre)[ \-]{{1,3}}"
        rf"((?i:{_PLAIN_SURNAME})[ \-](?i:thi|van)[ \-](?i:[a-z])+)(?!\w)",
        rf"(?<!\w)(?:chau|be|nan[ ]nhan)[ \-]{{1,3}}((?:{_PLAIN_SURNAME.title()})(?:[ \-][A-Z][a-z]+){{1,4}})",
        # A full name, and then how young: under 18, or a pupil.
        rf"(?<!\w)({_FULL_NAME})[ ,(\-]{{1,3}}(?:(?:khoảng|mới|năm[ ]nay)[ ])?(?:1[0-7]|0?\d)[ ]tuổi",
        rf"(?<!\w)({_FULL_NAME})[ ,(\-]{{1,3}}(?:là[ ])?(?:học[ ]sinh|trẻ[ ]em|nạn[ ]nhân)(?!\w)",
        rf"(?<!\w)({_FULL_NAME})[ ,(\-]{{1,3}}(?i:sinh|sn)(?:[ ](?:năm|ngày))?[ .:]{{0,2}}"
        rf"(?:\d{{1,2}}[./-]\d{{1,2}}[./-])?20(?:0[89]|[1-9]\d)(?!\d)",
    )
]


def search(text: str) -> Iterator[tuple[Kind, int, int]]:
    """Yield each name that a word beside it says to be a child's."""
    for pattern in _PATTERNS:
        for found in pattern.finditer(text):
            yield Kind.CHILD_NAME, *found.span(1)
