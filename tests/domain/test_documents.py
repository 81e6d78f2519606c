"""Numbers of official documents, and what only looks like one."""

import re
import unicodedata
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.documents import MAX_LENGTH, canonical_number

SOURCE = Path(__file__).parents[2] / "seeds" / "115-kh-ubnd-2021" / "source.txt"
NUMBERS = [
    "115/KH-UBND",
    "1472/QĐ-TTg",
    "23/CT-TTg",
    "375/LĐTBXH-TE",
    "15/TTr-UBND",
    "115/BC-CATP",
    "04/2021/QĐ-UBND",
    "56/2017/NĐ-CP",
    "42/2014/QĐ-TTg",
    "121/2020/QH14",
    "91/2025/QH15",
    "12a/KH-UBND",
    "01/2018/TTLT-VKSNDTC-TANDTC-BCA-BTP",
    "02/KH-HĐND&UBND",
    "80-NQ/TW",
    "36-HD/VPTW",
    "05-KL/BCSĐ",
    "20-CT/TW",
    "212/BC-CATP(PC02)",
    "12/BC-ĐTN(BTV)",
]
NO_NUMBERS = [
    "",
    " ",
    "115",
    "115/",
    "/KH-UBND",
    "KH-UBND",
    "115/KH-",
    "115/KH-UBND/",
    "115 KH UBND",
    "115/KH-UBND, 116/KH-UBND",
    "115/KH-UBND ngày 31/5/2021",
    # Dates, shares and ranges.
    "15/6/2021",
    "31/05/2021",
    "6/2021",
    "15-6-2021",
    "2021-06-15",
    "2021-2025",
    "100%",
    "5%-7%",
    # Amounts of money.
    "1.500.000",
    "1.500.000 đồng",
    "500.000.000đ",
    "500000/đồng",
    "20 triệu đồng",
    "50.000đ/người",
    # Names of laws.
    "Luật Trẻ em",
    "Luật Trẻ em năm 2016",
    "Luật Tổ chức Tòa án nhân dân",
    "Nghị quyết 121/2020/QH14",
    # Citizen numbers, also in disguise, phones, codes of children's health insurance.
    "091234567890",
    "091234567890/KH-UBND",
    "091234567/KH-UBND",
    "0912345678",
    "TE1920012345678",
    "TE1/920012345678",
    "212/BC-CATP()",
    "212/BC-CATP(091234567890)",
    "212/BC-CATP(PC02",
]


@pytest.mark.parametrize("number", NUMBERS)
def test_the_forms_of_state_and_party_are_numbers_and_stay_as_they_are(number: str) -> None:
    assert canonical_number(number) == number


@pytest.mark.parametrize("written", NO_NUMBERS)
def test_what_only_looks_like_a_number_is_none(written: str) -> None:
    assert canonical_number(written) is None


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_composed_and_decomposed_letters_spell_the_same_number(number: str, form: Literal["NFC", "NFD"]) -> None:
    written = unicodedata.normalize(form, number)

    assert canonical_number(written) == number


@pytest.mark.parametrize("lookalike", ["Ð", "Ɖ"])
def test_letters_that_look_like_d_with_stroke_are_taken_for_it(lookalike: str) -> None:
    assert canonical_number(f"04/2021/Q{lookalike}-UBND") == "04/2021/QĐ-UBND"
    assert canonical_number(f"375/L{lookalike}TBXH-TE") == "375/LĐTBXH-TE"


def test_small_letters_that_look_like_d_with_stroke_are_taken_for_it() -> None:
    assert canonical_number("01-Qði/TW") == canonical_number("01-Qɖi/TW") == canonical_number("01-Qđi/TW")


@pytest.mark.parametrize(
    "written", [" 115/KH-UBND\n", "115 / KH - UBND", "115/KH -UBND", "115/\tKH- UBND", "115/KH\u2013UBND"]
)
def test_blanks_around_the_number_and_its_signs_do_not_matter(written: str) -> None:
    assert canonical_number(written) == "115/KH-UBND"


def test_a_number_has_at_most_sixty_characters() -> None:
    longest = "1/" + "K" * (MAX_LENGTH - 2)

    assert canonical_number(longest) == longest
    assert canonical_number(longest + "K") is None


def test_every_number_that_the_plan_cites_is_one_and_none_of_its_dates_is() -> None:
    text = SOURCE.read_text("utf-8")
    cited = set(re.findall(r"\b\d+/(?:\d{4}/)?[A-ZĐ][\w-]*", text))
    dates = set(re.findall(r"\b\d+/\d+/\d{4}\b(?!/)", text))

    assert {"115/KH-UBND", "121/2020/QH14"} <= cited
    assert "15/6/2021" in dates
    assert {number for number in cited if canonical_number(number) != number} == set()
    assert {day for day in dates if canonical_number(day)} == set()


@given(st.lists(st.sampled_from(["1", "20", "2021", " ", "/", "-", "K", "Qð", "Ð", "D\u031b", "U\u031b", "&", "x"])))
def test_a_number_spelled_once_is_spelled_for_good(parts: list[str]) -> None:
    number = canonical_number("".join(parts))

    if number is not None:
        assert canonical_number(number) == number
        assert unicodedata.is_normalized("NFC", number)
        assert len(number) <= MAX_LENGTH
        assert not re.search(r"\s", number)
