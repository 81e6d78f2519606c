"""How a request is written, and whether there is room for it."""

from app.domain.errors.base import Refusal


class UnreadableRequest(Refusal):
    """The request cannot be read."""

    title_vi = "Không đọc được yêu cầu."


class BrokenCursor(Refusal):
    """The cursor is broken, or belongs to another query."""

    title_vi = "Mã phân trang không hợp lệ hoặc thuộc truy vấn khác."


class MethodNotAllowed(Refusal):
    """This resource does not offer that method."""

    title_vi = "Tài nguyên này không hỗ trợ phương thức đó."


class NotAcceptable(Refusal):
    """This is offered in none of the formats that are asked for."""

    title_vi = "Không hỗ trợ định dạng được yêu cầu."


class ContentTooLarge(Refusal):
    """The request is too large."""

    title_vi = "Dữ liệu gửi lên vượt quá dung lượng cho phép."


class UnsupportedMediaType(Refusal):
    """The request's media type is not supported."""

    title_vi = "Kiểu dữ liệu của yêu cầu không được hỗ trợ."


class MalformedContent(Refusal):
    """Something in the request is not as it must be."""

    title_vi = "Nội dung yêu cầu không hợp lệ."


class PersonalDataFound(Refusal):
    """What is written must hold nothing that names or reaches a person, and no name of a child."""

    title_vi = "Nội dung không được chứa thông tin định danh, thông tin liên hệ của cá nhân hoặc họ tên trẻ em."


class SecrecyMarkFound(Refusal):
    """What bears a mark of secrecy must not be sent here."""

    title_vi = "Không được gửi tài liệu có dấu chỉ độ mật vào hệ thống này."


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


class TooManyRequests(Refusal):
    """Too many requests in a short time."""

    title_vi = "Quá nhiều yêu cầu trong thời gian ngắn."


class ServiceUnavailable(Refusal):
    """The service cannot answer just now; nothing was changed."""

    title_vi = "Dịch vụ tạm thời gián đoạn; dữ liệu chưa bị thay đổi."


class InternalFault(Refusal):
    """Something went wrong on our side; nothing was changed."""

    title_vi = "Lỗi của dịch vụ; dữ liệu chưa bị thay đổi."
