"""Actions of a PDF (ISO 32000-2, 12.6): who carries one, and which of them a person would not mind.

Some follow from opening or moving about; others only from a click.  What follows an action follows it unseen.
"""

from collections.abc import Iterator, Mapping

from pikepdf import Array, Dictionary, Name, Object, Stream, String

from app.inspection.links import is_plain
from app.inspection.reasons import Reason, Refused

Entries = Mapping[str, Object]
"""What a dictionary holds, by key; references are resolved."""
_CARRIERS = {"/OpenAction", "/AA", "/Next", "/S", "/URI", "/A", "/PA", "/Base"}
_SCRIPTS = {"/JavaScript", "/Rendition", "/RichMediaExecute"}
_HARMFUL = {"/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Movie", "/Sound", "/Trans3D", "/GoTo3DView"}
_MOVES = {"/GoTo", "/GoToDp", "/Thread", "/Trans", "/SetOCGState", "/NOP"}
_CLICKED = _MOVES | {"/URI", "/Named", "/Hide", "/ResetForm"}
_PAGES = {"/NextPage", "/PrevPage", "/FirstPage", "/LastPage"}


def refuse_actions(entries: Entries) -> None:
    """Refuse the actions that a dictionary is or carries.

    Raises:
        Refused: with the reason.
    """
    if _CARRIERS.isdisjoint(entries):
        return
    _refuse_kind(entries)
    for action in _automatic(entries):
        _refuse_unseen(action)
    for clicked in (entries.get("/A"), entries.get("/PA")):
        if isinstance(clicked, Dictionary) and "/S" in clicked:
            _refuse_clicked(dict(clicked.items()))
    base = entries.get("/Base")
    if base is not None and not is_plain(_text(base)):
        # It completes every address that says only a part.
        raise Refused(Reason.OUTSIDE)


def _refuse_clicked(action: Entries) -> None:
    """Refuse an action that does more than a person would expect of a click."""
    _refuse_kind(action)
    if _kind(action) not in _CLICKED:
        raise Refused(Reason.ACTION)


def _refuse_kind(entries: Entries) -> None:
    """Refuse what is an action of a harmful kind, whoever carries it."""
    kind = _kind(entries)
    if kind in _SCRIPTS:
        raise Refused(Reason.SCRIPT)
    if kind in _HARMFUL:
        raise Refused(Reason.ACTION)
    address = entries.get("/URI")
    if address is not None and not isinstance(address, Dictionary) and not is_plain(_text(address)):
        raise Refused(Reason.OUTSIDE)


def _automatic(entries: Entries) -> Iterator[Object]:
    """Yield the actions that follow without a click on them."""
    opens, others = entries.get("/OpenAction"), entries.get("/AA")
    if opens is not None:
        yield opens
    if others is not None:
        yield from _triggered(others)
    if "/S" in entries and "/Next" in entries:
        following = entries["/Next"]
        yield from following if isinstance(following, Array) else (following,)


def _triggered(others: Object) -> Iterator[Object]:
    """Yield what further events lead to: for them an array is no place, but may be read as several actions."""
    for value in dict(others.items()).values() if isinstance(others, Dictionary | Stream) else (others,):
        yield from value if isinstance(value, Array) else (value,)


def _refuse_unseen(action: Object) -> None:
    """Refuse an action that does more than move about; an array, a name or a text is a place to move to."""
    if isinstance(action, Array | Name | String):
        return
    if not isinstance(action, Dictionary | Stream):
        # A number is what is left of a reference to a reference, which some readers follow.
        raise Refused(Reason.ACTION)
    entries = dict(action.items())
    _refuse_kind(entries)
    kind = _kind(entries)
    turns = kind == "/Named" and str(entries.get("/N")) in _PAGES
    if not turns and kind not in _MOVES and ("/S" in entries or "/D" not in entries):
        raise Refused(Reason.ACTION)


def _kind(entries: Entries) -> str:
    kind = entries.get("/S")
    return str(kind) if isinstance(kind, Name) else ""


def _text(found: Object) -> str:
    try:
        return str(found)
    except ValueError:
        return ""
