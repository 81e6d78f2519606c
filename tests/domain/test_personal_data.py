"""The guard against personal data: a corpus of sentences, and what it says of what it finds."""

import unicodedata
from pathlib import Path
from uuid import NAMESPACE_DNS, uuid5

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.domain.personal_data import Finding, Kind, find, objections
from app.domain.personal_data.numbers import PROVINCES

CORPUS: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_name("personal_data_corpus.yaml").read_text("utf-8"))
BAD = [(Kind[key.upper()], text) for key, texts in CORPUS.items() if key != "fine" for text in texts]


@pytest.mark.parametrize("text", CORPUS["fine"])
def test_what_is_fine_passes(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize(("kind", "text"), BAD)
def test_what_must_not_be_there_is_found(kind: Kind, text: str) -> None:
    assert kind in {finding.kind for finding in find(text)}


@pytest.mark.parametrize(("kind", "text"), BAD)
def test_it_is_found_in_every_spelling_of_unicode(kind: Kind, text: str) -> None:
    for form in ("NFC", "NFD", "NFKD"):
        assert kind in {finding.kind for finding in find(unicodedata.normalize(form, text))}


@pytest.mark.parametrize("text", CORPUS["fine"])
def test_what_is_fine_passes_decomposed_too(text: str) -> None:
    assert find(unicodedata.normalize("NFD", text)) == []


def test_a_finding_says_where_and_not_what() -> None:
    (found,) = find("Gọi 0912 345 678 nhé.")

    assert found == Finding(Kind.PHONE_NUMBER, 4, 16)
    assert str(found) == "holds a phone number (characters 5 to 16)"


def test_the_place_is_the_one_in_the_text_as_it_was_sent() -> None:
    text = unicodedata.normalize("NFD", "Điện thoại: ") + "０９１２\u200b３４５６７８."

    (found,) = find(text)

    assert text[found.start : found.end] == "０９１２\u200b３４５６７８"


def test_everything_is_found_in_order() -> None:
    text = "TỐI MẬT. Cháu Lan, số 092211000123, thẻ TE1929212345678, mẹ 0912345678, CMND 361234567."

    assert [finding.kind for finding in find(text)] == [
        Kind.SECRECY_MARK,
        Kind.CHILD_NAME,
        Kind.CITIZEN_NUMBER,
        Kind.INSURANCE_CODE,
        Kind.PHONE_NUMBER,
        Kind.OLD_IDENTITY_NUMBER,
    ]


@given(
    st.sampled_from(sorted(PROVINCES)),
    st.integers(0, 3),
    st.integers(0, 99),
    st.integers(0, 999_999),
    st.sampled_from(["", " ", ".", "-", "_", " - ", "\u00a0", "\u200b", "\u2011"]),
    st.sampled_from([(3, 6, 9), (3, 4, 6), (4, 8), (6,), (3,), (3, 9)]),
)
def test_every_citizen_number_is_found_however_its_digits_are_grouped(
    province: str, century: int, year: int, serial: int, gap: str, cuts: tuple[int, ...]
) -> None:
    digits = f"{province}{century}{year:02}{serial:06}"
    written = "".join((gap if n in cuts else "") + digit for n, digit in enumerate(digits))

    assert Kind.CITIZEN_NUMBER in {finding.kind for finding in find(f"Số {written} của công dân.")}


@given(st.text())
def test_any_text_can_be_looked_through(text: str) -> None:
    for finding in find(text):
        assert 0 <= finding.start < finding.end <= len(text)


@given(st.integers(1, 10**12))
def test_no_amount_of_money_is_taken_for_a_person(amount: int) -> None:
    assert find(f"Kinh phí {f'{amount:,}'.replace(',', '.')} đồng.") == []
    assert find(f"Đã chi {amount} đồng.") == []


@pytest.mark.parametrize("province", ["000", "003", "097", "999"])
def test_twelve_digits_of_no_province_are_no_citizen_number(province: str) -> None:
    assert find(f"Mã tra cứu {province}211000123.") == []
    assert find("Mã tra cứu 092911000123.") == []


def test_the_word_of_a_coordinator_passes_a_name_and_never_a_number_or_a_mark() -> None:
    text = "TỐI MẬT. Cháu Lan, số 092211000123, mẹ 0912345678."

    assert [one.kind for one in objections(text, not_personal=True)] == [
        Kind.SECRECY_MARK,
        Kind.CITIZEN_NUMBER,
        Kind.PHONE_NUMBER,
    ]
    assert objections("Cháu Lan được hỗ trợ.", not_personal=True) == []


@pytest.mark.parametrize("joint", ["\n", "/", ".", " ", "-", " / ", ".\n"])
def test_a_number_parted_by_any_mark_is_found(joint: str) -> None:
    for kind, groups in (
        (Kind.CITIZEN_NUMBER, ("092", "211", "000", "123")),
        (Kind.PHONE_NUMBER, ("0912", "345", "678")),
        (Kind.OLD_IDENTITY_NUMBER, ("CMND 361", "234", "567")),
        (Kind.INSURANCE_CODE, ("TE1", "9292", "1234", "5678")),
    ):
        assert [one.kind for one in find(f"Số {joint.join(groups)} nhé")] == [kind]


def test_an_id_of_a_record_is_no_number_of_a_person_whatever_stands_before_it() -> None:
    ids = [uuid5(NAMESPACE_DNS, str(n)) for n in range(2000)]

    for written in ("crash-{}", "key_{}", "Báo cáo của {}.", "({})", "{}-2026"):
        assert [one for one in ids if objections(written.format(one))] == []
