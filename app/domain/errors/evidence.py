"""Evidence and its files."""

from app.domain.errors.base import Refusal


class EvidenceNotYours(Refusal):
    """Only who posted an evidence may withdraw it."""

    title_vi = "Chỉ bên đã gửi minh chứng được rút minh chứng đó."


class AlreadyWithdrawn(Refusal):
    """This evidence has been withdrawn already."""

    title_vi = "Minh chứng này đã được rút."


class EvidenceHasNoBytes(Refusal):
    """Only a file has bytes; this evidence is none."""

    title_vi = "Minh chứng này không phải là tệp nên không có nội dung."


class EvidenceEnded(Refusal):
    """The evidence has been withdrawn."""

    title_vi = "Minh chứng đã được rút."


class EvidenceErased(Refusal):
    """What was here has been erased by law."""

    title_vi = "Nội dung này đã được xóa theo quy định của pháp luật."


class ContentNotArrived(Refusal):
    """The file was announced, and its bytes are not here yet."""

    title_vi = "Tệp đã được khai báo nhưng chưa có nội dung."


class ContentAlreadyThere(Refusal):
    """Other bytes are kept for this file; a new version is a new evidence that supersedes this one."""

    title_vi = "Tệp này đã có nội dung khác; phiên bản mới phải là minh chứng mới thay thế minh chứng này."


class ContentDiffers(Refusal):
    """The bytes are not those that were announced."""

    title_vi = "Nội dung nhận được không đúng như đã khai báo."


class FileRefused(Refusal):
    """The file is not what it says, or it could do harm."""

    title_vi = "Tệp không đúng định dạng đã khai báo hoặc có thể gây hại."


class RangeNotSatisfiable(Refusal):
    """The file has no such range of bytes."""

    title_vi = "Tệp không có khoảng dữ liệu được yêu cầu."

    def __init__(self, size: int = 0) -> None:
        super().__init__()
        self.size = size


class UploadTooSlow(Refusal):
    """The bytes came too slowly, or stopped coming."""

    title_vi = "Dữ liệu gửi đến quá chậm hoặc bị ngắt quãng."


class QuotaReached(Refusal):
    """What may be kept for this obligation, or from this client, is used up."""

    title_vi = "Đã dùng hết dung lượng cho nghĩa vụ này hoặc cho ứng dụng này."


class SupersededUnknown(Refusal):
    """A file can only supersede an earlier evidence of the same body on the same obligation."""

    title_vi = "Tệp chỉ có thể thay thế minh chứng trước đó của cùng cơ quan trong cùng nghĩa vụ."


class AlreadySuperseded(Refusal):
    """This evidence has been superseded already."""

    title_vi = "Minh chứng này đã được thay thế."


class StorageFull(Refusal):
    """There is no room to keep this now; nothing was changed."""

    title_vi = "Hết chỗ lưu trữ; dữ liệu chưa bị thay đổi."
