"""Fields of Word (ISO 29500-1, 17.16): what their codes say once joined over the runs they are split into."""

import re

from app.inspection.links import is_for_clicking
from app.inspection.reasons import Reason, Refused

MAX_DEPTH = 50
_STARTS = {"DDE", "DDEAUTO", "PRINT", "HTMLCONTROL", "ADDIN", "CONTROL", "OCX"}
_FETCHES = {"LINK", "INCLUDE", "INCLUDEPICTURE", "INCLUDETEXT", "IMPORT", "RD", "DATABASE", "EMBED", "SUBSCRIBER"}
_TOKEN = re.compile(r'"((?:\\.|[^"\\])*)"|[“”]([^“”]*)[“”]|(\S+)')
_QUOTE = re.compile(r'^(\W*[A-Za-z]+)"')
_WITH_ARGUMENT = {r"\l", r"\o", r"\t", r"\s"}
NESTED = "\ufffc"
"""Stands in a code for the result of a field within it."""


class Fields:
    """The fields of one part, fed in the order of the document."""

    def __init__(self) -> None:
        self._codes: list[list[str] | None] = []
        """Of each field that is open, the pieces of its code; nothing once its result has begun."""

    @property
    def in_code(self) -> bool:
        """Say whether what comes is part of a code, by whatever element it is written."""
        return bool(self._codes) and self._codes[-1] is not None

    def turn(self, kind: str | None) -> None:
        """Meet a character that begins a field, parts its code from its result, or ends it."""
        if kind == "begin":
            self.write(NESTED)
            if len(self._codes) >= MAX_DEPTH:
                raise Refused(Reason.BOMB)
            self._codes.append([])
        elif self._codes:
            refuse_code("".join(self._codes.pop() or ()))
            if kind == "separate":
                self._codes.append(None)

    def write(self, text: str) -> None:
        """Meet a piece of a code."""
        if self._codes and (code := self._codes[-1]) is not None:
            code.append(text)
        else:
            refuse_code(text)

    def end(self) -> None:
        """Meet the end of the part, at which unfinished fields are what they are so far."""
        for code in self._codes:
            refuse_code("".join(code or ()))


def refuse_code(code: str) -> None:
    """Refuse a code that starts or fetches something.

    Raises:
        Refused: with the reason.
    """
    tokens = _TOKEN.findall(_QUOTE.sub(r'\1 "', code))
    if not tokens:
        return
    first = "".join(tokens[0]).upper()
    found = re.search(r"[A-Z]+", first)
    name = found[0] if found else ""
    if name in _STARTS or (NESTED in first and not first.startswith("=") and len(tokens) > 1):
        # What a field computes can be the name of another.
        raise Refused(Reason.ACTION)
    if name in _FETCHES:
        raise Refused(Reason.OUTSIDE)
    if name == "HYPERLINK" and not is_for_clicking(_address(tokens[1:])):
        raise Refused(Reason.OUTSIDE)


def _address(tokens: list[tuple[str, str, str]]) -> str:
    """Return what a hyperlink leads to: the first of its arguments that belongs to no switch."""
    skipping = False
    for quoted, curly, bare in tokens:
        if skipping:
            skipping = False
        elif bare.startswith("\\") and not bare.startswith("\\\\"):
            skipping = bare.lower() in _WITH_ARGUMENT
        else:
            return re.sub(r"\\(.)", r"\1", quoted) or curly or bare
    return ""
