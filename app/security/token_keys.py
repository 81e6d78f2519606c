"""Keys in files of mode 0600: the signing keys (ES256), and the pepper of client secrets and cursors.

A private key never leaves its file but into memory; the folder is shared by all instances of one service.  What a key
is for at an instant, its file's name and the names beside it tell: `signing-20261124T030000Z.pem` signs from then on,
`signing.pem` is the first one.  A key verifies until the last token that it may have signed has expired, and is
published as long as that, and from the moment its file is there.  Running instances notice new files by themselves.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jose import jwk
from jose.backends.base import Key

from app.domain.errors import ServiceUnavailable
from app.logs import log
from app.security import private_files
from app.security.private_files import KeysExposed

PEPPER_BYTES = 32
LIFETIME = timedelta(minutes=10)
"""How long a token lives."""
OVERLAP = LIFETIME + timedelta(minutes=1)
"""How long a key verifies after the next one has begun to sign; the minute is for clocks that disagree."""
AHEAD = timedelta(minutes=5)
"""How long a new key is published before it signs, so that whoever keeps our keys for a while has it in time."""
NOTICED_WITHIN = timedelta(seconds=1)
_NAMED = re.compile(r"signing(?:-(\d{8}T\d{6}Z))?\.pem\Z")
_SPELLED = "%Y%m%dT%H%M%SZ"
_FIRST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class SigningKey:
    """One key; `kid` is the RFC 7638 thumbprint, `signs_from` the instant from which it signs."""

    kid: str
    signs_from: datetime
    path: Path
    signing: Key = field(repr=False)
    verifying: Key = field(repr=False)
    public_jwk: dict[str, Any]


@dataclass(frozen=True)
class Keyring:
    """The keys at an instant: one signs, the live ones verify and are published."""

    current: SigningKey
    live: Mapping[str, SigningKey]


class Keys:
    """The keys of one installation, as far as its folder has been read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._looked_at = _FIRST
        self._seen: frozenset[tuple[str, int]] = frozenset()
        self._signing: list[SigningKey] = []
        self.pepper = private_files.read(folder / "pepper")
        self._look()

    def at(self, now: datetime) -> Keyring:
        """Return the keys at an instant, of files that were there a second before.

        Raises:
            ServiceUnavailable: no key is left that can be read.
        """
        if abs(now - self._looked_at) >= NOTICED_WITHIN:
            self._looked_at = now
            self._look_again()
        ended = {former.kid for former, key in pairwise(self._signing) if key.signs_from + OVERLAP <= now}
        live = {key.kid: key for key in self._signing if key.kid not in ended}
        if not live:
            raise ServiceUnavailable
        begun = [key for key in live.values() if key.signs_from <= now]
        return Keyring(begun[-1] if begun else next(iter(live.values())), live)

    @property
    def all(self) -> list[SigningKey]:
        """List every key that has a file, in the order in which they sign."""
        return list(self._signing)

    def digest_of(self, secret: str) -> bytes:
        """Return what is kept of a client's secret: it is random, so that one keyed hash is enough."""
        return hmac.digest(self.pepper, secret.encode(), "sha256")

    def subkey(self, purpose: str) -> bytes:
        """Return a key for another purpose, which tells nothing of the pepper."""
        return hmac.digest(self.pepper, b"subkey:" + purpose.encode(), "sha256")

    def _look_again(self) -> None:
        """Look for changes; what cannot be read is tried again, and until then the keys are those that are still there.

        A key whose file was taken away may be in other hands: it goes, whatever else can be read.
        """
        try:
            self._look()
        except (OSError, ValueError, KeysExposed) as error:
            log.warning("keys unreadable", kind=type(error).__name__)
            self._signing = [key for key in self._signing if key.path.exists()]

    def _look(self) -> None:
        """Read the files anew, if any has come, gone or changed."""
        with os.scandir(self._folder) as entries:
            seen = frozenset((one.name, one.stat().st_mtime_ns) for one in entries if _NAMED.match(one.name))
        if seen != self._seen:
            found = (_signing_key(self._folder / name, private_files.read(self._folder / name)) for name, _ in seen)
            self._signing = sorted(found, key=lambda key: key.signs_from)
            self._seen = seen


def load(folder: Path) -> Keys:
    """Read the keys, or make them on the first start.

    Raises:
        KeysExposed: others may read a file.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not any(_NAMED.match(path.name) for path in folder.iterdir()):
        private_files.make(folder / "signing.pem", _new_signing_key)
    private_files.make(folder / "pepper", lambda: secrets.token_bytes(PEPPER_BYTES))
    return Keys(folder)


def rotate(folder: Path, *, now: datetime, at_once: bool = False) -> SigningKey:
    """Make the key that signs next, and remove the files of those that have ended.

    `at_once` is for a key that others may have: the new one signs from now on, and no other verifies any more.
    """
    before = load(folder)
    kept = {} if at_once else before.at(now).live
    signs_from = now.replace(microsecond=0) if at_once else now.replace(microsecond=0) + AHEAD
    path = folder / f"signing-{signs_from.strftime(_SPELLED)}.pem"
    private_files.make(path, _new_signing_key)
    for key in before.all:
        if key.kid not in kept and key.path != path:
            key.path.unlink(missing_ok=True)
    return _signing_key(path, private_files.read(path))


def thumbprint(public: Mapping[str, Any]) -> str:
    """Return the RFC 7638 thumbprint of an elliptic-curve key."""
    required = json.dumps({name: public[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":"))
    return base64.urlsafe_b64encode(hashlib.sha256(required.encode()).digest()).rstrip(b"=").decode()


def _signing_key(path: Path, pem: bytes) -> SigningKey:
    private = serialization.load_pem_private_key(pem, password=None)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    verifying = jwk.construct(public.decode(), "ES256")
    shown = {name: _text(value) for name, value in verifying.to_dict().items()}
    kid = thumbprint(shown)
    shown |= {"kid": kid, "use": "sig", "alg": "ES256"}
    return SigningKey(kid, _signs_from(path), path, jwk.construct(pem.decode(), "ES256"), verifying, shown)


def _signs_from(path: Path) -> datetime:
    named = _NAMED.match(path.name)
    assert named is not None  # noqa: S101  Only such files are read as keys.
    return datetime.strptime(named[1], _SPELLED).replace(tzinfo=UTC) if named[1] else _FIRST


def _new_signing_key() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _text(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value
