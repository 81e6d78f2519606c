"""Text as it is searched, and text that can be stored."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.text import fold, is_storable

VIETNAMESE = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Công an thành phố", "cong an thanh pho"),
        ("ĐOÀN Thanh niên", "doan thanh nien"),
        ("đường", "duong"),
        ("Viện kiểm sát nhân dân", "vien kiem sat nhan dan"),
        ("  Sở\tY\n tế ", "so y te"),
        ("3.2", "3.2"),
        ("", ""),
    ],
)
def test_folded_text_has_no_capitals_no_diacritics_and_single_blanks(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_every_vietnamese_letter_folds_to_a_plain_one() -> None:
    for letters in (VIETNAMESE, VIETNAMESE.upper()):
        assert set(fold(letters)) == set("abcdeghiklmnopqrstuvxy")


@given(st.text(alphabet=VIETNAMESE + VIETNAMESE.upper() + " -/.0123456789", max_size=60))
def test_composed_and_decomposed_text_fold_alike_and_for_good(written: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, written) for form in ("NFC", "NFD"))

    assert fold(composed) == fold(decomposed)
    assert fold(fold(written)) == fold(written)


@given(st.lists(st.text(alphabet=VIETNAMESE, min_size=1, max_size=8), min_size=1, max_size=6), st.data())
def test_a_word_typed_without_diacritics_is_found_in_its_text(words: list[str], data: st.DataObject) -> None:
    sought = data.draw(st.sampled_from(words))

    assert fold(sought) in fold(" ".join(words))


@given(st.text())
def test_text_without_nul_and_lone_surrogates_can_be_stored(text: str) -> None:
    assert is_storable(text) == ("\0" not in text)


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", "x\udfff", "\udc00y"])
def test_nul_and_lone_surrogates_cannot_be_stored(text: str) -> None:
    assert not is_storable(text)


def test_letters_beyond_the_basic_plane_can_be_stored() -> None:
    assert is_storable("𠊛 học sinh 🧒")
