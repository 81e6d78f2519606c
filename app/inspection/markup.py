"""The XML of a part, read as it streams: no document type, no element that starts, fetches or holds something."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from defusedxml import ElementTree

from app.inspection.drawings import refuse_in_svg, refuse_style
from app.inspection.fields import Fields, refuse_code
from app.inspection.formulas import refuse_formula
from app.inspection.links import is_for_clicking, is_outside
from app.inspection.reasons import Reason, Refused

MAX_DEPTH = 1_000
Attributes = Mapping[str, str]
_DULL = {"c", "v", "row", "r", "p", "si", "rPr", "pPr", "tr", "tc"}
"""The elements that a document is full of, none of whose attributes lead anywhere."""
_REFUSED = {
    **dict.fromkeys(("webextension", "taskpane", "taskpanes", "customUI", "vbaSuppData", "ocx"), Reason.MACRO),
    **dict.fromkeys(("OLEObject", "oleObject", "objectEmbed", "altChunk", "videoFile", "audioFile"), Reason.EMBEDDED),
    **dict.fromkeys(("wavAudioFile", "quickTimeFile", "movie", "binaryData"), Reason.EMBEDDED),
    **dict.fromkeys(("ddeLink", "oleLink", "objectLink", "subDoc", "webPr", "textPr", "olapPr"), Reason.OUTSIDE),
    **dict.fromkeys(("connectString", "odso", "udl", "sourceFileName", "webImageSrd"), Reason.OUTSIDE),
    **dict.fromkeys(("saveThroughXslt", "webVideoPr"), Reason.OUTSIDE),
}
_FORMULAS = {"f", "formula", "formula1", "formula2", "definedName", "calculatedColumnFormula", "totalsRowFormula"}
_OF_SHEETS = re.compile(r"spreadsheet|/chart|office/excel", re.IGNORECASE)
_RELATIONSHIPS = re.compile(r"/relationships\}|\}relid$", re.IGNORECASE)
_TRUE = {"1", "true", "on"}
_OWN_MACRO = re.compile(r"\[0\]!\w+")
_OWN_DATA = re.compile(r"Location=\$(?:Workbook|Embedded)\$|\$Embedded\$", re.IGNORECASE)


class Markup:
    """What is met in one part; `uses` tells which elements name a relationship, `told` what packages are told by."""

    def __init__(self) -> None:
        self.uses: dict[str, set[str]] = defaultdict(set)
        self.told: list[tuple[str, Attributes]] = []
        self._fields = Fields()
        self._depth = 0
        self._refreshes = False
        self._text: list[str] | None = None
        self._since = 0
        self._judge: Callable[[str], None] = refuse_code

    def start(self, tag: str, attributes: Attributes) -> None:
        """Meet the beginning of an element."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Refused(Reason.BOMB)
        space, _, name = tag.rpartition("}")
        if name in _REFUSED and not space.endswith("/customXml"):
            raise Refused(_REFUSED[name])
        if space.endswith("/svg"):
            refuse_in_svg(name, _local(attributes))
        elif name not in _DULL and attributes:
            self._look_at(space, name, attributes)
        self._listen(space, name)

    def data(self, text: str) -> None:
        """Meet text."""
        if self._text is not None:
            self._text.append(text)

    def end(self, _: str) -> None:
        """Meet the end of an element; what others within it say is part of what it says."""
        if self._text is not None and self._depth == self._since:
            text, self._text = "".join(self._text), None
            self._judge(text)
        self._depth -= 1

    def pi(self, target: str, _: str | None = None) -> None:
        """Meet an instruction for a program."""
        if "stylesheet" in target:
            raise Refused(Reason.OUTSIDE)

    def close(self) -> None:
        """Meet the end of the part."""
        self._fields.end()

    def _listen(self, space: str, name: str) -> None:
        judge = self._judge_of(space, name)
        if judge is not None and self._text is None:
            self._text, self._judge, self._since = [], judge, self._depth

    def _judge_of(self, space: str, name: str) -> Callable[[str], None] | None:
        if name in {"instrText", "delInstrText"} or (name == "t" and self._fields.in_code):
            return self._fields.write
        if name in _FORMULAS and _OF_SHEETS.search(space):
            return refuse_formula
        if name.startswith("Fmla"):
            return _refuse_macro if name == "FmlaMacro" else refuse_formula
        return {"HyperlinkBase": _refuse_base, "style": refuse_style}.get(name)

    def _look_at(self, space: str, name: str, attributes: Attributes) -> None:
        if name in {"Relationship", "Override", "Default"}:
            self.told.append((name, attributes))
        elif name == "fldChar":
            self._fields.turn(_local(attributes).get("fldCharType"))
        elif name == "fldSimple":
            refuse_code(_local(attributes).get("instr", ""))
        elif _OF_SHEETS.search(space):
            self._look_at_sheet(name, _local(attributes))
        self._look_at_attributes(name, attributes)

    def _look_at_attributes(self, name: str, attributes: Attributes) -> None:
        for key, value in attributes.items():
            if _RELATIONSHIPS.search(key):
                self.uses[value].add(name)
            plain = key.rpartition("}")[2]
            if plain in {"macro", "fmlaMacro", "onAction", "onLoad"}:
                _refuse_macro(value)
            if _leads_out(name, plain, value):
                raise Refused(Reason.OUTSIDE)

    def _look_at_sheet(self, name: str, attributes: Attributes) -> None:
        refreshes = attributes.get("refreshOnLoad") in _TRUE
        self._refreshes |= name == "pivotCacheDefinition" and refreshes
        asked = {
            "connection": refreshes or attributes.get("interval", "0").strip("0") != "",
            "queryTable": refreshes,
            "cacheSource": attributes.get("type") == "external" and self._refreshes,
            "dbPr": not _OWN_DATA.search(attributes.get("connection", "")),
        }
        if asked.get(name):
            raise Refused(Reason.OUTSIDE)
        if name == "definedName" and _is_macro(attributes):
            raise Refused(Reason.MACRO)
        for key, value in attributes.items():
            if key == "formula" or key.startswith("fmla") or (name, key) == ("cfvo", "val"):
                refuse_formula(value)


def read_markup(pieces: Iterable[bytes]) -> Markup:
    """Read the XML of a part, whose document type, with its entities, is the bomb and the way out of XML.

    Raises:
        Refused: with the reason.
    """
    markup = Markup()
    parser: Any = ElementTree.XMLParser(target=markup, forbid_dtd=True)
    try:
        for piece in pieces:
            parser.feed(piece)
        parser.close()
    except (ElementTree.ParseError, ValueError, LookupError):
        raise Refused(Reason.UNREADABLE) from None
    return markup


def _local(attributes: Attributes) -> dict[str, str]:
    return {key.rpartition("}")[2]: value for key, value in attributes.items()}


def _is_macro(attributes: Attributes) -> bool:
    flags = {attributes.get(name) for name in ("function", "vbProcedure", "xlm")}
    return bool(flags & _TRUE) or re.match(r"(?:_xlnm\.)?Auto_", attributes.get("name", ""), re.IGNORECASE) is not None


def _refuse_macro(name: str) -> None:
    """Refuse the name of a macro, unless it is one of this file, which has none."""
    if name.strip() and not _OWN_MACRO.fullmatch(name.strip()):
        raise Refused(Reason.MACRO)


def _leads_out(name: str, key: str, value: str) -> bool:
    """Say whether an attribute, such as those of old drawings, is an address that is fetched, or no good to click."""
    if key in {"src", "althref", "base", "manifestLocation"} or (
        key == "href" and name in {"imagedata", "fill", "stroke"}
    ):
        return is_outside(value) and not value.startswith("data:image/")
    return key == "href" and not is_for_clicking(value) and not value.startswith("data:image/")


def _refuse_base(text: str) -> None:
    """Refuse an address that all others begin with, if none may be clicked under it."""
    if not is_for_clicking(text.strip()):
        raise Refused(Reason.OUTSIDE)
