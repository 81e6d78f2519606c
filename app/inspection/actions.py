"""Actions of a PDF (ISO 32000-2, 12.6): who carries one, and which of them a person would not mind.

Some follow from opening or moving about; others only from a click.  What follows an action follows it unseen.
"""

from collections.abc import Iterator

from pikepdf import Array, Dictionary, Name, Object, Stream, String

from app.inspection.links import is_plain
from app.inspection.reasons import Reason, Refused

_SCRIPTS = {"/JavaScript", "/Rendition", "/RichMediaExecute"}
_HARMFUL = {"/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Movie", "/Sound", "/Trans3D", "/GoTo3DView"}
_MOVES = {"/GoTo", "/GoToDp", "/Thread", "/Trans", "/SetOCGState", "/NOP"}
_CLICKED = _MOVES | {"/URI", "/Named", "/Hide", "/ResetForm"}
_PAGES = {"/NextPage", "/PrevPage", "/FirstPage", "/LastPage"}


def refuse_actions(content: Object) -> None:
    """Refuse the actions that a dictionary is or carries.

    Raises:
        Refused: with the reason.
    """
    _refuse_kind(content)
    for action in _automatic(content):
        _refuse_unseen(action)
    for key in ("/A", "/PA"):
        clicked = content.get(key)
        if isinstance(clicked, Dictionary) and "/S" in clicked:
            _refuse_kind(clicked)
            if _kind(clicked) not in _CLICKED:
                raise Refused(Reason.ACTION)
    base = content.get("/Base")
    if base is not None and not is_plain(_text(base)):
        # It completes every address that says only a part.
        raise Refused(Reason.OUTSIDE)


def _refuse_kind(content: Object) -> None:
    """Refuse what is an action of a harmful kind, whoever carries it."""
    kind = _kind(content)
    if kind in _SCRIPTS:
        raise Refused(Reason.SCRIPT)
    if kind in _HARMFUL:
        raise Refused(Reason.ACTION)
    address = content.get("/URI")
    if address is not None and not isinstance(address, Dictionary) and not is_plain(_text(address)):
        raise Refused(Reason.OUTSIDE)


def _automatic(content: Object) -> Iterator[Object]:
    """Yield the actions that follow without a click on them."""
    opens, others = content.get("/OpenAction"), content.get("/AA")
    if opens is not None:
        yield opens
    if others is not None:
        yield from (value for _, value in others.items()) if isinstance(others, Dictionary | Stream) else (others,)
    if "/S" in content and "/Next" in content:
        following = content["/Next"]
        yield from following if isinstance(following, Array) else (following,)


def _refuse_unseen(action: Object) -> None:
    """Refuse an action that does more than move about; an array, a name or a text is a place to move to."""
    if isinstance(action, Array | Name | String):
        return
    if not isinstance(action, Dictionary | Stream):
        # A number is what is left of a reference to a reference, which some readers follow.
        raise Refused(Reason.ACTION)
    _refuse_kind(action)
    kind = _kind(action)
    turns = kind == "/Named" and str(action.get("/N")) in _PAGES
    if not turns and kind not in _MOVES and ("/S" in action or "/D" not in action):
        raise Refused(Reason.ACTION)


def _kind(content: Object) -> str:
    kind = content.get("/S")
    return str(kind) if isinstance(kind, Name) else ""


def _text(content: Object) -> str:
    try:
        return str(content)
    except ValueError:
        return ""
