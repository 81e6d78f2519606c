"""What the consolidated report says, part by part; how it looks, `decree30` knows."""

from collections.abc import Iterator, Sequence

from app.reports import sentences, tables
from app.reports.annexes import annexes, figure, threshold, verdict
from app.reports.blocks import Align, Block, Column, Heading, Line, Paper, Paragraph, Table
from app.reports.figures import grouped
from app.reports.sentences import quoted
from app.reports.vietnamese import NOTHING, count, day, listed
from app.schemas.base import TotalsOut
from app.schemas.consolidated_report import ConsolidatedReport, QuoteOn, SplitFigures


def paper_of(report: ConsolidatedReport) -> Paper:
    """Make the paper of a report: the same report is the same paper."""
    excerpt = f"Kết quả thực hiện {sentences.plan_named(report.plan)}, {sentences.cycle_named(report.cycle)}"
    return Paper(
        kind="BÁO CÁO",
        symbol=f"BC-{report.letterhead.code}",
        excerpt=excerpt,
        letterhead=report.letterhead,
        body=list(_body(report)),
        annexes=annexes(report),
        dated=report.as_of,
    )


def _body(report: ConsolidatedReport) -> Iterator[Block]:
    yield Paragraph(sentences.opening(report), note=sentences.footnote(report))
    yield Heading("I. CÔNG TÁC CHỈ ĐẠO, TRIỂN KHAI")
    yield from _guidance(report)
    yield Heading("II. KẾT QUẢ THỰC HIỆN")
    yield from _results(report)
    yield Heading("III. ĐÁNH GIÁ")
    yield from _assessment(report)
    yield Heading("IV. NHIỆM VỤ THỜI GIAN TỚI")
    yield from _ahead(report)
    yield Heading("V. KIẾN NGHỊ")
    yield from _quotes(report.proposals)
    yield Paragraph(sentences.closing(report))


def _guidance(report: ConsolidatedReport) -> Iterator[Block]:
    figures = report.guidance
    if figures.totals.owed:
        yield Paragraph(
            f"Trong kỳ có {count(figures.totals.owed)} nghĩa vụ xây dựng kế hoạch triển khai: {_standing(figures)}."
        )
    columns = (
        Column("TT", 9),
        Column("Cơ quan, đơn vị", 48, Align.LEFT),
        Column("Số, ký hiệu", 30),
        Column("Ngày ban hành", 24),
        Column("Tên văn bản", 54, Align.LEFT),
    )
    documents = [
        Line((str(n), one.body_name, one.number, day(one.issued_on), quoted(one.title)))
        for n, one in enumerate(report.guidance_documents, 1)
    ]
    if documents:
        yield Paragraph("Kế hoạch, văn bản triển khai mà các cơ quan, đơn vị đã báo cáo:")
        yield Table(columns, documents)
    elif figures.totals.owed:
        yield Paragraph("Chưa có cơ quan, đơn vị nào báo cáo số, ký hiệu của kế hoạch triển khai.")
    else:
        yield Paragraph(NOTHING)


def _results(report: ConsolidatedReport) -> Iterator[Block]:
    yield Paragraph(sentences.owed(report, len(report.owners)))
    yield Paragraph(sentences.directed(report.directed))
    yield Paragraph(sentences.requested(report.requested))
    yield Heading("1. Theo nhóm nhiệm vụ của Kế hoạch", 2)
    yield tables.by_group(report)
    yield Heading("2. Theo cơ quan, đơn vị", 2)
    yield from _by_body(report)
    yield Heading("3. Các chỉ tiêu", 2)
    yield from _targets(report)
    yield Heading("4. Kinh phí", 2)
    yield from _funding(report)


def _by_body(report: ConsolidatedReport) -> Iterator[Block]:
    done = [one.name for one in report.owners if _done(one.totals) and not _open(one.totals)]
    late = [one.name for one in report.owners if one.totals.overdue]
    silent = [one.name for one in report.silent_bodies]
    for names, told, none in (
        (done, "đã hoàn thành mọi nghĩa vụ phát sinh", "Chưa có cơ quan, đơn vị nào hoàn thành mọi nghĩa vụ."),
        (late, "có nghĩa vụ chưa hoàn thành, quá hạn", "Không có cơ quan, đơn vị nào có nghĩa vụ quá hạn."),
        (silent, "chưa có báo cáo", "Mọi cơ quan, đơn vị đều đã có báo cáo."),
    ):
        yield Paragraph(sentences.bodies_named(names, told, none))
    yield Paragraph("Số liệu của từng cơ quan, đơn vị nêu tại Phụ lục I, của từng nhiệm vụ nêu tại Phụ lục II.")


def _targets(report: ConsolidatedReport) -> Iterator[Block]:
    if not report.targets:
        yield Paragraph(NOTHING)
        return
    verdicts = grouped(({"verdict": verdict(one)} for one in report.targets), lambda row: row["verdict"])
    told = listed(f"{name} {count(len(some))}" for name, some in verdicts.items())
    yield Paragraph(f"Trong {count(len(report.targets))} chỉ tiêu của Kế hoạch: {told} (chi tiết tại Phụ lục IV).")
    for one in report.targets:
        if one.measured:
            now, before = figure(one.measured, one.unit), figure(one.before, one.unit)
            compared = f"Kế hoạch đề ra {threshold(one)}" + (f"; kỳ trước {before}" if one.before else "")
            yield Paragraph(f"- {one.owner_name}, {one.metric}: {now} ({compared}).")


def _funding(report: ConsolidatedReport) -> Iterator[Block]:
    figures = report.funding
    if not figures.totals.owed:
        yield Paragraph(NOTHING)
        return
    yield Paragraph(
        f"Trong kỳ có {count(figures.totals.owed)} nghĩa vụ lập dự toán và thanh, quyết toán kinh phí:"
        f" {_standing(figures)}."
    )
    yield from _quotes(report.funding_quotes) if report.funding_quotes else ()


def _assessment(report: ConsolidatedReport) -> Iterator[Block]:
    parts = (
        ("1. Hoàn thành đúng hạn", "completed_on_time", "Chưa có nghĩa vụ nào hoàn thành đúng hạn."),
        ("2. Hoàn thành quá hạn", "completed_late", "Không có nghĩa vụ nào hoàn thành quá hạn."),
        ("3. Chưa hoàn thành, quá hạn", "overdue", "Không có nghĩa vụ nào chưa hoàn thành mà quá hạn."),
    )
    for title, status, none in parts:
        yield Heading(title, 2)
        number = getattr(report.directed.totals, status)
        yield Paragraph(f"Có {count(number)} nghĩa vụ, gồm: {_by_owner(report, status)}." if number else none)
    yield Heading("4. Nguyên nhân", 2)
    if report.late_reasons:
        yield Paragraph("Theo báo cáo của các cơ quan, đơn vị:")
    yield from _quotes(report.late_reasons)


def _ahead(report: ConsolidatedReport) -> Iterator[Block]:
    totals = report.totals
    if not _open(totals):
        yield Paragraph("Không còn nghĩa vụ nào chưa hoàn thành trong kỳ.")
        return
    still = totals.in_progress + totals.not_started
    parts = (
        (still, "Các cơ quan, đơn vị tiếp tục thực hiện {} nghĩa vụ còn trong hạn."),
        (totals.overdue, "Các cơ quan, đơn vị được giao khẩn trương hoàn thành {} nghĩa vụ đã quá hạn (Phụ lục III)."),
        (totals.awaited, "Đề nghị các cơ quan quan tâm hoàn thành {} nghĩa vụ đã quá thời hạn đề nghị (Phụ lục III)."),
    )
    for number, words in parts:
        if number:
            yield Paragraph(words.format(count(number)))
    yield Paragraph("Số nghĩa vụ chưa hoàn thành của từng cơ quan, đơn vị:")
    yield tables.still_open(report)


def _quotes(quotes: Sequence[QuoteOn]) -> Iterator[Block]:
    """Quote what bodies wrote, what one wrote of several duties once."""
    if not quotes:
        yield Paragraph(NOTHING)
    said = grouped(
        ({"by": one.owner_name, "words": quoted(one.quote), "duty": one.duty} for one in quotes),
        lambda row: (row["by"], row["words"]),
    )
    for (by, words), some in said.items():
        yield Paragraph(f"- {by} (nhiệm vụ {', '.join(row['duty'] for row in some)}): {words}")


def _standing(figures: SplitFigures) -> str:
    """Say how obligations stand, each that there is."""
    totals = figures.totals
    parts = (
        (_done(totals), "đã hoàn thành"),
        (totals.in_progress + totals.not_started, "chưa hoàn thành, trong hạn"),
        (totals.overdue, "chưa hoàn thành, quá hạn"),
        (totals.awaited, "quá thời hạn đề nghị"),
        (totals.not_applicable, "không phát sinh"),
    )
    return listed(f"{words} {count(number)}" for number, words in parts if number)


def _by_owner(report: ConsolidatedReport, status: str) -> str:
    counted = ((one.name, getattr(one.directed.totals, status)) for one in report.owners)
    return listed(f"{name} {count(number)}" for name, number in counted if number)


def _done(totals: TotalsOut) -> int:
    return totals.completed_on_time + totals.completed_late


def _open(totals: TotalsOut) -> int:
    return totals.in_progress + totals.not_started + totals.overdue + totals.awaited
