"""The corpus: every hostile file of it is refused with its reason, and every honest one is taken.

Each is judged by the module that the process would load; that it runs in a process is seen in test_inspection.
"""

import re
from importlib import import_module
from pathlib import Path

import pytest

from app.inspection.__main__ import INSPECTORS
from app.inspection.reasons import WORDS, Reason, Refused
from tests.api.test_inspection import TYPES
from tests.corpus.honest import honest
from tests.corpus.hostile import hostile

HOSTILE, HONEST = hostile(), honest()
TABLE = Path(__file__).parents[2] / "docs" / "files.md"


def judged(folder: Path, kind: str, content: bytes) -> Reason | None:
    """Return why a file is refused, if it is."""
    path = folder / "file"
    path.write_bytes(content)
    try:
        import_module(f"app.inspection.{INSPECTORS[TYPES[kind]]}").inspect(path, TYPES[kind])
    except Refused as refused:
        return refused.reason
    return None


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_its_reason(tmp_path: Path, name: str) -> None:
    kind, content, reason = HOSTILE[name]

    assert judged(tmp_path, kind, content) is reason


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_file_is_taken(tmp_path: Path, name: str) -> None:
    assert judged(tmp_path, *HONEST[name]) is None


def test_the_corpus_is_as_large_as_the_documentation_says() -> None:
    told = re.search(r"(\d[\d,]*) hostile and (\d+) honest files", TABLE.read_text())

    assert told is not None
    assert [len(HOSTILE), len(HONEST)] == [int(number.replace(",", "")) for number in told.groups()]
    assert {kind for kind, *_ in HOSTILE.values()} == {kind for kind, *_ in HONEST.values()} == set(TYPES)


def test_the_table_tells_every_reason_in_the_words_that_officials_read() -> None:
    told = re.findall(r"^\| `(\w+)` \| (.+?) \| .+ \| .+ \|$", TABLE.read_text(), re.MULTILINE)

    assert told == [(reason.value, WORDS[reason].en) for reason in Reason]


def test_the_table_tells_for_every_reason_which_kinds_of_file_were_tried() -> None:
    told = re.findall(r"^\| `(\w+)` \| .+ \| ([a-z, ]+) \|$", TABLE.read_text(), re.MULTILINE)

    tried = {
        reason: {kind for kind, _, one in HOSTILE.values() if one is reason}
        for reason in Reason
        if reason != Reason.VIRUS
    }
    assert {Reason(reason): set(kinds.split(", ")) for reason, kinds in told} == tried | {Reason.VIRUS: {"any"}}


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_says_in_both_languages_what_to_do(reason: Reason) -> None:
    words = WORDS[reason]

    assert "; " in words.en
    assert "; hãy " in words.vi
    assert words.vi.endswith(".")
