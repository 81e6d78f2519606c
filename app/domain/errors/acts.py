"""Acts on obligations."""

from collections.abc import Sequence
from uuid import UUID

from app.domain.errors.base import Fault, Refusal


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
    """An extension moves the deadline to a later day."""

    title_vi = "Gia hạn phải lùi thời hạn đến một ngày muộn hơn."


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


class ActUnknown(Refusal):
    """There is no such act here that could be taken back."""

    title_vi = "Không có ghi nhận này, hoặc đây không phải loại ghi nhận có thể hủy."


class AlreadyAnnulled(Refusal):
    """This act has been annulled already, by itself or together with another one."""

    title_vi = "Ghi nhận này đã bị hủy, riêng hoặc cùng với ghi nhận khác."


class ActNotYours(Refusal):
    """An owner takes back what it posted itself; all else, the coordinator does."""

    title_vi = "Cơ quan chủ trì chỉ được hủy ghi nhận do mình gửi; ghi nhận khác do cơ quan đầu mối hủy."


class ActReviewed(Refusal):
    """The coordinator has reviewed this; ask the coordinator to take it back."""

    title_vi = "Nội dung này đã được xem xét; đề nghị cơ quan đầu mối hủy ghi nhận."


class DeadlinePassed(Refusal):
    """The deadline has passed; ask the coordinator to take this back."""

    title_vi = "Đã hết thời hạn; đề nghị cơ quan đầu mối hủy ghi nhận."


class WaiverMismatch(Refusal):
    """An acceptance names exactly what is missing and is let pass; a report that is missing cannot be."""

    title_vi = "Phải nêu đúng những nội dung còn thiếu được miễn bổ sung hoặc chấp nhận chưa đạt."

    def __init__(self, missing: Sequence[str] = ()) -> None:
        super().__init__(None, Fault("/waives", "must name exactly what is missing"))
        self.more = {"missing": list(missing)}


class ChangedSinceSeen(Refusal):
    """Something came in since the version that was read; read it before you decide."""

    title_vi = "Đã có ghi nhận mới sau phiên bản được xem; cần xem lại trước khi quyết định."

    def __init__(self, version: int = 1) -> None:
        super().__init__(None, Fault("/seen", "is no longer the latest version"))
        self.more = {"version": version}


class ObligationRepeated(Refusal):
    """An earlier item of this request is on the same obligation; each can be named once."""

    title_vi = "Nghĩa vụ đã được nêu ở mục trước trong cùng yêu cầu; mỗi nghĩa vụ chỉ được nêu một lần."


class TargetUnknown(Refusal):
    """The duty has no such target."""

    title_vi = "Nhiệm vụ không có chỉ tiêu này."


class FigureNeeded(Refusal):
    """A rise or a fall needs a figure, also where there was no case."""

    title_vi = "Chỉ tiêu tăng hoặc giảm phải có số liệu, kể cả khi không phát sinh vụ việc."


class FigureImpossible(Refusal):
    """A percentage lies between 0 and 100; a rise or a fall has no sign, and is 0 where it went otherwise."""

    title_vi = "Tỷ lệ phải từ 0 đến 100; mức tăng hoặc giảm ghi không có dấu, diễn biến ngược lại ghi 0."


class PaperReportIncomplete(Refusal):
    """A coordinator reports for an owner only from a paper report: received_on and document_number are needed."""

    title_vi = "Cơ quan đầu mối chỉ nhập thay trên cơ sở báo cáo giấy; phải có ngày nhận và số, ký hiệu văn bản."


class PaperReportNotYours(Refusal):
    """Only a coordinator may enter a paper report."""

    title_vi = "Chỉ cơ quan đầu mối được nhập báo cáo giấy."


class AssuranceNotYours(Refusal):
    """Only a coordinator can be sure that what looks like a child's name is none."""

    title_vi = "Chỉ cơ quan đầu mối được xác nhận nội dung không chứa họ tên trẻ em."


class PaperReportExists(Refusal):
    """A paper report with this number of this body is entered already."""

    title_vi = "Báo cáo giấy mang số, ký hiệu này của cơ quan này đã được nhập."

    def __init__(self, paper_report: UUID | None = None) -> None:
        super().__init__(None, Fault("/number", "is that of a paper report which is entered already"))
        self.more = {"paper_report": paper_report}


class InstructionDateImpossible(Refusal):
    """An instruction is given between the plan's issue and today, and wanted by no earlier day."""

    title_vi = "Ngày chỉ đạo phải từ ngày ban hành Kế hoạch đến hôm nay; ngày yêu cầu hoàn thành không sớm hơn ngày đó."


class ReceivedOnImpossible(Refusal):
    """A paper report is received between the plan's issue and today, and not before it was issued itself."""

    title_vi = "Ngày nhận báo cáo giấy phải từ ngày ban hành kế hoạch đến hôm nay, và không trước ngày của báo cáo."
