"""Digests of representations (RFC 9530), spelled as structured fields: `sha-256=:…:`."""

import base64
import re

from app.domain.errors import UnreadableRequest

_MEMBER = re.compile(r"\s*([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/=]*):\s*")
ALGORITHM = "sha-256"


def repr_digest(sha256: str) -> str:
    """Spell a digest, given in hexadecimal, as the value of Repr-Digest."""
    return f"{ALGORITHM}=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:"


def sha256_of(header: str | None) -> str | None:
    """Return the SHA-256 digest of a Repr-Digest header, in hexadecimal; none when it names none.

    Raises:
        UnreadableRequest: it is no such header, or names only digests that nobody here can check.
    """
    if header is None:
        return None
    members = [_MEMBER.fullmatch(part) for part in header.split(",")]
    named = {member[1]: member[2] for member in members if member}
    try:
        digest = base64.b64decode(named[ALGORITHM], validate=True)
    except (KeyError, ValueError):
        digest = b""
    if len(digest) != 32:
        raise UnreadableRequest("Repr-Digest must hold a sha-256 digest, such as sha-256=:…: with 32 bytes in base64.")
    return digest.hex()
