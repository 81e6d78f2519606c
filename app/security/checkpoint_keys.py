"""The keys that sign checkpoints (Ed25519), in files of mode 0600 beside the other keys.

`checkpoints.pem` is the first one; `checkpoints-20261124T030000Z.pem` signs once it is there and the service begins.  A
key that has signed is kept: whoever verifies needs its public half, and nothing ends what it has signed.
"""

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.domain import checkpoints
from app.domain.checkpoints import Checkpoint, hint_of
from app.security import private_files

_NAMED = re.compile(r"checkpoints(?:-\d{8}T\d{6}Z)?\.pem\Z")


@dataclass(frozen=True)
class CheckpointKey:
    """One key; `hint` are the four bytes by which a signature names it, `public` its 32 public bytes."""

    hint: bytes
    public: bytes
    path: Path
    private: Ed25519PrivateKey = field(repr=False)

    @property
    def jwk(self) -> dict[str, str]:
        """The public half as a JSON Web Key (RFC 8037)."""
        x = base64.urlsafe_b64encode(self.public).rstrip(b"=").decode()
        return {"kty": "OKP", "crv": "Ed25519", "x": x, "kid": self.hint.hex(), "use": "sig", "alg": "EdDSA"}


class PublicKeys:
    """Keys that verify: public halves, wherever they come from."""

    def __init__(self, keys: Iterable[bytes]) -> None:
        self._keys = {hint_of(key): key for key in keys}

    @classmethod
    def of(cls, keys: Iterable[Mapping[str, str]]) -> "PublicKeys":
        """Read JSON Web Keys, such as stand beside checkpoints that were kept.

        Raises:
            ValueError, KeyError, TypeError: they are none.
        """
        return cls(_public_of(key) for key in keys)

    def __bool__(self) -> bool:
        return bool(self._keys)

    def __or__(self, other: "PublicKeys") -> "PublicKeys":
        return PublicKeys([*self._keys.values(), *other._keys.values()])

    def has_signed(self, checkpoint: Checkpoint) -> bool:
        """Say whether a checkpoint was signed by one of them."""
        key = self._keys.get(checkpoint.hint)
        if key is None:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(checkpoint.signature, checkpoint.text.encode())
        except InvalidSignature:
            return False
        return True


class CheckpointKeys:
    """The keys of a folder: the last one signs, all verify."""

    def __init__(self, keys: list[CheckpointKey]) -> None:
        self._keys = keys
        self.all: Mapping[bytes, CheckpointKey] = {key.hint: key for key in keys}

    @property
    def current(self) -> CheckpointKey:
        """The key that signs."""
        return self._keys[-1]

    def sign(self, size: int, root: bytes, now: datetime, after: int) -> Checkpoint:
        """Sign a tree; `after` is the size of the checkpoint before."""
        key = self.current
        return checkpoints.issue(size, root, now, after, public=key.public, sign=key.private.sign)

    def has_signed(self, checkpoint: Checkpoint) -> bool:
        """Say whether a checkpoint is ours."""
        return self.public.has_signed(checkpoint)

    @property
    def public(self) -> PublicKeys:
        """Their public halves."""
        return PublicKeys(key.public for key in self._keys)


def load(folder: Path) -> CheckpointKeys:
    """Read the keys, or make the first one.

    Raises:
        KeysExposed: others may read a file.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _files(folder):
        private_files.make(folder / "checkpoints.pem", _new_key)
    return read(folder)


def read(folder: Path) -> CheckpointKeys:
    """Read the keys that are there, to verify with: none may be.

    Raises:
        KeysExposed: others may read a file.
    """
    return CheckpointKeys([_read(path) for path in _files(folder)])


def _files(folder: Path) -> list[Path]:
    """Name the files in the order in which their keys sign; a dot sorts after a hyphen."""
    named = (path for path in folder.glob("*.pem") if _NAMED.match(path.name))
    return sorted(named, key=lambda path: path.stem)


def _read(path: Path) -> CheckpointKey:
    private = serialization.load_pem_private_key(private_files.read(path), password=None)
    if not isinstance(private, Ed25519PrivateKey):
        raise TypeError(f"{path.name} holds no Ed25519 key")
    public = private.public_key().public_bytes_raw()
    return CheckpointKey(hint_of(public), public, path, private)


def _public_of(key: Mapping[str, str]) -> bytes:
    """Read the 32 bytes of a public key; its `kid` is not asked: what it is follows from the bytes."""
    if (key["kty"], key["crv"]) != ("OKP", "Ed25519"):
        raise ValueError("not an Ed25519 key")
    public = base64.urlsafe_b64decode(key["x"] + "=")
    Ed25519PublicKey.from_public_bytes(public)
    return public


def _new_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
