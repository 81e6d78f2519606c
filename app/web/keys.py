"""Keys in files of mode 0600: the signing key (ES256), and the pepper of client secrets and cursors.

A private key never leaves its file but into memory; the folder is shared by all instances of one service.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jose import jwk
from jose.backends.base import Key

PEPPER_BYTES = 32


@dataclass(frozen=True)
class Keyring:
    """The keys of one installation; `kid` is the RFC 7638 thumbprint."""

    kid: str
    signing: Key = field(repr=False)
    verifying: Key = field(repr=False)
    public_jwk: dict[str, Any]
    pepper: bytes = field(repr=False)

    def digest_of(self, secret: str) -> bytes:
        """Return what is kept of a client's secret: it is random, so that one keyed hash is enough."""
        return hmac.digest(self.pepper, secret.encode(), "sha256")

    def subkey(self, purpose: str) -> bytes:
        """Return a key for another purpose, which tells nothing of the pepper."""
        return hmac.digest(self.pepper, b"subkey:" + purpose.encode(), "sha256")


def load(folder: Path) -> Keyring:
    """Read the keys, or make them on the first start."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    pem = _read_or_make(folder / "signing.pem", _new_signing_key)
    pepper = _read_or_make(folder / "pepper", lambda: secrets.token_bytes(PEPPER_BYTES))
    private = serialization.load_pem_private_key(pem, password=None)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    verifying = jwk.construct(public.decode(), "ES256")
    shown = {name: _text(value) for name, value in verifying.to_dict().items()}
    kid = thumbprint(shown)
    shown |= {"kid": kid, "use": "sig", "alg": "ES256"}
    return Keyring(kid, jwk.construct(pem.decode(), "ES256"), verifying, shown, pepper)


def thumbprint(public: dict[str, Any]) -> str:
    """Return the RFC 7638 thumbprint of an elliptic-curve key."""
    required = json.dumps({name: public[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":"))
    return base64.urlsafe_b64encode(hashlib.sha256(required.encode()).digest()).rstrip(b"=").decode()


def _new_signing_key() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _read_or_make(path: Path, make: Any) -> bytes:
    """Make a file once; of two processes that start together, one writes and both read the same."""
    if not path.exists():
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes()


def _text(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value
