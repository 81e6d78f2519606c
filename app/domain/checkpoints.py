"""Checkpoints: the size and the hash of the tree of all events, signed, in the form that transparency logs use.

The form is C2SP's tlog-checkpoint in a signed note.  A line each: the origin, the size, the hash, when it was signed,
and the size of the checkpoint before, so that none can be taken out unseen; an empty line; and one line with the key's
name, and in base64 four bytes that hint at the key, and the signature.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

ORIGIN = "dondoc/events"
ED25519 = b"\x01"
Sign = Callable[[bytes], bytes]
Verify = Callable[[bytes, bytes], bool]
"""Says whether a signature is one of ours over a text."""
_NOTE = re.compile(
    rf"(?P<text>{re.escape(ORIGIN)}\n(?P<size>[1-9]\d{{0,18}})\n(?P<root>\S{{44}})\n"
    r"signed (?P<at>\S{20,27})\nafter (?P<after>0|[1-9]\d{0,18})\n)"
    rf"\n\u2014 {re.escape(ORIGIN)} (?P<signature>\S{{92}})\n\Z"
)


class NoCheckpoint(ValueError):
    """This is no checkpoint."""


@dataclass(frozen=True)
class Checkpoint:
    """One signed statement: the first `size` events have this hash.  `text` is what the signature is over."""

    size: int
    root: bytes
    signed_at: datetime
    after: int
    text: str
    hint: bytes
    signature: bytes

    @property
    def note(self) -> str:
        """The whole note."""
        signature = base64.b64encode(self.hint + self.signature).decode()
        return f"{self.text}\n\u2014 {ORIGIN} {signature}\n"


def issue(size: int, root: bytes, now: datetime, after: int, *, public: bytes, sign: Sign) -> Checkpoint:
    """Sign a tree with the key that has these public bytes; `after` is the size of the checkpoint before."""
    at = now.astimezone(UTC).isoformat().replace("+00:00", "Z")
    text = f"{ORIGIN}\n{size}\n{base64.b64encode(root).decode()}\nsigned {at}\nafter {after}\n"
    return Checkpoint(size, root, now, after, text, hint_of(public), sign(text.encode()))


def hint_of(public: bytes) -> bytes:
    """Return the four bytes by which a signature says which key made it."""
    return hashlib.sha256(ORIGIN.encode() + b"\n" + ED25519 + public).digest()[:4]


def read(note: str) -> Checkpoint:
    """Read a note; its signature is still to be verified.

    Raises:
        NoCheckpoint: it has another form.
    """
    found = _NOTE.match(note)
    if found is None:
        raise NoCheckpoint
    try:
        root, signed = (base64.b64decode(found[name], validate=True) for name in ("root", "signature"))
        at = datetime.fromisoformat(found["at"])
    except (binascii.Error, ValueError):
        raise NoCheckpoint from None
    return Checkpoint(int(found["size"]), root, at, int(found["after"]), found["text"], signed[:4], signed[4:])
