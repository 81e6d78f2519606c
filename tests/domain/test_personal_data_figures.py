"""How well the guard does: recall and precision of each kind, over sentences as agencies write them."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from app.domain.personal_data import Kind, find

RECALL, PRECISION = 0.98, 0.97
Corpus = dict[str, list[str]]


class Figure(NamedTuple):
    """What the guard made of the sentences of one kind."""

    right: int
    there: int
    said: int

    @property
    def recall(self) -> float:
        """The part of what is there that was found."""
        return self.right / self.there

    @property
    def precision(self) -> float:
        """The part of what was found that is there."""
        return self.right / self.said


def read(*names: str) -> Corpus:
    """Read files of sentences as one."""
    files = [yaml.safe_load(Path(__file__).with_name(name).read_text("utf-8")) for name in names]
    return {key: [text for file in files for text in file.get(key, [])] for key in files[0]}


HELD_OUT = [f"personal_data_{which}held_out.yaml" for which in ("", "second_", "third_")]
CORPUS = read("personal_data_reports.yaml", "personal_data_corpus.yaml", *HELD_OUT)
TOLD = [(key, {one.kind.name.lower() for one in find(text)}) for key, texts in CORPUS.items() for text in texts]


def figure_of(kind: Kind) -> Figure:
    """Count over the whole corpus, sentence by sentence."""
    key = kind.name.lower()
    right = sum(key == truth and key in found for truth, found in TOLD)
    return Figure(right, len(CORPUS[key]), sum(key in found for _, found in TOLD))


def test_there_are_six_hundred_sentences_and_nearly_half_of_them_are_harmless() -> None:
    size = sum(map(len, CORPUS.values()))

    assert size >= 600
    assert len(CORPUS["fine"]) >= 0.45 * size
    assert min(map(len, CORPUS.values())) >= 20
    assert len({text for texts in CORPUS.values() for text in texts}) == size


def test_the_guide_says_how_many_there_are() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "personal-data.md").read_text("utf-8")

    assert f"{sum(map(len, CORPUS.values()))} invented sentences" in guide
    assert f"{len(CORPUS['fine'])} of them harmless" in guide


@pytest.mark.parametrize("kind", Kind)
def test_the_guard_finds_what_is_there_and_little_else(
    kind: Kind, record_property: Callable[[str, object], None]
) -> None:
    figure = figure_of(kind)
    record_property(
        "figure",
        f"guard, {kind}: recall {figure.recall:.3f} ({figure.right} of {figure.there}), "
        f"precision {figure.precision:.3f} ({figure.right} of {figure.said})",
    )

    assert figure.recall >= RECALL
    assert figure.precision >= PRECISION
