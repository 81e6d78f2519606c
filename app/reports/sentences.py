"""Whole sentences of the report, right for none, one and many: what is none is said to be none, or not said at all."""

from collections.abc import Sequence

from app.domain.calendar import HOME_ZONE
from app.reports.vietnamese import count, day_in_words, instant_in_words, listed, percent
from app.schemas.base import TotalsOut
from app.schemas.consolidated_report import ConsolidatedReport, Quote, ReportedCycle, ReportedPlan
from app.schemas.status import FiguresOut

QUOTED = 1000
"""How many characters of what somebody wrote are quoted; what is longer ends with a mark that more follows."""
WITHHELD = "(không trích dẫn: nội dung có thể chứa thông tin cá nhân)"


def plan_named(plan: ReportedPlan) -> str:
    """Name the plan."""
    return f"Kế hoạch số {plan.number} {day_in_words(plan.issued_on)} của {plan.issuer}"


def cycle_named(cycle: ReportedCycle) -> str:
    """Name the cycle: by its title, its year, or the day before which it is due."""
    if cycle.title_vi:
        return f"kỳ báo cáo “{cycle.title_vi}”"
    if cycle.annual:
        return f"năm {cycle.code}"
    return f"kỳ báo cáo trước {day_in_words(cycle.due_before.astimezone(HOME_ZONE).date())}"


def opening(report: ConsolidatedReport) -> str:
    """Say what is reported, by whom, of which period and as of when."""
    cycle = report.cycle
    period = f"từ {day_in_words(cycle.starts_on)} đến {day_in_words(cycle.ends_on)}"
    as_of = f"{'số liệu đã khóa lúc' if report.sealed else 'số liệu tính đến'} {instant_in_words(report.as_of)}"
    return (
        f"Thực hiện {plan_named(report.plan)} (sau đây gọi là Kế hoạch), {report.letterhead.body} báo cáo kết quả thực"
        f" hiện {cycle_named(cycle)} ({period}; {as_of}) như sau:"
    )


def closing(report: ConsolidatedReport) -> str:
    """End the report."""
    *others, last = report.letterhead.recipients
    to = f"{', '.join(others)} và {last}" if others else last
    name = f"kết quả thực hiện Kế hoạch số {report.plan.number}, {cycle_named(report.cycle)}"
    return f"Trên đây là báo cáo {name}; {report.letterhead.body} kính báo cáo {to}./."


def footnote(report: ConsolidatedReport) -> str:
    """Say exactly as of when, by what was known when, the digest of the data, and how to check it."""
    moment = ", ".join(f"{name}={spelled(getattr(report, name))}" for name in ("as_of", "known_at"))
    sealed = ", sealed" if report.sealed else ""
    return (
        f"Mã đối chiếu số liệu: {report.plan.slug}/{report.cycle.code}, {moment}{sealed}, SHA-256 {report.digest}."
        " Kiểm tra bằng lệnh: dondoc verify --report TỆP."
    )


def spelled(instant: object) -> str:
    """Spell an instant exactly, as the API does."""
    return str(instant).replace(" ", "T").replace("+00:00", "Z")


def owed(figures: FiguresOut, bodies: int) -> str:
    """Say how much is owed by how many."""
    if not figures.totals.owed:
        return "Trong kỳ không có nghĩa vụ nào."
    return (
        f"Trong kỳ có {count(figures.totals.owed)} nghĩa vụ của {count(bodies)} cơ quan, đơn vị"
        " (mỗi nghĩa vụ là một nhiệm vụ của Kế hoạch do một cơ quan chủ trì)."
    )


def directed(figures: FiguresOut) -> str:
    """Say how what the plan orders stands, in the four cells of Decision 42/2014/QĐ-TTg."""
    totals = figures.totals
    if not totals.owed:
        return "Trong kỳ, Kế hoạch không giao nghĩa vụ nào."
    return (
        f"Trong {count(totals.owed)} nghĩa vụ Kế hoạch giao: {_done(totals, 'đúng hạn', 'quá hạn')};"
        f" {_undone(totals, totals.overdue, 'trong hạn', 'quá hạn')}{_not_arising(totals)}.{_rates(figures)}"
    )


def requested(figures: FiguresOut) -> str:
    """Say how what the plan asks for stands; nothing of it is ever overdue."""
    totals = figures.totals
    if not totals.owed:
        return "Trong kỳ, Kế hoạch không đề nghị nội dung nào."
    term = "thời hạn đề nghị"
    done = _done(totals, f"trong {term}", f"sau {term}")
    undone = _undone(totals, totals.awaited, f"trong {term}", f"quá {term}")
    return f"Trong {count(totals.owed)} nghĩa vụ Kế hoạch đề nghị: {done}; {undone}{_not_arising(totals)}."


def _done(totals: TotalsOut, on_time: str, late: str) -> str:
    done = totals.completed_on_time + totals.completed_late
    if not done:
        return "chưa có nghĩa vụ nào hoàn thành"
    parts = f"{on_time} {count(totals.completed_on_time)}, {late} {count(totals.completed_late)}"
    return f"đã hoàn thành {count(done)} ({parts})"


def _undone(totals: TotalsOut, late: int, in_time: str, past: str) -> str:
    still = totals.in_progress + totals.not_started
    if not still + late:
        return "không còn nghĩa vụ nào chưa hoàn thành"
    return f"chưa hoàn thành {count(still + late)} ({in_time} {count(still)}, {past} {count(late)})"


def _not_arising(totals: TotalsOut) -> str:
    return f"; không phát sinh {count(totals.not_applicable)}" if totals.not_applicable else ""


def _rates(figures: FiguresOut) -> str:
    named = (
        ("tỷ lệ hoàn thành", figures.completion_rate),
        ("tỷ lệ hoàn thành trên số đến hạn", figures.due_completion_rate),
        ("tỷ lệ đúng hạn trên số đã hoàn thành", figures.on_time_rate),
    )
    told = ", ".join(f"{name} {percent(rate)}" for name, rate in named if rate is not None)
    return f" {told[0].upper()}{told[1:]}." if told else ""


def bodies_named(names: Sequence[str], one: str, none: str) -> str:
    """Say of how many bodies something is true, and which they are."""
    return f"Có {count(len(names))} cơ quan, đơn vị {one}: {listed(names)}." if names else none


def quoted(quote: Quote) -> str:
    """Quote what somebody wrote, as such; say so where it was left out."""
    if quote.words is None:
        return WITHHELD
    words = " ".join(quote.words.split())
    return f"“{words[:QUOTED].rstrip()} […]”" if len(words) > QUOTED else f"“{words}”"
