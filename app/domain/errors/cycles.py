"""Cycles, their deadlines and their closing, and the successions of bodies."""

from collections.abc import Collection
from uuid import UUID

from app.domain.errors.base import Fault, Refusal


class CycleNotOpen(Refusal):
    """The reporting cycle is not open."""

    title_vi = "Kỳ báo cáo chưa được mở."


class CycleUnknown(Refusal):
    """The plan has no reporting cycle with this code."""

    title_vi = "Kế hoạch không có kỳ báo cáo mang mã này."


class CycleAhead(Refusal):
    """This cycle begins more than a year from now: it cannot be opened yet."""

    title_vi = "Kỳ báo cáo này còn hơn một năm nữa mới bắt đầu; chưa thể mở."


class CycleCodeReserved(Refusal):
    """This code belongs to a cycle of the plan itself: a cycle of another kind needs a code of its own."""

    title_vi = "Mã này thuộc kỳ báo cáo của chính Kế hoạch; kỳ báo cáo khác phải có mã riêng."


class DutyNotEveryCycle(Refusal):
    """A cycle of its own kind asks only for duties that are owed in every cycle."""

    title_vi = "Kỳ báo cáo riêng chỉ yêu cầu những nhiệm vụ phải báo cáo trong mọi kỳ."


class PeriodImpossible(Refusal):
    """A cycle ends on the day it starts or later, and is due after its first day."""

    title_vi = "Kỳ báo cáo phải kết thúc không sớm hơn ngày bắt đầu, và thời hạn phải sau ngày bắt đầu."


class CycleClosed(Refusal):
    """The figures of this cycle are sealed already."""

    title_vi = "Kỳ báo cáo đã khóa số liệu."


class CycleHasReports(Refusal):
    """Somebody has reported in this cycle: its opening cannot be annulled any more."""

    title_vi = "Kỳ báo cáo đã có báo cáo; không thể hủy ghi nhận việc mở kỳ."


class CycleOpeningAnnulled(Refusal):
    """The opening of this cycle was annulled: annul that annulment, and it is open again."""

    title_vi = "Việc mở kỳ báo cáo này đã bị hủy ghi nhận; hủy lần hủy đó thì kỳ được mở lại."


class CycleNotClosed(Refusal):
    """Only a closed cycle has sealed figures, and only as of its closing."""

    title_vi = "Chỉ kỳ báo cáo đã khóa số liệu mới có số liệu đã khóa, tính đến thời điểm khóa."


class LetterNeeded(Refusal):
    """The figures of this cycle are sealed: name the letter that reopens them (reopened_by)."""

    title_vi = "Số liệu của kỳ báo cáo đã khóa; phải nêu số, ký hiệu văn bản cho phép mở lại (reopened_by)."


class LetterDecidedTooLate(Refusal):
    """The letter was decided after the last day on time of the deadline that it would move."""

    title_vi = "Văn bản được ban hành sau ngày cuối cùng còn đúng hạn của thời hạn mà văn bản thay đổi."


class LetterDateImpossible(Refusal):
    """A letter is decided between the plan's issue and today."""

    title_vi = "Ngày ban hành văn bản phải từ ngày ban hành Kế hoạch đến hôm nay."


class NobodyToUrge(Refusal):
    """Nobody who is named owes anything of this kind in the cycle: there is no letter to make."""

    title_vi = "Không có nghĩa vụ nào thuộc diện đôn đốc; không có công văn nào được lập."


class LetterNumberNeeded(Refusal):
    """A letter that was decided before today is named by its number."""

    title_vi = "Văn bản ban hành trước hôm nay phải có số, ký hiệu."


class DeadlineNotAfter(Refusal):
    """A deadline comes after the day on which it was decided, and makes nobody late at once."""

    title_vi = "Thời hạn mới phải sau ngày ban hành văn bản, và không làm cơ quan nào bị quá hạn ngay."


class CycleNotDue(Refusal):
    """The cycle can be closed once its deadline has passed."""

    title_vi = "Chỉ được khóa số liệu sau khi hết thời hạn."


class DutyUnknown(Refusal):
    """The plan has no duty with this code."""

    title_vi = "Kế hoạch không có nhiệm vụ mang mã này."


class NotAnOwner(Refusal):
    """A group that has members owns nothing; its members do."""

    title_vi = "Nhóm cơ quan không chủ trì nghĩa vụ; từng cơ quan thành viên chủ trì."


class SuccessorUnclear(Refusal):
    """A succession names its successors, other bodies than the one that they succeed, or says that it ends."""

    title_vi = (
        "Phải nêu cơ quan kế thừa (khác với cơ quan được kế thừa), "
        "hoặc ghi rõ cơ quan chấm dứt hoạt động mà không có cơ quan kế thừa."
    )


class AlreadyDecided(Refusal):
    """This succession has been confirmed or rejected already."""

    title_vi = "Việc kế thừa này đã được quyết định."


class AlreadySucceeded(Refusal):
    """The body has already been succeeded for some of these duties."""

    title_vi = "Cơ quan này đã được kế thừa ở một số nhiệm vụ trong đó."


class SuccessionAhead(Refusal):
    """A succession is confirmed from its day on: who owes what by then is not known before."""

    title_vi = "Chỉ được xác nhận việc kế thừa kể từ ngày có hiệu lực."


class SuccessionNotConfirmed(Refusal):
    """Only a succession that has been confirmed can be annulled; a proposal is rejected."""

    title_vi = "Chỉ hủy được việc kế thừa đã xác nhận; đề xuất chưa xác nhận thì từ chối."


class SuccessionActedOn(Refusal):
    """Somebody has acted under this: record what comes after it instead, such as a succession back."""

    title_vi = "Đã có ghi nhận phát sinh từ việc này; hãy ghi nhận việc thay đổi tiếp theo (ví dụ: kế thừa trở lại)."


class ObligationEnded(Refusal):
    """Nobody owes this obligation any more: its body has ended without a successor."""

    title_vi = "Nghĩa vụ đã chấm dứt: cơ quan chủ trì chấm dứt hoạt động mà không có cơ quan kế thừa."


class AmbiguousObligation(Refusal):
    """Several obligations answer to this name: name one by its id."""

    title_vi = "Có nhiều nghĩa vụ trùng tên gọi; cần nêu mã nghĩa vụ."

    def __init__(self, ids: Collection[UUID] = (), *faults: Fault) -> None:
        super().__init__(None, *faults)
        self.more = {"ids": list(ids)}


class ClassNotOpen(Refusal):
    """This body takes no members: the plan names all of them, or it is no class."""

    title_vi = "Cơ quan này không nhận thêm thành viên: Kế hoạch đã nêu đủ thành viên, hoặc đây không phải nhóm mở."


class MemberUnclear(Refusal):
    """A member is a body of the plan, or a new one with a name, and no class itself."""

    title_vi = "Thành viên phải là cơ quan có trong Kế hoạch, hoặc cơ quan mới có nêu tên, và không phải là nhóm."


class MembershipActedOn(Refusal):
    """Somebody has acted under this membership, or a cycle was opened by it: end it by a letter instead."""

    title_vi = (
        "Đã có ghi nhận hoặc kỳ báo cáo phát sinh từ tư cách thành viên này; hãy ghi nhận việc chấm dứt theo văn bản."
    )


class AlreadyMember(Refusal):
    """This body is a member of the class on that day already."""

    title_vi = "Cơ quan này đã là thành viên của nhóm vào ngày đó."


class MembershipEnded(Refusal):
    """This membership has ended already, or would end before it began."""

    title_vi = "Tư cách thành viên đã chấm dứt, hoặc ngày chấm dứt sớm hơn ngày bắt đầu."


class PartnersNotOpen(Refusal):
    """The plan itself says who the partners of this duty are."""

    title_vi = "Kế hoạch đã nêu rõ cơ quan phối hợp của nhiệm vụ này."


class AlreadyPartner(Refusal):
    """This body is a partner of the duty already, or its owner."""

    title_vi = "Cơ quan này đã là cơ quan phối hợp hoặc cơ quan chủ trì của nhiệm vụ."
