"""The report of an import: for people in their language, and for the next run of the command in any."""

import csv
from pathlib import Path

import pytest

from app.domain.imports import LineResult
from app.importing import report
from app.importing.words import Language

HEAD = {
    Language.VIETNAMESE: [
        "lần nhập",
        "dòng",
        "kết quả",
        "ô",
        "mã dòng",
        "mã nghĩa vụ",
        "mã cập nhật",
        "loại lỗi",
        "nội dung",
    ],
    Language.ENGLISH: ["import", "line", "result", "cell", "client_ref", "obligation", "update", "problem", "detail"],
}
RESULTS = {
    Language.VIETNAMESE: ["bắt đầu", "đã ghi nhận", "đã có từ trước", "bị từ chối"],
    Language.ENGLISH: ["begun", "recorded", "replayed", "refused"],
}


@pytest.mark.parametrize("tongue", Language)
def test_a_report_is_in_the_language_of_the_command_and_the_import_goes_on_in_any(
    tmp_path: Path, tongue: Language
) -> None:
    path = tmp_path / "bao-cao.xlsx.report.csv"
    report.begin(path, "mot-lan-nhap", "bao-cao.xlsx", tongue)
    report.add(path, [report.Row(name="mot-lan-nhap", line=n, result=one) for n, one in enumerate(LineResult)], tongue)

    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)

    assert (head, [row[2] for row in rows]) == (HEAD[tongue], RESULTS[tongue])
    assert report.name_of(path) == "mot-lan-nhap"
    assert report.name_of(tmp_path / "none.csv") is None
