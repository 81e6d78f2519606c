"""Refusals, in domain words.  They know no HTTP: `web/problems.py` says which answer each becomes.

The class docstring is the public title in English, `title_vi` the one in Vietnamese; the kebab-case class name
is the stable problem type.  No refusal ever holds what was sent.
"""

import re
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Fault:
    """One place that is wrong: an RFC 6901 JSON pointer (or a parameter's name) and a sentence."""

    pointer: str
    detail: str


class Hindrance(Exception):
    """What keeps a command from being done, in words for the person at the terminal."""


class Refusal(Exception):
    """The request is refused."""

    title_vi: ClassVar[str] = "Yêu cầu bị từ chối."

    def __init__(self, detail: str | None = None, *faults: Fault, wait_seconds: int | None = None) -> None:
        super().__init__(detail or type(self).__doc__)
        self.detail = detail
        self.faults = faults
        self.wait_seconds = wait_seconds

    @classmethod
    def slug(cls) -> str:
        """Return the stable name of this kind: `CycleNotOpen` is `cycle-not-open`."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", cls.__name__).lower()


class UnreadableRequest(Refusal):
    """The request cannot be read."""

    title_vi = "Không đọc được yêu cầu."


class BrokenCursor(Refusal):
    """The cursor is broken, or belongs to another query."""

    title_vi = "Con trỏ trang bị hỏng hoặc thuộc về một truy vấn khác."


class NotAuthenticated(Refusal):
    """A valid access token is needed."""

    title_vi = "Cần có mã truy cập hợp lệ."


class ClientUnknown(Refusal):
    """The client's id or secret is wrong."""

    title_vi = "Mã hoặc khóa bí mật của ứng dụng không đúng."


class GrantNotSupported(Refusal):
    """The only grant here is client_credentials."""

    title_vi = "Chỉ hỗ trợ cấp mã theo client_credentials."


class ScopeNotGranted(Refusal):
    """The client may not have a scope that it asks for."""

    title_vi = "Ứng dụng không được cấp một phạm vi đã yêu cầu."


class TokenOfAnotherClient(Refusal):
    """A client revokes its own tokens only."""

    title_vi = "Ứng dụng chỉ được thu hồi mã truy cập của chính mình."


class NotAllowed(Refusal):
    """This caller may not do that."""

    title_vi = "Bên gọi không có quyền thực hiện việc này."


class NotFound(Refusal):
    """There is nothing here, or nothing that this caller may know of."""

    title_vi = "Không có gì ở đây, hoặc bên gọi không được biết."


class MethodNotAllowed(Refusal):
    """This resource does not offer that method."""

    title_vi = "Tài nguyên này không hỗ trợ phương thức đó."


class NotAcceptable(Refusal):
    """This is offered in none of the formats that are asked for."""

    title_vi = "Không có định dạng nào trong số được yêu cầu."


class StaleVersion(Refusal):
    """This has changed since the version that was named."""

    title_vi = "Nội dung đã thay đổi so với phiên bản được nêu."


class AlreadyExists(Refusal):
    """Something with this name or number already exists."""

    title_vi = "Đã có mục mang tên hoặc số này."


class NothingToReview(Refusal):
    """There is no claim that this review could decide on."""

    title_vi = "Không có báo cáo nào đang chờ để xem xét theo cách này."


class EvidenceNotYours(Refusal):
    """Only who posted an evidence may withdraw it."""

    title_vi = "Chỉ bên đã gửi minh chứng được rút minh chứng đó."


class PartnersOnly(Refusal):
    """Only a partner contributes to an obligation; its owner reports on it."""

    title_vi = "Chỉ cơ quan phối hợp được góp ý, đóng góp; cơ quan chủ trì gửi cập nhật tiến độ."


class AlreadyWithdrawn(Refusal):
    """This evidence has been withdrawn already."""

    title_vi = "Minh chứng này đã được rút."


class ExtensionNotLater(Refusal):
    """An extension moves the deadline to a later day, which has not passed."""

    title_vi = "Gia hạn phải lùi thời hạn đến một ngày muộn hơn và chưa qua."


class ObligationAlreadyComplete(Refusal):
    """The obligation is complete, or nothing arises; its deadline cannot be moved any more."""

    title_vi = "Nghĩa vụ đã hoàn thành hoặc không phát sinh; không thể gia hạn nữa."


class ExtensionLimitReached(Refusal):
    """The deadline of this obligation has been moved as often as the plan allows."""

    title_vi = "Nghĩa vụ này đã được gia hạn hết số lần kế hoạch cho phép."


class NoExtensionRequested(Refusal):
    """No request for an extension is pending here."""

    title_vi = "Không có đề nghị gia hạn nào đang chờ."


class TooManySecrets(Refusal):
    """A client has at most two secrets: remove one first."""

    title_vi = "Mỗi ứng dụng có tối đa hai khóa bí mật: hãy xóa bớt một khóa trước."


class CycleNotOpen(Refusal):
    """The reporting cycle is not open."""

    title_vi = "Kỳ báo cáo chưa được mở."


class CycleUnknown(Refusal):
    """The plan has no reporting cycle with this code."""

    title_vi = "Kế hoạch không có kỳ báo cáo mang mã này."


class CycleStarted(Refusal):
    """The cycle has started: its deadline moves no more, but for the extension of single obligations."""

    title_vi = "Kỳ báo cáo đã bắt đầu: không đổi thời hạn chung, chỉ gia hạn từng nghĩa vụ."


class CycleClosed(Refusal):
    """The cycle is closed."""

    title_vi = "Kỳ báo cáo đã khóa."


class CycleNotDue(Refusal):
    """The cycle can be closed once its deadline has passed."""

    title_vi = "Chỉ khóa kỳ báo cáo sau khi hết thời hạn."


class DeadlineWithinPeriod(Refusal):
    """A cycle is due after its period."""

    title_vi = "Thời hạn của kỳ báo cáo phải sau khi kỳ kết thúc."


class DutyUnknown(Refusal):
    """The plan has no duty with this code."""

    title_vi = "Kế hoạch không có nhiệm vụ mang mã này."


class NotAnOwner(Refusal):
    """A group that has members owns nothing; its members do."""

    title_vi = "Nhóm có thành viên không chủ trì nghĩa vụ nào; từng thành viên chủ trì."


class SuccessorUnclear(Refusal):
    """A succession is confirmed for one successor, another body than the one that it succeeds."""

    title_vi = "Cơ quan kế thừa phải rõ và khác cơ quan được kế thừa."


class AlreadyDecided(Refusal):
    """This succession has been confirmed or rejected already."""

    title_vi = "Việc kế thừa này đã được quyết định."


class AlreadySucceeded(Refusal):
    """The body has already been succeeded for some of these duties."""

    title_vi = "Cơ quan này đã được kế thừa ở một số nhiệm vụ trong đó."


class SuccessionAhead(Refusal):
    """A succession is confirmed from its day on: who owes what by then is not known before."""

    title_vi = "Chỉ xác nhận kế thừa từ ngày có hiệu lực."


class RequestInFlight(Refusal):
    """A request with this idempotency key is still being worked on."""

    title_vi = "Một yêu cầu cùng khóa chống lặp đang được xử lý."


class IdempotencyKeyReused(Refusal):
    """This idempotency key was used for another request."""

    title_vi = "Khóa chống lặp này đã dùng cho một yêu cầu khác."


class ClientRefReused(Refusal):
    """This client_ref was used for another report."""

    title_vi = "client_ref này đã dùng cho một báo cáo khác."


class ItemsRefused(Refusal):
    """Some items are refused, and so none was recorded."""

    title_vi = "Có mục bị từ chối nên không mục nào được ghi nhận."


class ContentTooLarge(Refusal):
    """The request is too large."""

    title_vi = "Yêu cầu quá lớn."


class UnsupportedMediaType(Refusal):
    """The request's media type is not supported."""

    title_vi = "Kiểu dữ liệu của yêu cầu không được hỗ trợ."


class MalformedContent(Refusal):
    """Something in the request is not as it must be."""

    title_vi = "Nội dung yêu cầu có chỗ không hợp lệ."


class PersonalDataFound(Refusal):
    """Free text and names of files must hold no number that names a person, and no name of a child."""

    title_vi = "Nội dung và tên tệp không được chứa số định danh cá nhân, số điện thoại, mã thẻ BHYT hay tên trẻ em."


class SecrecyMarkFound(Refusal):
    """What bears a mark of secrecy must not be sent here."""

    title_vi = "Không được gửi tài liệu có dấu chỉ độ mật vào hệ thống này."


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

    title_vi = "Hết chỗ lưu trữ; chưa có gì thay đổi."


class ConditionNotWhole(Refusal):
    """Only a duty whose condition covers the whole of it can be claimed not applicable."""

    title_vi = "Chỉ nhiệm vụ có điều kiện bao trùm toàn bộ mới được báo là không phát sinh."


class ConditionMet(Refusal):
    """The condition of this duty is met: it cannot be claimed not applicable."""

    title_vi = "Điều kiện của nhiệm vụ đã có: không thể báo là không phát sinh."


class TargetUnknown(Refusal):
    """The duty has no such target."""

    title_vi = "Nhiệm vụ không có chỉ tiêu này."


class PaperReportIncomplete(Refusal):
    """A coordinator reports for an owner only from a paper report: received_on and document_number are needed."""

    title_vi = "Đầu mối chỉ nhập thay từ báo cáo giấy: cần ngày nhận và số văn bản."


class PaperReportNotYours(Refusal):
    """Only a coordinator may enter a paper report."""

    title_vi = "Chỉ cơ quan đầu mối được nhập báo cáo giấy."


class ReceivedOnImpossible(Refusal):
    """A paper report is received between the plan's issue and today."""

    title_vi = "Ngày nhận báo cáo giấy phải từ ngày ban hành kế hoạch đến hôm nay."


class BodyUnknown(Refusal):
    """There is no such body."""

    title_vi = "Không có cơ quan này."


class BodiesAreForReporters(Refusal):
    """Only a reporter reports for bodies."""

    title_vi = "Chỉ ứng dụng báo cáo mới gắn với cơ quan."


class ScopeBeyondRole(Refusal):
    """The client's role does not allow that scope."""

    title_vi = "Vai trò của ứng dụng không cho phép phạm vi này."


class NoExternalIssuer(Refusal):
    """No external issuer of tokens is configured, so that a subject would mean nothing."""

    title_vi = "Chưa cấu hình nơi cấp mã bên ngoài nên không thể gắn chủ thể."


class WebhookTargetNotAllowed(Refusal):
    """The operator of this service does not let webhooks go there."""

    title_vi = "Đơn vị vận hành không cho phép gửi webhook tới địa chỉ này."


class TooManyWebhooks(Refusal):
    """The client has as many webhooks as it can have."""

    title_vi = "Ứng dụng đã có số webhook tối đa."


class WebhookDisabled(Refusal):
    """The webhook is disabled; enable it first."""

    title_vi = "Webhook đang bị tắt; hãy bật lại trước."


class TooManyRequests(Refusal):
    """Too many requests in a short time."""

    title_vi = "Quá nhiều yêu cầu trong thời gian ngắn."


class ServiceUnavailable(Refusal):
    """The service cannot answer just now; nothing was changed."""

    title_vi = "Dịch vụ tạm thời chưa trả lời được; chưa có gì thay đổi."


class InternalFault(Refusal):
    """Something went wrong on our side; nothing was changed."""

    title_vi = "Lỗi phía dịch vụ; chưa có gì thay đổi."


def kinds() -> list[type[Refusal]]:
    """List every kind of refusal, in the order of this file."""
    return Refusal.__subclasses__()
