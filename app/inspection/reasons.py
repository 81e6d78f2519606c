"""Why a file is refused, in the words of officials, and what they can do about it; none holds anything of the file."""

from collections.abc import Mapping
from enum import StrEnum

from app.domain.errors import Fault
from app.domain.words import Words

REFUSED = 3
"""The exit status that comes with a reason."""


class Reason(StrEnum):
    """What is wrong with a file; docs/files.md tells for each where it was looked for."""

    DISGUISED = "disguised"
    UNREADABLE = "unreadable"
    TRAILING = "trailing"
    ENCRYPTED = "encrypted"
    SCRIPT = "script"
    ACTION = "action"
    EMBEDDED = "embedded"
    ARCHIVE = "archive"
    MACRO = "macro"
    OUTSIDE = "outside"
    BOMB = "bomb"
    PATHS = "paths"
    PIXELS = "pixels"
    LOCATION = "location"
    VIRUS = "virus"


WORDS: Mapping[Reason, Words] = {
    Reason.DISGUISED: Words(
        "Nội dung tệp không đúng định dạng đã khai báo; hãy lưu lại đúng định dạng (PDF, PNG, JPEG, DOCX, XLSX).",
        "is not what its media type says; save it as what it is to be (PDF, PNG, JPEG, DOCX, XLSX)",
    ),
    Reason.UNREADABLE: Words(
        "Không đọc được hết tệp; hãy mở tệp, lưu lại thành tệp mới rồi gửi.",
        "cannot be read to its end; open it, save it as a new file and send that one",
    ),
    Reason.TRAILING: Words(
        "Sau phần kết thúc của tệp còn dữ liệu khác; hãy mở tệp, lưu lại thành tệp mới rồi gửi.",
        "goes on after its end; open it, save it as a new file and send that one",
    ),
    Reason.ENCRYPTED: Words(
        "Tệp được mã hóa hoặc đặt mật khẩu; hãy bỏ mật khẩu rồi gửi.",
        "is encrypted or has a password; remove the password",
    ),
    Reason.SCRIPT: Words(
        "Tệp chứa mã lệnh; hãy in tệp ra PDF mới rồi gửi.",
        "holds a script; print it to a new PDF",
    ),
    Reason.ACTION: Words(
        "Tệp chứa lệnh tự mở, tự chạy hoặc gửi dữ liệu; hãy lưu thành PDF chỉ có chữ, hình và liên kết web.",
        "holds an action that opens, starts or sends something; save it as a PDF of words, pictures and web links",
    ),
    Reason.EMBEDDED: Words(
        "Trong tệp có tệp khác; hãy bỏ tệp đính kèm hoặc đối tượng nhúng, và gửi riêng từng tệp.",
        "holds another file; remove attachments and embedded objects, and send each file by itself",
    ),
    Reason.ARCHIVE: Words(
        "Tệp đồng thời là tệp nén; hãy mở tệp, lưu lại thành tệp mới rồi gửi.",
        "is an archive as well; open it, save it as a new file and send that one",
    ),
    Reason.MACRO: Words(
        "Tệp chứa macro, điều khiển ActiveX hoặc tiện ích; hãy lưu lại dạng không có macro (.docx, .xlsx).",
        "holds a macro, a control or an add-in; save it without macros (.docx, .xlsx)",
    ),
    Reason.OUTSIDE: Words(
        "Tệp tự lấy dữ liệu từ bên ngoài hoặc có liên kết không phải http, https, mailto; "
        "hãy ngắt các liên kết (Edit Links, Break Link), chèn hình vào tệp, hoặc lưu thành PDF không có liên kết.",
        "refers to something outside itself; break its links (Edit Links, Break Link), put pictures into it, "
        "or save it as a PDF without links",
    ),
    Reason.BOMB: Words(
        "Tệp giải nén ra quá lớn hoặc có quá nhiều thành phần; hãy chia thành nhiều tệp nhỏ hơn.",
        "unpacks to far more than it is, or has too many parts; divide it into smaller files",
    ),
    Reason.PATHS: Words(
        "Tệp chứa tên thành phần không hợp lệ; hãy mở tệp, lưu lại thành tệp mới rồi gửi.",
        "holds names that lead out of it or come twice; open it, save it as a new file and send that one",
    ),
    Reason.PIXELS: Words(
        "Hình quá lớn; hãy giảm kích thước hình xuống tối đa 60 triệu điểm ảnh, mỗi cạnh tối đa 20.000.",
        "has too many pixels; make the picture smaller: at most 60 million, and 20,000 a side",
    ),
    Reason.LOCATION: Words(
        "Hình cho biết nơi chụp; hãy xóa thông tin vị trí (GPS, địa danh) của hình rồi gửi.",
        "says where a picture was taken; remove the location (GPS, place names) from the picture",
    ),
    Reason.VIRUS: Words(
        "Phần mềm diệt vi-rút báo tệp có mã độc; hãy quét vi-rút máy tính và gửi tệp sạch.",
        "holds what the virus scanner calls harmful; scan your computer and send a clean file",
    ),
}


class Refused(Exception):
    """The file is refused."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def fault_of(reason: Reason) -> Fault:
    """Say in both languages what is wrong with the file as a whole."""
    words = WORDS[reason]
    return Fault("", words.en, words.vi)
