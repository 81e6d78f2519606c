"""What the consolidated report says on paper: its figures are those of the record, and its words are nobody else's."""

import re
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest

from app.domain.completion import ClaimState
from app.models import Update
from app.reports.sentences import QUOTED, WITHHELD
from tests.api.asking import problem_of
from tests.given import DOCUMENT, FIRST, PLAN, TODAY, TRAINING, Service, act_of, obligation
from tests.libreoffice import to_pdf
from tests.reports.living import EMPTY, FULL, REPORT, STATUS
from tests.reports.reading import Docx

CYCLES = (FIRST, FULL, EMPTY)


async def document_of(service: Service, cycle: str = FIRST, **asked: Any) -> bytes:
    """Get a report as a document."""
    answer = await service.coordinator.get(REPORT, cycle=cycle, format="docx", **asked)
    assert answer.status_code == 200, answer.text
    return answer.content


async def status_of(service: Service, document: Docx, cycle: str) -> dict[str, Any]:
    """Get the status document for the instant that a report says."""
    said = re.search(r"as_of=(\S+Z), known_at=(\S+Z)", "".join(document.part("word/footnotes.xml").itertext()))
    assert said
    answer = await service.integrator.get(STATUS, cycle=cycle, as_of=said[1], known_at=said[2])
    shown: dict[str, Any] = answer.json()["cycles"][0]
    return shown


def cells(totals: dict[str, int]) -> list[str]:
    """Write the total, what does not arise and the four cells, as a table does."""
    still = totals["in_progress"] + totals["not_started"]
    numbers = (totals["owed"], totals["not_applicable"], totals["completed_on_time"], totals["completed_late"], still)
    return [f"{one:,}".replace(",", ".") for one in (*numbers, totals["overdue"])]


def rate(share: float | None) -> str:
    """Write a rate as a table does."""
    return "–" if share is None else f"{share * 100:.1f}".removesuffix(".0").replace(".", ",")


def numbers(line: list[str]) -> list[int]:
    """Read the numbers of a line."""
    return [int(cell.replace(".", "")) for cell in line]


@pytest.mark.parametrize("cycle", CYCLES)
async def test_every_figure_in_every_table_is_that_of_the_status_document(told: Service, cycle: str) -> None:
    document = Docx(await document_of(told, cycle))
    status = await status_of(told, document, cycle)
    directed, requested = document.annex("I")

    by_name = {line[1]: line[2:] for line in directed}
    asked = {line[1]: line[2:] for line in requested}
    for body in [*status["bodies"], *(member for one in status["bodies"] for member in one["members"])]:
        mine, its = by_name.get(body["name"]), asked.get(body["name"])
        if its is None:
            rates = [rate(body[name]) for name in ("completion_rate", "due_completion_rate", "on_time_rate")]
            assert mine == [*cells(body["totals"]), *rates]
        else:
            both = [sum(pair) for pair in zip(numbers((mine or ["0"] * 6)[:6]), numbers(its[:6]), strict=True)]
            late = body["totals"]["overdue"] + body["totals"]["awaited"]
            assert both == numbers(cells(body["totals"] | {"overdue": late}))
    totals = [sum(pair) for pair in zip(numbers(directed[-1][2:8]), numbers(requested[-1][2:8]), strict=True)]
    late = status["totals"]["overdue"] + status["totals"]["awaited"]
    assert totals == numbers(cells(status["totals"] | {"overdue": late}))


@pytest.mark.parametrize("cycle", CYCLES)
async def test_every_line_adds_up_and_every_table_to_its_last_line(told: Service, cycle: str) -> None:
    document = Docx(await document_of(told, cycle))
    directed, requested = document.annex("I")
    (by_duty,) = document.annex("II")
    by_group = next(table for table in map(document.rows, range(3)) if table[0][1].startswith("Rà soát"))

    for line in [*directed, *requested]:
        owed, *parts = numbers(line[2:8])
        assert owed == sum(parts)
    for table in (by_duty, by_group):
        for line in table:
            owed, *parts = numbers(line[2:8])
            asked_for, *others = numbers(line[8:12])
            assert (owed, asked_for) == (sum(parts), sum(others))
        sums = [sum(column) for column in zip(*(numbers(line[2:]) for line in table[:-1]), strict=True)]
        assert sums == numbers(table[-1][2:])
    assert numbers(by_duty[-1][2:]) == numbers(by_group[-1][2:])
    assert numbers(by_duty[-1][2:8]) == numbers(directed[-1][2:8])
    assert len(by_group) == 9 + 2


@pytest.mark.parametrize("cycle", CYCLES)
async def test_annexes_list_what_the_record_lists(told: Service, cycle: str) -> None:
    document = Docx(await document_of(told, cycle))
    listed = await told.coordinator.get("/v1/obligations", plan=PLAN, cycle=cycle, limit=500)
    items = listed.json()["items"]

    by_status = {
        status: Counter((one["duty"]["code"], one["owner"]["name"]) for one in items if one["status"] == status)
        for status in ("overdue", "awaited")
    }
    late = document.annex("III")
    for table, status in zip(late, [one for one in by_status if by_status[one]], strict=True):
        assert Counter((line[1].partition(". ")[0], line[2]) for line in table) == by_status[status]
    days = {(one["duty"]["code"], one["owner"]["name"]): one["days_overdue"] for one in items}
    for line in late[0] if by_status["overdue"] else []:
        assert numbers([line[4]]) == [days[line[1].partition(". ")[0], line[2]]]


async def test_what_is_asked_for_is_never_told_as_overdue(told: Service) -> None:
    document = Docx(await document_of(told))
    (asked,) = [table for table in document.tables if "Trong thời hạn đề nghị" in "".join(table.itertext())]

    words = "".join(asked.itertext()).lower()
    assert "quá hạn" not in words
    assert "quá thời hạn đề nghị" in words
    names = [line[1] for line in document.annex("I")[1]]
    assert "Tòa án nhân dân thành phố" in names
    assert "Tòa án nhân dân thành phố" not in [line[1] for line in document.annex("I")[0]]
    assert all("Tòa án" not in line[2] for line in document.annex("III")[0])


async def test_nothing_some_and_all_are_told_in_whole_sentences(told: Service) -> None:
    some, everything, nothing = [Docx(await document_of(told, cycle)).text for cycle in CYCLES]

    for text in (some, everything, nothing):
        assert re.findall(r"None|null|\{|\}|\bNaN\b|  ;| ,|\( | \)|\.\.(?!\.)", text.replace(" " * 8, "")) == []
    assert "Trong 220 nghĩa vụ Kế hoạch giao: đã hoàn thành 28 (đúng hạn 05, quá hạn 23)" in some
    assert "không còn nghĩa vụ nào chưa hoàn thành. Tỷ lệ hoàn thành 100%" in everything
    assert "Không còn nghĩa vụ nào chưa hoàn thành trong kỳ." in everything
    assert "Mọi cơ quan, đơn vị đều đã có báo cáo." in everything
    assert "chưa có nghĩa vụ nào hoàn thành; chưa hoàn thành" in nothing
    assert "Chưa có nghĩa vụ nào hoàn thành đúng hạn." in nothing
    assert "Không có nghĩa vụ nào hoàn thành quá hạn." in nothing
    assert nothing.count("Không có số liệu.") == 6


async def test_one_is_told_as_one(service: Service) -> None:
    await service.police.report(TRAINING, evidence=[DOCUMENT])

    text = Docx(await document_of(service)).text

    assert "đã hoàn thành 01 (đúng hạn 0, quá hạn 01)" in text
    assert "Có 01 nghĩa vụ, gồm: Công an thành phố 01." in text


async def test_words_of_bodies_are_quoted_as_such_and_once_for_several_duties(told: Service) -> None:
    text = Docx(await document_of(told)).text

    assert "- Sở Y tế (nhiệm vụ 4.1, 4.2): “Chờ hướng dẫn của Bộ Y tế; đã có văn bản hỏi.”" in text
    assert "- Công an thành phố (nhiệm vụ 3.7): “Đề nghị sửa đổi Điều 142 Bộ luật Hình sự.”" in text
    assert "77/BC-CATP" not in text


HOSTILE = {
    "markup": "<w:p><w:r><w:t>x</w:t></w:r></w:p> ]]> &amp; </w:document> <!-- -->",
    "controls": "một\x01\x02\x0b\x0c\x1f\x7f\x85hai",
    "breaks": "một\r\n\r\nhai\tba\u2028bốn\u2029năm",
    "turned around": "một \u202egnourt\u202c \u2066x\u2069 \u200f\u200e hai",
    "unseen": "m\u200bộ\ufefft \ue000\ufffe hai\u00ad",
    "long": "dài " * 2500,
    "formula": '=cmd|"/c calc"!A1 {{ 7*7 }} { INCLUDETEXT "x" } %s ${x}',
    "no blanks": "k" * 5000,
    "marks": "e" + "\u0301" * 500,
}
"""What must change nothing of the form, whoever wrote it and however it got past the guard."""


@pytest.mark.parametrize("kind", HOSTILE)
async def test_hostile_words_change_nothing_of_the_form(service: Service, kind: str) -> None:
    tame = Docx(await _with_words(service, "Đề nghị bổ sung kinh phí."))
    hostile = Docx(await _with_words(service, HOSTILE[kind]))

    assert [one.tag for one in hostile.body.iter()].count(tame.body.tag) == 1
    assert _shape(hostile) == _shape(tame)
    words = next(text for text in hostile.texts("BodyText") if "(nhiệm vụ 3.7)" in text)
    assert len(words) < QUOTED + 100
    assert not re.search(
        r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]", hostile.text.replace("\n", "")
    )
    assert words.startswith("- Công an thành phố (nhiệm vụ 3.7): ")


def _shape(document: Docx) -> list[str]:
    """Return everything of a body but its words."""
    return [f"{one.tag} {sorted(one.attrib.items())}" for one in document.body.iter() if not one.tag.endswith("}t")]


async def _with_words(service: Service, words: str) -> bytes:
    """Let the police have written something, past every check, in a report, a reason and a title."""
    storable = words.replace("\x00", "")
    await act_of(
        service.police, Update, obligation("3.7", "cong-an"), state=ClaimState.COMPLETED, summary=storable[:10_000]
    )
    await act_of(
        service.police,
        Update,
        TRAINING,
        state=ClaimState.IN_PROGRESS,
        summary="Đang làm.",
        late_reason=storable[:10_000],
    )
    return await document_of(service, as_of=TODAY.isoformat(), known_at="2100-01-01")


async def test_a_child_is_not_named_in_a_document(service: Service) -> None:
    name = "Cháu Nguyễn Văn An, 9 tuổi, được hỗ trợ; đề nghị sửa luật."

    text = Docx(await _with_words(service, name)).text

    assert "Văn An" not in text
    assert f"- Công an thành phố (nhiệm vụ 3.7): {WITHHELD}" in text


async def test_the_same_state_is_the_same_bytes_and_an_act_another(service: Service) -> None:
    first = await service.coordinator.get(REPORT, cycle=FIRST, format="docx")
    service.clock.now = TODAY + timedelta(hours=1)
    again = await service.coordinator.get(REPORT, cycle=FIRST, format="docx")
    tag = {"If-None-Match": first.headers["etag"]}
    unchanged = await service.coordinator.get(REPORT, cycle=FIRST, format="docx", headers=tag)
    await service.police.report(TRAINING, evidence=[DOCUMENT])
    changed = await service.coordinator.get(REPORT, cycle=FIRST, format="docx", headers=tag)

    assert again.content == first.content
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert changed.status_code == 200
    assert changed.content != first.content


async def test_a_sealed_report_is_the_same_bytes_after_an_annulment(own_service: Service) -> None:
    service = own_service
    mistaken = await service.police.report(TRAINING, evidence=[DOCUMENT])
    closing = f"/v1/plans/{PLAN}/cycles/{FIRST}/closing"
    assert (await service.coordinator.post(closing, {"reason": "Đã tổng hợp."})).status_code == 201
    sealed = await document_of(service, sealed=True)

    service.clock.now = TODAY + timedelta(days=1)
    act = mistaken.json()["update"]["id"]
    annulled = await service.coordinator.annul(TRAINING, act, reopened_by="8/UBND-KGVX")
    assert annulled.status_code == 201, annulled.text
    head = {"body": "Sở Y tế", "code": "SYT", "place": "Cần Thơ", "signer": "Giám đốc", "recipients": ["Bộ Y tế"]}
    assert (await service.coordinator.post(LETTERHEADS, head)).status_code == 201

    assert await document_of(service, sealed=True) == sealed
    assert "số liệu đã khóa lúc" in Docx(sealed).text
    assert await document_of(service) != sealed


LETTERHEADS = f"/v1/plans/{PLAN}/letterheads"
HEAD = {
    "superior": None,
    "body": "Văn phòng Hội đồng nhân dân và Ủy ban nhân dân thành phố",
    "code": "VP",
    "unit": "TH",
    "place": "Ninh Kiều",
    "signer": "Chánh Văn phòng",
    "recipients": ["Ủy ban nhân dân thành phố"],
}


async def test_another_letterhead_heads_what_goes_out_from_then_on(own_service: Service) -> None:
    service = own_service
    before = await service.coordinator.get(REPORT, cycle=FIRST)
    recorded = await service.coordinator.post(LETTERHEADS, HEAD)
    document = Docx(await document_of(service))
    then = {name: before.json()[name] for name in ("as_of", "known_at")}

    assert recorded.status_code == 201
    assert recorded.json()["client"] == str(service.coordinator.client_id)
    assert " ".join(document.texts("Issuer")) == "VĂN PHÒNG HỘI ĐỒNG NHÂN DÂN VÀ ỦY BAN NHÂN DÂN THÀNH PHỐ"
    assert document.texts("Superior") == []
    assert document.texts("Number")[0].endswith("/BC-VP")
    assert document.texts("Addressee") == ["Kính gửi: Ủy ban nhân dân thành phố."]
    assert document.texts("Receiver") == ["- Như trên;", "- Lưu: VT, TH."]
    assert document.texts("Signer")[0] == "CHÁNH VĂN PHÒNG"
    listed = (await service.integrator.get(LETTERHEADS)).json()["items"]
    assert [one["code"] for one in listed] == ["SLĐTBXH", "VP"]
    again = await service.coordinator.get(REPORT, cycle=FIRST, **then)
    assert again.json()["letterhead"]["code"] == "SLĐTBXH"


async def test_who_may_not_read_reports_gets_none_and_nobody_else_sets_a_letterhead(service: Service) -> None:
    for who in (service.police, service.integrator, service.admin):
        problem_of(await who.get(REPORT, cycle=FIRST, format="docx"), 403, "not-allowed")
        problem_of(await who.post(LETTERHEADS, HEAD), 403, "not-allowed")


async def test_what_accept_names_is_what_comes(service: Service) -> None:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    document = await service.coordinator.get(REPORT, cycle=FIRST, headers={"Accept": kind})
    neither = await service.coordinator.get(REPORT, cycle=FIRST, headers={"Accept": "text/csv"})

    assert document.headers["content-type"] == kind
    assert document.headers["content-disposition"].startswith(f'attachment; filename="bao-cao-{PLAN}-{FIRST}.docx"')
    problem_of(neither, 406, "not-acceptable")


@pytest.mark.libreoffice
@pytest.mark.parametrize("cycle", CYCLES)
async def test_libreoffice_opens_it_and_prints_pages_numbered_as_they_should_be(
    told: Service, tmp_path: Path, cycle: str
) -> None:
    file = tmp_path / "bao-cao.docx"
    file.write_bytes(await document_of(told, cycle))

    pages = [page.extract_text() for page in pypdf.PdfReader(to_pdf(file, tmp_path)).pages]

    # Where a font lacks letters with marks, others stand in, and their words come out of the file in pieces.
    assert "NGHĨA VI" in pages[0]
    begun = [n for n, text in enumerate(pages) if re.search(r"^Ph[ụ ] ?l[ụ ]c [IVX]+[ụ ]*$", text, re.MULTILINE)]
    assert len(begun) == 9
    firsts = {0, *begun}
    for n, text in enumerate(pages):
        place = n - max(first for first in firsts if first <= n) + 1
        first_line = text.strip().splitlines()[0].strip()
        assert (first_line == str(place)) == (place > 1), (n, first_line)


def test_no_process_loads_what_writes_documents_before_one_is_asked_for() -> None:
    loads = "import sys, app.main, app.cli; sys.exit(any(name in sys.modules for name in ('docx', 'lxml')))"

    assert subprocess.run([sys.executable, "-c", loads], check=False).returncode == 0  # noqa: S603  Our own words.
