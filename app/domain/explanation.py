"""Why an obligation stands where it stands: one sentence for each rule and each signal, in both languages.

The rule that matched and the signals come from `completion`; nothing is decided here.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from app.domain.completion import RULES, Force, Signal, Status


@dataclass(frozen=True)
class Text:
    """A sentence in Vietnamese and in English."""

    vi: str
    en: str


@dataclass(frozen=True)
class Matched:
    """The first rule whose needs all hold; `number` counts the rules from 1, top to bottom."""

    number: int
    status: Status
    needs: frozenset[Signal]

    @property
    def text(self) -> Text:
        """What the rule says."""
        return STATUSES[self.status]


def matched(holding: Collection[Signal]) -> Matched:
    """Return the rule that decides."""
    return next(
        Matched(number, status, needs) for number, (status, needs) in enumerate(RULES, 1) if needs <= frozenset(holding)
    )


def text_of(signal: Signal, *, holds: bool) -> Text:
    """Say a signal, or that it does not hold."""
    return SIGNALS[signal][0 if holds else 1]


STATUSES: Mapping[Status, Text] = {
    Status.NOT_APPLICABLE: Text(
        "Không phát sinh: cơ quan chủ trì báo cáo “không phát sinh” và điều kiện chưa được đáp ứng.",
        "Not applicable: the owner claims that nothing arises, and the condition is not met.",
    ),
    Status.COMPLETED_ON_TIME: Text(
        "Đã hoàn thành – đúng hạn: báo cáo hoàn thành và minh chứng có trước khi hết thời hạn,"
        " các chỉ tiêu đều đạt hoặc được chấp nhận (hoặc nhiệm vụ không có chỉ tiêu).",
        "Completed on time: the completed report and its proof count from before the deadline,"
        " and no target is left unmet.",
    ),
    Status.COMPLETED_LATE: Text(
        "Đã hoàn thành – quá hạn: đã có báo cáo hoàn thành và minh chứng, nhưng không có đủ cả hai trước khi hết"
        " thời hạn; các chỉ tiêu đều đạt hoặc được chấp nhận (hoặc nhiệm vụ không có chỉ tiêu).",
        "Completed late: the completed report and its proof are there, but do not both count from before the deadline;"
        " no target is left unmet.",
    ),
    Status.OVERDUE: Text(
        "Chưa hoàn thành – quá hạn: đã hết thời hạn nhưng còn thiếu báo cáo, minh chứng hoặc chưa đạt chỉ tiêu.",
        "Overdue: the deadline has passed and something is missing.",
    ),
    Status.AWAITED: Text(
        "Quá thời hạn đề nghị: đã qua thời hạn đề nghị nhưng còn thiếu báo cáo, minh chứng hoặc chưa đạt chỉ tiêu;"
        " kế hoạch chỉ đề nghị, không giao cho cơ quan này.",
        "Awaited: the day that was asked for has passed and something is missing; the plan asks and cannot order.",
    ),
    Status.IN_PROGRESS: Text(
        "Đang thực hiện – trong hạn: đã có báo cáo bắt đầu thực hiện, chưa hết thời hạn.",
        "In progress: work has begun, and the deadline has not passed.",
    ),
    Status.NOT_STARTED: Text(
        "Chưa thực hiện – trong hạn: báo cáo gần nhất, nếu có, không cho biết đã bắt đầu; chưa hết thời hạn.",
        "Not started: the latest report, if there is one, does not say that work has begun, and the deadline has not"
        " passed.",
    ),
}
"""One sentence for each rule."""

SIGNALS: Mapping[Signal, tuple[Text, Text]] = {
    Signal.WAIVED: (
        Text("Báo cáo “không phát sinh” đang có hiệu lực.", "A claim that nothing arises stands."),
        Text("Không có báo cáo “không phát sinh” đang có hiệu lực.", "No claim that nothing arises stands."),
    ),
    Signal.DONE: (
        Text("Đã báo cáo hoàn thành, chưa bị trả lại.", "A completed report stands that was not returned."),
        Text("Chưa có báo cáo hoàn thành đang có hiệu lực.", "No completed report stands."),
    ),
    Signal.PROVEN: (
        Text("Đã có minh chứng, hoặc báo cáo đã được chấp nhận.", "There is evidence, or the report was accepted."),
        Text("Chưa có minh chứng.", "There is no evidence."),
    ),
    Signal.ON_TARGET: (
        Text("Các chỉ tiêu đều đạt hoặc được chấp nhận (hoặc nhiệm vụ không có chỉ tiêu).", "No target is left unmet."),
        Text("Còn chỉ tiêu chưa đạt hoặc chưa đo.", "Some target is not met, or not measured."),
    ),
    Signal.IN_TIME: (
        Text(
            "Báo cáo hoàn thành và minh chứng có trước khi hết thời hạn.",
            "The completed report and its proof count from before the deadline.",
        ),
        Text(
            "Chưa hoàn thành, hoặc báo cáo hoàn thành và minh chứng không có đủ cả hai trước khi hết thời hạn.",
            "It is not completed, or its report and its proof do not both count from before the deadline.",
        ),
    ),
    Signal.STARTED: (
        Text("Báo cáo gần nhất cho thấy đã bắt đầu thực hiện.", "The latest report says that work has begun."),
        Text(
            "Báo cáo gần nhất, nếu có, không cho biết đã bắt đầu.",
            "The latest report, if there is one, does not say that work has begun.",
        ),
    ),
    Signal.PAST_DUE: (
        Text("Đã hết thời hạn.", "The deadline has passed."),
        Text("Chưa hết thời hạn.", "The deadline has not passed."),
    ),
    Signal.BINDING: (
        Text("Kế hoạch giao cho cơ quan này thực hiện.", "The plan directs this body."),
        Text("Kế hoạch đề nghị cơ quan này, không giao.", "The plan requests this body, and cannot order it."),
    ),
}
"""Two sentences for each signal: that it holds, and that it does not."""

FORCES: Mapping[Force, Text] = {
    Force.DIRECTED: Text("Kế hoạch giao thực hiện.", "The plan orders."),
    Force.REQUESTED: Text("Kế hoạch đề nghị.", "The plan asks."),
}

CLASSIFICATION = "42/2014/QĐ-TTg"
"""The decision that sorts tasks into done or open, in time or late."""
