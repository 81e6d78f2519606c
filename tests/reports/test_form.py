"""The form of Decree 30/2020/NĐ-CP, rule by rule, as the XML says it: when nobody, some and all have reported."""

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree
from PIL import ImageFont

from app.reports import metrics
from app.reports.decree30 import LEFT, MOTTO, NATION, PART_OF_WORDS, RIGHT, TEXT
from tests.given import FIRST, Service
from tests.reports.living import EMPTY, FULL, REPORT
from tests.reports.reading import Docx, Element, W, millimetres, style_of, text_of, value, w

CYCLES = {FIRST: "kỳ báo cáo trước ngày 15 tháng 6 năm 2021", FULL: "năm 2022", EMPTY: "năm 2023"}
ANNEXES = 9
BODY_STYLES = {"BodyText", "Heading1", "Heading2"}
Rule = Callable[[Docx], None]
RULES: dict[str, Rule] = {}


def rule(check: Rule) -> Rule:
    """Hold every document to a rule."""
    RULES[check.__name__] = check
    return check


@pytest.fixture(scope="session")
async def documents(told: Service) -> dict[str, Docx]:
    """Give the document of each cycle."""
    found = {}
    for cycle in CYCLES:
        answer = await told.coordinator.get(REPORT, cycle=cycle, format="docx")
        assert answer.status_code == 200, answer.text
        found[cycle] = Docx(answer.content)
    return found


@rule
def every_page_is_a4_upright(document: Docx) -> None:
    for section in document.sections:
        size = section.find(w("pgSz"))
        assert (millimetres(value(size, "w")), millimetres(value(size, "h"))) == pytest.approx((210, 297), abs=0.1)
        assert value(size, "orient") in {None, "portrait"}


@rule
def the_margins_above_and_below_are_20_to_25_mm(document: Docx) -> None:
    for section in document.sections:
        margins = section.find(w("pgMar"))
        assert all(19.9 <= millimetres(value(margins, side)) <= 25 for side in ("top", "bottom"))


@rule
def the_left_margin_is_30_to_35_mm(document: Docx) -> None:
    assert all(29.9 <= millimetres(value(one.find(w("pgMar")), "left")) <= 35 for one in document.sections)


@rule
def the_right_margin_is_15_to_20_mm(document: Docx) -> None:
    assert all(14.9 <= millimetres(value(one.find(w("pgMar")), "right")) <= 20 for one in document.sections)


@rule
def all_text_is_times_new_roman_in_every_script(document: Docx) -> None:
    fonts = document.defaults.find(w("rFonts"))
    assert {fonts.get(w(kind)) for kind in ("ascii", "hAnsi", "eastAsia", "cs")} == {"Times New Roman"}
    assert [one for style in document.styles.values() for one in style.iter(w("rFonts"))] == []
    assert list(document.body.iter(w("rFonts"))) == []


@rule
def what_stands_in_for_the_font_is_named(document: Docx) -> None:
    (font,) = document.part("word/fontTable.xml")
    assert value(font, "name") == "Times New Roman"
    assert value(font.find(w("altName"))) == "Tinos,Liberation Serif,FreeSerif"


@rule
def all_text_is_black(document: Docx) -> None:
    colours = [*document.part("word/styles.xml").iter(w("color")), *document.body.iter(w("color"))]
    assert {value(one) for one in colours} == {"000000"}


@rule
def the_language_is_vietnamese(document: Docx) -> None:
    assert value(document.defaults.find(w("lang"))) == "vi-VN"
    assert value(document.part("word/settings.xml").find(w("themeFontLang"))) == "vi-VN"


@rule
def the_body_is_13_to_14_points(document: Docx) -> None:
    assert {document.size(style) for style in BODY_STYLES} <= {13, 14}


@rule
def the_body_is_aligned_on_both_sides(document: Docx) -> None:
    assert document.align("BodyText") == "both"


@rule
def the_first_line_of_a_paragraph_goes_in_by_one_centimetre_or_1_27(document: Docx) -> None:
    indent = document.styles["BodyText"].find(f"{w('pPr')}/{w('ind')}")
    assert millimetres(value(indent, "firstLine")) == pytest.approx(12.7, abs=0.1)


@rule
def paragraphs_stand_6_points_apart_or_more(document: Docx) -> None:
    assert document.spacing("BodyText", "after") >= 6 * 20


@rule
def lines_stand_apart_by_one_to_one_and_a_half(document: Docx) -> None:
    assert all(240 <= document.spacing(style, "line") <= 360 for style in BODY_STYLES)


@rule
def page_numbers_stand_in_the_middle_above_in_13_to_14_points(document: Docx) -> None:
    header = document.part("word/header1.xml")
    field = "".join(one.text for one in header.iter(w("instrText")))
    numbered = header if field else document.part("word/header2.xml")
    assert "".join(one.text for one in numbered.iter(w("instrText"))) == "PAGE"
    assert {style_of(one) for one in numbered.iter(w("p"))} == {"Header"}
    assert (document.align("Header"), document.size("Header")) == ("center", 13)


@rule
def no_first_page_has_a_number(document: Docx) -> None:
    assert all(section.find(w("titlePg")) is not None for section in document.sections)
    first = document.sections[0]
    kinds = {value(one, "type") for one in first.iter(w("headerReference"))}
    assert kinds == {"default", "first"}


@rule
def the_pages_of_each_annex_are_numbered_from_one(document: Docx) -> None:
    starts = [value(section.find(w("pgNumType")), "start") for section in document.sections]
    assert starts == [None, *["1"] * ANNEXES]


@rule
def later_sections_have_the_headers_of_the_first(document: Docx) -> None:
    assert [list(section.iter(w("headerReference"))) for section in document.sections[1:]] == [[]] * ANNEXES


@rule
def the_name_of_the_nation_is_capital_bold_and_12_to_13_points(document: Docx) -> None:
    assert document.texts("Nation") == [NATION]
    assert NATION == NATION.upper() == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    assert document.is_bold("Nation")
    assert document.size("Nation") in {12, 13}


@rule
def the_motto_is_bold_and_13_to_14_points_with_spaced_hyphens(document: Docx) -> None:
    assert document.texts("Motto") == ["Độc lập - Tự do - Hạnh phúc"]
    assert document.is_bold("Motto")
    assert document.size("Motto") in {13, 14}


@rule
def nation_and_motto_stand_in_the_middle_of_their_side(document: Docx) -> None:
    assert document.align("Nation") == document.align("Motto") == "center"


def _rules(document: Docx) -> list[tuple[str, float, float]]:
    """Return each rule: the words above it, its length, and how much it is off the middle."""
    found = []
    for one in document.styled("Rule"):
        indent = one.find(f"{w('pPr')}/{w('ind')}")
        left, right = (millimetres(value(indent, side)) for side in ("left", "right"))
        cell = one.getparent() if one.getparent().tag == w("tc") else None
        width = TEXT if cell is None else millimetres(value(cell.find(f"{w('tcPr')}/{w('tcW')}"), "w"))
        found.append((text_of(one.getprevious()), width - left - right, abs(left - right)))
    return found


@rule
def the_rule_below_the_motto_is_as_long_as_its_words(document: Docx) -> None:
    (length,) = (length for words, length, _ in _rules(document) if words == MOTTO)
    assert length == pytest.approx(metrics.width_of(MOTTO, 13), abs=0.2)


@rule
def all_other_rules_are_a_third_to_a_half_of_the_words_above(document: Docx) -> None:
    for words, length, _ in _rules(document):
        if words != MOTTO and not words.startswith("(Kèm theo"):
            bold = metrics.width_of(words, 12 if words.isupper() else 14)
            assert bold / 3.2 <= length <= bold / 2 * 1.15, words
    assert 1 / 3 <= PART_OF_WORDS <= 1 / 2


@rule
def rules_are_solid_black_and_in_the_middle(document: Docx) -> None:
    borders = [one.find(f"{w('pPr')}/{w('pBdr')}/{w('top')}") for one in document.styled("Rule")]
    assert {(value(one), value(one, "color")) for one in borders} == {("single", "000000")}
    assert all(off < 0.2 for _, _, off in _rules(document))


@rule
def the_superior_body_is_capital_and_not_bold(document: Docx) -> None:
    assert " ".join(document.texts("Superior")) == "ỦY BAN NHÂN DÂN THÀNH PHỐ CẦN THƠ"
    assert (document.is_bold("Superior"), document.size("Superior"), document.align("Superior")) == (
        False,
        12,
        "center",
    )


@rule
def the_issuing_body_is_capital_and_bold_below_it(document: Docx) -> None:
    assert document.texts("Issuer") == ["SỞ LAO ĐỘNG -", "THƯƠNG BINH VÀ XÃ HỘI"]
    assert (document.is_bold("Issuer"), document.size("Issuer"), document.align("Issuer")) == (True, 12, "center")
    left = document.body[0].find(f".//{w('tc')}")
    assert [style_of(one) for one in left.iter(w("p"))] == [*["Superior"] * 2, *["Issuer"] * 2, "Rule"]


@rule
def the_number_is_left_empty_before_its_symbol(document: Docx) -> None:
    (number,) = document.texts("Number")
    assert re.fullmatch(r"Số: {4,}/BC-SLĐTBXH", number)
    assert (document.size("Number"), document.is_bold("Number"), document.align("Number")) == (13, False, "center")


@rule
def place_and_date_are_italic_and_the_date_is_left_empty(document: Docx) -> None:
    (place,) = document.texts("PlaceAndDate")
    assert re.fullmatch(r"Cần Thơ, ngày {4,}tháng {4,}năm {4,}", place)
    assert (document.size("PlaceAndDate"), document.is_italic("PlaceAndDate")) == (13, True)


@rule
def number_and_date_stand_beside_each_other_in_one_row(document: Docx) -> None:
    rows = list(document.body[0].iter(w("tr")))
    cells = [[style_of(one) for one in cell.iter(w("p"))] for cell in rows[-1].iter(w("tc"))]
    assert (len(rows), cells) == (2, [["Number"], ["PlaceAndDate"]])


@rule
def the_head_has_no_lines(document: Docx) -> None:
    assert document.body[0].tag == w("tbl")
    assert document.body[0].find(f"{w('tblPr')}/{w('tblBorders')}") is None


@rule
def the_kind_of_document_is_capital_bold_and_in_the_middle(document: Docx) -> None:
    assert document.texts("Kind") == ["BÁO CÁO"]
    assert (document.is_bold("Kind"), document.size("Kind"), document.align("Kind")) == (True, 14, "center")


@rule
def the_excerpt_is_bold_in_the_middle_below_it(document: Docx) -> None:
    excerpt = " ".join(document.texts("Excerpt"))
    assert excerpt.startswith("Kết quả thực hiện Kế hoạch số 115/KH-UBND ngày 31 tháng 5 năm 2021 của Ủy ban nhân dân")
    assert (document.is_bold("Excerpt"), document.size("Excerpt"), document.align("Excerpt")) == (True, 14, "center")


@rule
def addressees_stand_below_each_other_their_dashes_below_the_colon(document: Docx) -> None:
    first, *others = document.styled("Addressee")
    assert [text_of(one) for one in (first, *others)] == [
        "Kính gửi:",
        "- Ủy ban nhân dân thành phố Cần Thơ;",
        "- Bộ Lao động - Thương binh và Xã hội.",
    ]
    indents = [millimetres(value(one.find(f"{w('pPr')}/{w('ind')}"), "left")) for one in (first, *others)]
    assert indents[1] == indents[2] == pytest.approx(indents[0] + metrics.width_of("Kính gửi", 14), abs=0.2)


@rule
def the_five_parts_stand_in_order_as_headings_with_roman_numbers(document: Docx) -> None:
    assert document.texts("Heading1") == [
        "I. CÔNG TÁC CHỈ ĐẠO, TRIỂN KHAI",
        "II. KẾT QUẢ THỰC HIỆN",
        "III. ĐÁNH GIÁ",
        "IV. NHIỆM VỤ THỜI GIAN TỚI",
        "V. KIẾN NGHỊ",
    ]


@rule
def headings_are_styles_with_levels_so_that_a_table_of_contents_can_be_made(document: Docx) -> None:
    levels = {one: value(document.styles[one].find(f"{w('pPr')}/{w('outlineLvl')}")) for one in document.styles}
    assert (levels["Heading1"], levels["Heading2"], levels["AnnexNumber"], levels["BodyText"]) == ("0", "1", "0", None)
    names = {value(document.styles[one].find(w("name"))) for one in ("Heading1", "Heading2")}
    assert names == {"heading 1", "heading 2"}


@rule
def headings_are_bold_and_stay_with_what_follows(document: Docx) -> None:
    for style in ("Heading1", "Heading2", "AnnexNumber", "AnnexTitle"):
        assert document.is_bold(style)
        assert document.styles[style].find(f"{w('pPr')}/{w('keepNext')}") is not None


@rule
def the_body_ends_with_a_stroke_between_two_points(document: Docx) -> None:
    assert _last_of_body(document).endswith("./.")


def _last_of_body(document: Docx) -> str:
    before = []
    for one in document.body:
        if one.tag == w("tbl") and "Nơi nhận:" in text_of(one):
            break
        if style_of(one) == "BodyText":
            before.append(text_of(one))
    return before[-1]


@rule
def nothing_else_ends_so(document: Docx) -> None:
    assert document.text.count("./.") == 1


@rule
def receivers_stand_on_the_left_and_the_signer_beside_them(document: Docx) -> None:
    (table,) = (one for one in document.body.iter(w("tbl")) if "Nơi nhận:" in text_of(one))
    left, right = table.iter(w("tc"))
    assert [text_of(one) for one in left.iter(w("p"))] == ["Nơi nhận:", "- Như trên;", "- Lưu: VT."]
    assert [text_of(one) for one in right.iter(w("p"))] == ["GIÁM ĐỐC", "", "", "", ""]
    assert table.find(f"{w('tr')}/{w('trPr')}/{w('cantSplit')}") is not None


@rule
def receivers_are_bold_italic_12_points_and_their_list_11(document: Docx) -> None:
    looks = (document.is_bold("Receivers"), document.is_italic("Receivers"), document.size("Receivers"))
    assert looks == (True, True, 12)
    assert document.size("Receiver") == 11
    assert (document.is_bold("Signer"), document.align("Signer")) == (True, "center")


@rule
def no_name_signs_and_no_day_is_set(document: Docx) -> None:
    (table,) = (one for one in document.body.iter(w("tbl")) if "Nơi nhận:" in text_of(one))
    assert re.findall(r"(?:KT|TL|TM)\.", text_of(table)) == []


@rule
def annexes_are_numbered_in_roman_each_on_pages_of_its_own(document: Docx) -> None:
    roman = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"]
    assert document.texts("AnnexNumber") == [f"Phụ lục {one}" for one in roman]
    # A section begins on the next page unless it says otherwise.
    assert {value(one.find(w("type"))) for one in document.sections} <= {None, "nextPage"}


@rule
def the_number_of_an_annex_is_bold_14_points_and_its_title_capital(document: Docx) -> None:
    assert (document.is_bold("AnnexNumber"), document.size("AnnexNumber")) == (True, 14)
    assert all(title == title.upper() for title in document.texts("AnnexTitle"))
    assert document.align("AnnexNumber") == document.align("AnnexTitle") == "center"


@rule
def every_annex_says_to_which_report_it_belongs_in_italics(document: Docx) -> None:
    of = r"\(Kèm theo Báo cáo số {4,}/BC-SLĐTBXH ngày {4,}tháng {4,}năm {4,}của Sở Lao động - Thương binh và Xã hội\)"
    assert len(document.texts("AnnexOf")) == ANNEXES
    assert all(re.fullmatch(of, one) for one in document.texts("AnnexOf"))
    assert (document.is_italic("AnnexOf"), document.align("AnnexOf")) == (True, "center")


@rule
def tables_repeat_their_heads(document: Docx) -> None:
    for table in document.tables:
        first = table.find(w("tr"))
        assert first.find(f"{w('trPr')}/{w('tblHeader')}") is not None


@rule
def no_row_of_a_table_is_broken(document: Docx) -> None:
    for table in document.tables:
        assert all(row.find(f"{w('trPr')}/{w('cantSplit')}") is not None for row in table.iter(w("tr")))


@rule
def tables_are_as_wide_as_the_text_at_most_and_keep_their_widths(document: Docx) -> None:
    for table in document.tables:
        widths = [millimetres(value(one, "w")) for one in table.iter(w("gridCol"))]
        assert sum(widths) <= 210 - LEFT - RIGHT + 0.2
        assert value(table.find(f"{w('tblPr')}/{w('tblLayout')}"), "type") == "fixed"


@rule
def every_row_has_a_cell_for_each_column(document: Docx) -> None:
    for table in document.tables:
        columns = len(list(table.iter(w("gridCol"))))
        for row in table.iter(w("tr")):
            spans = [value(cell.find(f"{w('tcPr')}/{w('gridSpan')}")) for cell in row.iter(w("tc"))]
            assert sum(int(span or 1) for span in spans) == columns


@rule
def no_word_of_a_head_is_broken(document: Docx) -> None:
    for cell in _heads(document):
        inner = millimetres(value(cell.find(f"{w('tcPr')}/{w('tcW')}"), "w")) - 2
        for word in text_of(cell).split():
            assert metrics.width_of(word, document.size("TableHead")) <= inner + 0.1, word


@rule
def no_code_of_a_duty_is_broken(document: Docx) -> None:
    for table in document.tables:
        if "Mã" in text_of(table):
            inner = millimetres(value(table.find(f"{w('tblGrid')}/{w('gridCol')}"), "w")) - 2
            codes = [text_of(row.find(w("tc"))) for row in table.iter(w("tr"))]
            assert all(metrics.width_of(code, document.size("TableNumber")) <= inner for code in codes)


def _heads(document: Docx) -> list[Element]:
    rows = (row for table in document.tables for row in table.iter(w("tr")))
    heads = (row for row in rows if row.find(f"{w('trPr')}/{w('tblHeader')}") is not None)
    return [cell for row in heads for cell in row.iter(w("tc"))]


@rule
def tables_are_11_points_and_numbers_stand_in_the_middle(document: Docx) -> None:
    assert document.size("TableText") == document.size("TableNumber") == 11
    assert document.align("TableNumber") == document.align("TableHead") == "center"


@rule
def no_two_tables_touch(document: Docx) -> None:
    tags = [one.tag for one in document.body]
    assert all(pair != (w("tbl"), w("tbl")) for pair in pairwise(tags))


@rule
def a_foot_note_says_as_of_when_the_digest_and_how_to_check(document: Docx) -> None:
    (reference,) = document.body.iter(w("footnoteReference"))
    notes = {value(one, "id"): text_of(one) for one in document.part("word/footnotes.xml")}
    note = notes[value(reference, "id") or ""]
    assert re.search(r"as_of=2026-11-\d\dT[\d:.]+Z, known_at=\d{4}-[\d-]+T[\d:.]+Z, SHA-256 [0-9a-f]{64}\.", note)
    assert "dondoc verify --report" in note
    assert "FootnoteReference" in document.styles


@rule
def its_properties_name_nobody(document: Docx) -> None:
    core = {one.tag.rpartition("}")[2]: one.text for one in document.part("docProps/core.xml")}
    for name in ("creator", "lastModifiedBy", "description", "keywords", "subject", "category"):
        assert not core.get(name)
    assert core["language"] == "vi-VN"
    assert "app.xml" not in " ".join(document.archive.namelist())


@rule
def its_title_is_that_of_the_paper(document: Docx) -> None:
    core = {one.tag.rpartition("}")[2]: one.text for one in document.part("docProps/core.xml")}
    assert core["title"].replace("\u00a0", " ").startswith("BÁO CÁO Kết quả thực hiện Kế hoạch số 115/KH-UBND")


@rule
def its_archive_is_the_same_whenever_it_is_made(document: Docx) -> None:
    entries = document.archive.infolist()
    assert {one.date_time for one in entries} == {(1980, 1, 1, 0, 0, 0)}
    names = [one.filename for one in entries]
    assert names == ["[Content_Types].xml", *sorted(names[1:])]


@rule
def no_part_is_there_that_nothing_leads_to(document: Docx) -> None:
    assert set(document.archive.namelist()) == {
        *("[Content_Types].xml", "_rels/.rels", "docProps/core.xml", "word/_rels/document.xml.rels"),
        *("word/document.xml", "word/fontTable.xml", "word/footnotes.xml", "word/header1.xml", "word/header2.xml"),
        *("word/settings.xml", "word/styles.xml"),
    }


@rule
def nothing_in_it_runs_or_leads_outside(document: Docx) -> None:
    relations = document.archive.read("word/_rels/document.xml.rels").decode()
    assert 'TargetMode="External"' not in relations
    fields = [
        one.text
        for part in ("word/header1.xml", "word/header2.xml")
        for one in document.part(part).iter(w("instrText"))
    ]
    assert fields == ["PAGE"]
    assert list(document.body.iter(w("instrText"), w("object"), w("pict"), w("hyperlink"))) == []


ORDER = {
    "sectPr": "headerReference footerReference type pgSz pgMar pgNumType cols titlePg docGrid",
    "pPr": "pStyle keepNext keepLines widowControl pBdr spacing ind jc outlineLvl sectPr",
    "rPr": "rStyle rFonts b bCs i iCs color sz szCs vertAlign lang",
    "tblPr": "tblW jc tblInd tblBorders tblLayout tblCellMar",
    "tblBorders": "top left bottom right insideH insideV",
    "tcPr": "tcW gridSpan vMerge vAlign",
    "trPr": "cantSplit tblHeader",
    "tbl": "tblPr tblGrid tr",
    "tc": "tcPr p",
    "style": "name basedOn qFormat pPr rPr tblPr",
    "settings": "zoom defaultTabStop characterSpacingControl footnotePr compat themeFontLang decimalSymbol"
    " listSeparator",
    "font": "altName panose1 charset family pitch",
}
"""In which order ISO/IEC 29500 lets what we write stand; Word calls a document broken that does otherwise."""


@rule
def elements_stand_in_the_order_of_the_standard(document: Docx) -> None:
    for name in ("document", "styles", "settings", "fontTable", "footnotes"):
        for one in document.part(f"word/{name}.xml").iter(etree.Element):
            known = ORDER.get(one.tag.removeprefix(W))
            if known:
                places = [known.split().index(child.tag.removeprefix(W)) for child in one]
                assert places == sorted(places), (name, one.tag)


@rule
def every_style_that_is_used_is_there(document: Docx) -> None:
    used = {value(one) for one in document.body.iter(w("pStyle"), w("rStyle"))}
    assert used <= document.styles.keys()


@rule
def it_opens_in_the_mode_of_todays_word(document: Docx) -> None:
    settings = document.part("word/settings.xml")
    modes = {value(one, "name"): value(one) for one in settings.iter(w("compatSetting"))}
    assert modes == {"compatibilityMode": "15"}


@pytest.mark.parametrize("cycle", CYCLES)
@pytest.mark.parametrize("name", RULES)
async def test_a_rule_holds(documents: dict[str, Docx], name: str, cycle: str) -> None:
    RULES[name](documents[cycle])


def test_there_are_forty_rules_or_more() -> None:
    assert len(RULES) >= 40


def test_words_are_as_long_as_the_font_sets_them() -> None:
    font = Path("/usr/share/fonts/truetype/croscore/Tinos-Bold.ttf")
    if not font.exists():
        pytest.skip("there is no Tinos here, which is as wide as Times New Roman")
    drawn = ImageFont.truetype(str(font), 1000)
    for words in (NATION, MOTTO, "SỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI", "ƯƠươ đĐ 0123 (2022)"):
        assert metrics.width_of(words, 1000 / 25.4 * 72) == pytest.approx(drawn.getlength(words), rel=0.02)
