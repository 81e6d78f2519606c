"""The guard is linear: four times the text asks for about four times the work, whatever is written."""

import time

import pytest

from app.domain.personal_data import find

SHAPES = (
    *("0", "1 ", "12/", "0912 ", "0.", "\n1", "O0", "TE1 ", "CMND ", "tài khoản ", "hộ chiếu ", "biển ", "65A-", "84 "),
    *("a.", "@a.", "((at)", "Nguyễn ", "LÂM ", "nguyễn thị ", "cháu ", "Cháu Lâm ", "học sinh là ", "là ", "Trường "),
    *(
        "lớp 5 ",
        "3 tuổi, ",
        "sinh ",
        "ngày ",
        "h'",
        "¤",
        "- ",
        "a\u0301\u0323",
        "kinh phí ",
        "hồ sơ số ",
        "MẬT",
        "tối ",
    ),
)


def seconds(text: str) -> float:
    """Measure the work in the time of this process, the best of three: other processes do not count."""

    def once() -> float:
        began = time.process_time()
        find(text)
        return time.process_time() - began

    return min(once() for _ in range(3))


def repeated(shape: str, size: int) -> str:
    return (shape * (size // len(shape) + 1))[:size]


@pytest.mark.parametrize("shape", SHAPES)
def test_no_shape_of_text_costs_more_than_its_length(shape: str) -> None:
    short, long = seconds(repeated(shape, 2_500)), seconds(repeated(shape, 10_000))

    # A pattern that looks again at what it has seen would ask for sixteen times as much, or for thousands.
    assert long < 10 * short + 0.02
