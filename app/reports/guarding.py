"""The guard over a whole paper, once more: whatever is about to leave the house is looked through, ours as well."""

from collections.abc import Iterable
from dataclasses import replace

from app.reports.blocks import Annex, Block, Heading, Line, Paper, Paragraph, Table
from app.reports.quoting import is_harmless
from app.reports.sentences import WITHHELD


def guarded(paper: Paper) -> Paper:
    """Return a paper without any text that may hold personal data; a foot note holds a digest, and no words."""
    annexes = [Annex(_passed(one.title), _blocks(one.blocks)) for one in paper.annexes]
    return replace(paper, excerpt=_passed(paper.excerpt), body=_blocks(paper.body), annexes=annexes)


def _blocks(blocks: Iterable[Block]) -> list[Block]:
    return [_guarded(block) for block in blocks]


def _guarded(block: Block) -> Block:
    match block:
        case Heading() | Paragraph():
            return replace(block, text=_passed(block.text))
        case Table():
            return replace(block, lines=[Line(list(map(_passed, line.cells)), line.weight) for line in block.lines])


def _passed(text: str) -> str:
    return text if len(text) < SHORT or is_harmless(text) else WITHHELD


SHORT = 6
"""What is shorter holds neither a name with an age nor a number of a person."""
