"""Why an obligation stands where it stands: one sentence for each rule and each signal, in both languages.

The rule that matched and the signals come from `completion`; nothing is decided here.
"""

from collections.abc import Mapping

from app.domain.completion import RULES, Force, Signal, Status
from app.domain.words import Words


def number_of(status: Status) -> int:
    """Return the place of the rule that gives a status: they are counted from 1, top to bottom."""
    return [other for other, _ in RULES].index(status) + 1


def text_of(signal: Signal, *, holds: bool) -> Words:
    """Say a signal, or that it does not hold."""
    return SIGNALS[signal][0 if holds else 1]


STATUSES: Mapping[Status, Words] = {
    Status.NOT_APPLICABLE: Words(
        "Không phát sinh: cơ quan chủ trì báo cáo “không phát sinh” trước thời hạn hoặc đã được chấp nhận,"
        " và điều kiện chưa được đáp ứng.",
        "Not applicable: the owner claimed before the deadline that nothing arises, or was accepted later, and the"
        " condition is not met.",
    ),
    Status.COMPLETED_ON_TIME: Words(
        "Đã hoàn thành – đúng hạn: báo cáo hoàn thành và minh chứng có trước khi hết thời hạn;"
        " các chỉ tiêu đều đạt hoặc được chấp nhận.",
        "Completed on time: the full report and its proof were there before the deadline, and each target is met or was"
        " accepted.",
    ),
    Status.COMPLETED_LATE: Words(
        "Đã hoàn thành – quá hạn: đã có báo cáo hoàn thành và minh chứng, nhưng không đủ cả hai trước khi hết"
        " thời hạn; các chỉ tiêu đều đạt hoặc được chấp nhận.",
        "Completed late: the full report and its proof are there, but were not both there before the deadline; each"
        " target is met or was accepted.",
    ),
    Status.OVERDUE: Words(
        "Chưa hoàn thành – quá hạn: đã hết thời hạn nhưng còn thiếu báo cáo, minh chứng hoặc chưa đạt chỉ tiêu.",
        "Overdue: the deadline has passed and something is missing.",
    ),
    Status.AWAITED: Words(
        "Quá thời hạn đề nghị: đã hết thời hạn đề nghị nhưng còn thiếu báo cáo, minh chứng hoặc chưa đạt chỉ tiêu;"
        " kế hoạch chỉ đề nghị, không giao cho cơ quan này.",
        "Awaited: the day that was asked for has passed and something is missing; the plan asks and cannot order.",
    ),
    Status.IN_PROGRESS: Words(
        "Đang thực hiện – trong hạn: đã có báo cáo bắt đầu thực hiện, chưa hết thời hạn.",
        "In progress: work has begun, and the deadline has not passed.",
    ),
    Status.NOT_STARTED: Words(
        "Chưa thực hiện – trong hạn: chưa có báo cáo nào cho thấy đã bắt đầu thực hiện; chưa hết thời hạn.",
        "Not started: the latest report, if there is one, does not say that work has begun, and the deadline has not"
        " passed.",
    ),
}
"""One sentence for each rule."""

SIGNALS: Mapping[Signal, tuple[Words, Words]] = {
    Signal.NOT_ARISING: (
        Words("Báo cáo “không phát sinh” đang có hiệu lực.", "A claim that nothing arises counts."),
        Words("Không có báo cáo “không phát sinh” đang có hiệu lực.", "No claim that nothing arises counts."),
    ),
    Signal.DONE: (
        Words("Đã báo cáo hoàn thành, không bị trả lại.", "A completed report stands that was not returned."),
        Words("Chưa có báo cáo hoàn thành đang có hiệu lực.", "No completed report stands."),
    ),
    Signal.PROVEN: (
        Words(
            "Đã có minh chứng của cơ quan chủ trì, hoặc được miễn bổ sung minh chứng.",
            "There is evidence of the owner, or an acceptance waived it.",
        ),
        Words("Chưa có minh chứng của cơ quan chủ trì.", "There is no evidence of the owner."),
    ),
    Signal.ON_TARGET: (
        Words(
            "Các chỉ tiêu đều đạt hoặc được chấp nhận (hoặc nhiệm vụ không có chỉ tiêu).",
            "Each target is met or was accepted, or the duty has none.",
        ),
        Words(
            "Còn chỉ tiêu chưa đạt, chưa có số liệu và chưa được chấp nhận.",
            "Some target is not met, or not measured, and was not accepted.",
        ),
    ),
    Signal.IN_TIME: (
        Words(
            "Báo cáo hoàn thành và minh chứng có trước khi hết thời hạn.",
            "The full report and its proof were there before the deadline.",
        ),
        Words(
            "Chưa hoàn thành, hoặc báo cáo hoàn thành và minh chứng không đủ cả hai trước khi hết thời hạn.",
            "It is not completed, or its report and its proof were not both there before the deadline.",
        ),
    ),
    Signal.STARTED: (
        Words("Báo cáo gần nhất cho thấy đã bắt đầu thực hiện.", "The latest report says that work has begun."),
        Words(
            "Báo cáo gần nhất, nếu có, không cho biết đã bắt đầu.",
            "The latest report, if there is one, does not say that work has begun.",
        ),
    ),
    Signal.PAST_DUE: (
        Words("Đã hết thời hạn.", "The deadline has passed."),
        Words("Chưa hết thời hạn.", "The deadline has not passed."),
    ),
    Signal.BINDING: (
        Words("Kế hoạch giao cho cơ quan này thực hiện.", "The plan directs this body."),
        Words("Kế hoạch đề nghị cơ quan này, không giao.", "The plan requests this body, and cannot order it."),
    ),
}
"""Two sentences for each signal: that it holds, and that it does not."""

FORCES: Mapping[Force, Words] = {
    Force.DIRECTED: Words("Kế hoạch giao thực hiện.", "The plan orders."),
    Force.REQUESTED: Words("Kế hoạch đề nghị.", "The plan asks."),
}

CLASSIFICATION = "42/2014/QĐ-TTg"
"""The decision that sorts tasks into done or open, in time or late."""
