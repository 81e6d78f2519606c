"""The words that tell a child's name from an institution's or an official's.

Each class of words has a letter; `names.py` reads a text as a row of these letters.  Words are written with their
marks; where a text has none at all, they are read without.
"""

import unicodedata
from collections.abc import Mapping
from enum import StrEnum


class Word(StrEnum):
    """What a word, or a phrase, is to a name beside it."""

    AGE = "a"
    BIRTH = "y"
    CLASS = "k"
    CLASS_ALONE = "q"
    HAPPENS = "z"
    CHILD = "c"
    PUPIL = "g"
    VICTIM = "v"
    CHILDREN = "e"
    FILLER = "f"
    HEAD = "h"
    OF_HEAD = "b"
    TITLE = "t"
    PLACE = "p"
    HISTORIC = "r"
    NAME = "N"
    INITIAL = "I"
    SURNAME_IN_CAPITALS = "S"
    CAPITALS = "U"
    SMALL_SURNAME = "s"
    SMALL_MIDDLE = "m"
    OTHER = "x"
    COMMA = ","
    STOP = "."


PHRASES: Mapping[Word, str] = {
    Word.CHILD: "cháu|các cháu|cháu bé|cháu gái|cháu ngoại|cháu nội|bé|em|em bé|các em|con gái|con trai",
    Word.PUPIL: "học sinh|nữ sinh|nam sinh|hs",
    Word.VICTIM: "nạn nhân|bị hại",
    Word.CHILDREN: "trẻ|trẻ em",
    Word.FILLER: """
        là|bé|gái|trai|nhỏ|nữ|nam|tên|tên là|có tên|họ tên|họ và tên|tên thật|khoảng|mới|năm nay|hiện|hiện nay|đang|
        học|sơ sinh|được đặt tên|đặt tên|giới tính|dân tộc khmer|dân tộc kinh|dân tộc hoa|dân tộc chăm|nhất|hai|ba|
        thứ|và|con|bị xâm hại|bị bạo hành
    """,
    Word.HAPPENS: "bị|được|mất tích|tử vong",
    Word.TITLE: """
        ông|bà|đồng chí|đ c|thầy|thầy giáo|cô|cô giáo|anh|chị|chú|dì|cậu|mợ|thím|bác|luật sư|bác sĩ|giáo viên|
        giáo viên chủ nhiệm|hiệu trưởng|cán bộ|chuyên viên|công chức|cộng tác viên|báo cáo viên|điều tra viên|
        kiểm sát viên|thẩm phán|chủ tịch|phó chủ tịch|giám đốc|phó giám đốc|bí thư|trưởng phòng|chánh án|viện trưởng|
        bị cáo|bị can|đối tượng|nghi phạm|ths|ts|pgs|gs|bs|anh hùng|liệt sĩ|người ký|mẹ|cha|bố
    """,
    Word.HEAD: """
        trường|quỹ|giải|giải thưởng|học bổng|nhà thiếu nhi|nhà trẻ|nhà nuôi trẻ|nuôi dạy trẻ|nhà nuôi dạy trẻ|
        cơ sở nuôi dạy trẻ|nhà văn hóa|nhà máy|nhà xuất bản|cung|đội|liên đội|chi đội|phân đội|chi đoàn|thành đoàn|
        quận đoàn|huyện đoàn|xã đoàn|đường|phố|tuyến phố|hẻm|cầu|chợ|công viên|quảng trường|bệnh viện|trạm|trung tâm|
        câu lạc bộ|clb|nhóm trẻ|cơ sở|mái ấm|làng|làng trẻ em|phường|xã|quận|huyện|tỉnh|thành phố|tp|thị trấn|thị xã|
        ấp|khu vực|khóm|thôn|khu phố|kênh|sông|rạch|sở|bộ|ban|phòng|chi cục|cục|hội|công ty|tập đoàn|báo|đài|thpt|
        thcs|th|pt|mầm non|mẫu giáo|tiểu học|tượng đài|thư viện|đền|chùa|chiến dịch|phong trào|hội thi|cuộc thi|cúp|
        huân chương|lớp|tại|ở|mang tên|tấm gương|dân tộc|ubnd|ủy ban|ủy ban nhân dân
    """,
    Word.OF_HEAD: """
        bảo trợ|vì|nuôi dưỡng|khuyến học|hiếu học|nội trú|bán trú|chuyên|phổ thông|trung học|tư thục|công lập|xã hội|
        thiếu nhi|thiếu niên|tiền phong|tntp|sos|nghèo|mồ côi|khuyết tật|độc lập|giáo dục|văn hóa|tình thương|đại học|
        cao đẳng|số|nhi đồng
    """,
    Word.OTHER: """
        tuổi trẻ|giới trẻ|sức trẻ|trí thức trẻ|cán bộ trẻ|anh em|chị em|đàn em|con em|cháu ngoan|khai sinh|phát sinh|
        tái sinh|thí sinh|vệ sinh|dân sinh|hy sinh|giáo sinh|đoàn viên|đoàn thanh niên|đoàn trường|đoàn thể|đoàn kết|
        huy chương|huy hiệu|mặt trận|công an|công tác|công nhân|công đoàn|văn phòng|văn bản|chất độc|mua bán|bạo lực|
        liên hiệp|liên hợp|chủ nhiệm|học viện|học kỳ|cơ quan|học viên
    """,
}
"""Small letters; a phrase wins over the words that it begins with."""
SURNAMES = """
    nguyễn trần lê phạm huỳnh hoàng phan vũ võ đặng bùi đỗ hồ ngô dương lý lâm mai cao thái châu sơn kim hà đoàn đinh
    trịnh trương đào lương lưu phùng tạ quách thạch danh diệp nghiêm tăng tống triệu khưu hứa tô từ tiêu lư đàm giang
    lục chung văn lữ ninh khổng cù doãn mã âu nhan phù
"""
"""Asked only where every word begins with a capital, or none does; elsewhere a name needs no surname of a list."""
MIDDLES = """
    thị văn gia minh ngọc hoàng quốc đức thanh bảo kim tuấn nhật hồng thu xuân phương khánh quang hữu đình công mỹ
    tấn thiên hoài bích cẩm thùy
"""
PLACES = """
    Việt Nam|Trung Quốc|Ấn Độ|Hàn Quốc|Nhật Bản|Hoa Kỳ|Thái Lan|Đài Loan|Châu Á|Châu Âu|Đông Nam Á|Liên Hợp Quốc|
    Hà Nội|Cần Thơ|Hồ Chí Minh|Đà Nẵng|Hải Phòng|An Giang|Bà Rịa|Vũng Tàu|Bắc Giang|Bắc Kạn|Bạc Liêu|Bắc Ninh|Bến Tre|
    Bình Định|Bình Dương|Bình Phước|Bình Thuận|Cà Mau|Cao Bằng|Đắk Lắk|Đắk Nông|Điện Biên|Đồng Nai|Đồng Tháp|Gia Lai|
    Hà Giang|Hà Nam|Hà Tĩnh|Hải Dương|Hậu Giang|Hòa Bình|Hưng Yên|Khánh Hòa|Kiên Giang|Kon Tum|Lai Châu|Lâm Đồng|
    Lạng Sơn|Lào Cai|Long An|Nam Định|Nghệ An|Ninh Bình|Ninh Thuận|Phú Thọ|Phú Yên|Quảng Bình|Quảng Nam|Quảng Ngãi|
    Quảng Ninh|Quảng Trị|Sóc Trăng|Sơn La|Tây Ninh|Thái Bình|Thái Nguyên|Thanh Hóa|Thừa Thiên Huế|Tiền Giang|Trà Vinh|
    Tuyên Quang|Vĩnh Long|Vĩnh Phúc|Yên Bái|Ninh Kiều|Bình Thủy|Cái Răng|Ô Môn|Thốt Nốt|Phong Điền|Cờ Đỏ|Thới Lai|
    Vĩnh Thạnh|Vị Thanh|Ngã Bảy|Long Mỹ|Châu Thành|Phụng Hiệp|Sa Đéc|Cao Lãnh|Long Xuyên|Châu Đốc|Rạch Giá|Phú Quốc|
    Mỹ Tho|Tân An|Trà Nóc|Tây Nam Bộ|Đông Nam Bộ|Nam Bộ|Trường Sa|Hoàng Sa|Hà Tiên|Gò Công|Bình Minh|Tân Châu|
    Vĩnh Châu|Giá Rai
"""
HISTORIC = """
    Nguyễn Văn Trỗi|Võ Thị Sáu|Kim Đồng|Lê Văn Tám|Lý Tự Trọng|Trần Hưng Đạo|Lê Lợi|Nguyễn Huệ|Quang Trung|
    Nguyễn Trãi|Nguyễn Du|Lê Quý Đôn|Chu Văn An|Nguyễn Bỉnh Khiêm|Lương Thế Vinh|Trần Quốc Toản|Hai Bà Trưng|
    Võ Trường Toản|Phan Bội Châu|Phan Châu Trinh|Phan Ngọc Hiển|Châu Văn Liêm|Bùi Hữu Nghĩa|Nguyễn Việt Hồng|
    Phan Đăng Lưu|Vừ A Dính|Nguyễn Thị Minh Khai|Nguyễn Thị Định|Ngô Quyền|Đinh Tiên Hoàng|Lê Hồng Phong|
    Lý Thường Kiệt|Nguyễn Đình Chiểu|Mạc Đĩnh Chi|Đoàn Thị Điểm|Phù Đổng|Tôn Đức Thắng|Phạm Văn Đồng|Võ Văn Kiệt|
    Võ Nguyên Giáp|Trần Phú|Lê Duẩn|Nguyễn Tất Thành|Nguyễn Ái Quốc|Bà Triệu|An Dương Vương|Hùng Vương|Thoại Ngọc Hầu|
    Nguyễn Trung Trực|Trương Định|Lưu Hữu Phước|Nguyễn Viết Xuân|Phan Văn Trị|Thủ Khoa Huân|Nguyễn Văn Cừ|
    Nguyễn Văn Linh|Cách mạng Tháng Tám|Thánh Gióng
"""
NO_NAMES = """
    Khối Khu Tổ Ủy Mầm Mẫu Tiểu Bí Phó Ngày Tết Luật Nghị Quyết Thông Kế Chương Đề Khmer Olympic Internet Zalo
    Facebook Youtube Tiktok Kinh Chăm Bom Tổng Tòa Viện Bệnh Dự Thiếu Các Những Khi Theo Qua Trong Để Đây Sau Và Mỗi
    Tất Chúng Thường Hiện Ngoài Trên Đến Nếu Vì Do Tháng Đảng Điều Mặt Độc Cộng Căn Phụ Biểu Đại Nâng Tăng Được Bị Có
    Đã Gửi Nơi Như Lưu Kính Bản Biên Rà Xây Hỗ Cấp Đơn Năm Đang Không Của Là Cùng
"""
"""Words with a capital, at the head of a sentence or of an institution, that begin no name."""
VERBS = frozenset(["được", "bị", "đã", "đang", "có", "không", "nghỉ", "đi", "sống", "học"])
"""What a child does, or what is done to it: an institution of one word, such as a school, does none of it."""


def unmarked(text: str) -> str:
    """Take the marks off letters, as people type who have no Vietnamese keyboard."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(character for character in plain if not unicodedata.combining(character))


Phrases = Mapping[str, tuple[tuple[tuple[str, ...], Word], ...]]
"""All that begin with a word, the longest first."""


def _gathered(marked: bool) -> Phrases:
    found: dict[str, list[tuple[tuple[str, ...], Word]]] = {}
    lists = [*PHRASES.items(), (Word.HISTORIC, HISTORIC.lower()), (Word.PLACE, PLACES.lower())]
    cues = [(kind, unmarked(PHRASES[kind])) for kind in (Word.CHILD, Word.PUPIL, Word.VICTIM)] if marked else []
    for kind, phrases in reversed([*lists, *cues]):
        for phrase in phrases.split("|"):
            words = tuple((phrase if marked else unmarked(phrase)).split())
            found.setdefault(words[0], []).insert(0, (words, kind))
    return {first: tuple(sorted(those, key=lambda one: -len(one[0]))) for first, those in found.items()}


MARKED, UNMARKED = _gathered(True), _gathered(False)
"""Cues are known without their marks everywhere: names of files have them so beside names that are written in full."""
