"""Cycles, their deadlines and their closing, and the successions of bodies."""

from app.domain.errors.base import Refusal


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

    title_vi = "Kỳ báo cáo đã khóa số liệu."


class CycleNotDue(Refusal):
    """The cycle can be closed once its deadline has passed."""

    title_vi = "Chỉ được khóa số liệu sau khi hết thời hạn."


class DeadlineWithinPeriod(Refusal):
    """A cycle is due after its period."""

    title_vi = "Thời hạn của kỳ báo cáo phải sau khi kỳ kết thúc."


class DutyUnknown(Refusal):
    """The plan has no duty with this code."""

    title_vi = "Kế hoạch không có nhiệm vụ mang mã này."


class NotAnOwner(Refusal):
    """A group that has members owns nothing; its members do."""

    title_vi = "Nhóm cơ quan không chủ trì nghĩa vụ; từng cơ quan thành viên chủ trì."


class SuccessorUnclear(Refusal):
    """A succession is confirmed for one successor, another body than the one that it succeeds."""

    title_vi = "Phải nêu cơ quan kế thừa (khác với cơ quan được kế thừa)."


class AlreadyDecided(Refusal):
    """This succession has been confirmed or rejected already."""

    title_vi = "Việc kế thừa này đã được quyết định."


class AlreadySucceeded(Refusal):
    """The body has already been succeeded for some of these duties."""

    title_vi = "Cơ quan này đã được kế thừa ở một số nhiệm vụ trong đó."


class SuccessionAhead(Refusal):
    """A succession is confirmed from its day on: who owes what by then is not known before."""

    title_vi = "Chỉ được xác nhận việc kế thừa kể từ ngày có hiệu lực."
