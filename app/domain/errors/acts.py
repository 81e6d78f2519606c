"""Acts on obligations."""

from app.domain.errors.base import Refusal


class NotFound(Refusal):
    """There is nothing here, or nothing that this caller may know of."""

    title_vi = "Không tìm thấy, hoặc không có quyền xem."


class AlreadyExists(Refusal):
    """Something with this name or number already exists."""

    title_vi = "Tên hoặc số, ký hiệu này đã tồn tại."


class StaleVersion(Refusal):
    """This has changed since the version that was named."""

    title_vi = "Nội dung đã thay đổi so với phiên bản được nêu."


class PartnersOnly(Refusal):
    """Only a partner contributes to an obligation; its owner reports on it."""

    title_vi = "Chỉ cơ quan phối hợp được gửi ý kiến, tài liệu phối hợp; cơ quan chủ trì gửi cập nhật tiến độ."


class NothingToReview(Refusal):
    """There is no claim that this review could decide on."""

    title_vi = "Không có báo cáo nào đang chờ xem xét."


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


class ConditionNotWhole(Refusal):
    """Only a duty whose condition covers the whole of it can be claimed not applicable."""

    title_vi = "Chỉ nhiệm vụ mà toàn bộ nội dung phụ thuộc vào điều kiện mới được báo cáo “không phát sinh”."


class ConditionMet(Refusal):
    """The condition of this duty is met: it cannot be claimed not applicable."""

    title_vi = "Điều kiện của nhiệm vụ đã được đáp ứng; không thể báo cáo “không phát sinh”."


class TargetUnknown(Refusal):
    """The duty has no such target."""

    title_vi = "Nhiệm vụ không có chỉ tiêu này."


class PaperReportIncomplete(Refusal):
    """A coordinator reports for an owner only from a paper report: received_on and document_number are needed."""

    title_vi = "Cơ quan đầu mối chỉ nhập thay trên cơ sở báo cáo giấy; phải có ngày nhận và số, ký hiệu văn bản."


class PaperReportNotYours(Refusal):
    """Only a coordinator may enter a paper report."""

    title_vi = "Chỉ cơ quan đầu mối được nhập báo cáo giấy."


class ReceivedOnImpossible(Refusal):
    """A paper report is received between the plan's issue and today."""

    title_vi = "Ngày nhận báo cáo giấy phải từ ngày ban hành kế hoạch đến hôm nay."
