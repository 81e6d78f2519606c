"""Formulas of sheets: those that fetch from outside, start a program, or lead a person who clicks to something else."""

import re

from app.inspection.links import is_for_clicking
from app.inspection.reasons import Reason, Refused

_TEXT = re.compile(r'"((?:[^"]|"")*)"')
_JOINED = re.compile(r'"\s*&\s*"')
_FETCHES = re.compile(
    r"(?:\b(?:WEBSERVICE|IMAGE|RTD|STOCKHISTORY|TRANSLATE|DETECTLANGUAGE|COPILOT|SQL\.REQUEST|DDE|PY|IMPORTDATA"
    r"|IMPORTXML|IMPORTHTML|IMPORTFEED|IMPORTRANGE|CUBE[A-Z]+)\s*\(|_xleta\.)",
    re.IGNORECASE,
)
_STARTS = re.compile(
    r"\b(?:CALL|REGISTER(?:\.ID)?|EXEC|EXECUTE|INITIATE|POKE|FOPEN|RUN|EVALUATE|SHELL)\s*\(|\|\s*'[^']*'\s*!|\|\w+!",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"'\s*(?:[a-z][a-z0-9+.-]+:|\\\\|//)", re.IGNORECASE)
_COMPUTED = re.compile(r"\b(?:_xlfn\.)?(?:UNI)?CHAR\s*\(", re.IGNORECASE)


def refuse_formula(formula: str) -> None:
    """Refuse a formula that does more than compute.

    Raises:
        Refused: with the reason.
    """
    joined = _JOINED.sub("", formula)
    bare = _TEXT.sub('""', joined)
    if _STARTS.search(bare):
        raise Refused(Reason.ACTION)
    if _FETCHES.search(bare) or _ELSEWHERE.search(bare):
        raise Refused(Reason.OUTSIDE)
    if re.search(r"\bHYPERLINK\s*\(", bare, re.IGNORECASE):
        _refuse_link(joined, bare)


def _refuse_link(formula: str, bare: str) -> None:
    texts = [text for text in _TEXT.findall(formula) if ":" in text or text.strip()[:1] in {"/", "\\"}]
    if _COMPUTED.search(bare) or not all(map(_may_be_clicked, texts)):
        raise Refused(Reason.OUTSIDE)


def _may_be_clicked(text: str) -> bool:
    """Say whether a text is an address to click, or none at all: an address has no space after its scheme."""
    return is_for_clicking(text) or re.match(r"\s*[^:/\\]*:(?:\s|\Z)", text) is not None
