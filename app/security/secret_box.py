"""Sealing: what the service must be able to read again, and nobody else who has the database."""

import os
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

SECRETS = "webhook secrets"
"""What the key of sealed secrets is called among the keys of an installation."""
NONCE_BYTES = 12


class SecretBox:
    """Seals secrets with one key (ChaCha20-Poly1305, RFC 8439), each for the row that it stands in."""

    def __init__(self, key: bytes) -> None:
        self._box = ChaCha20Poly1305(key)

    def seal(self, row: UUID, secret: bytes) -> bytes:
        """Seal a secret of a row."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._box.encrypt(nonce, secret, row.bytes)

    def open(self, row: UUID, sealed: bytes) -> bytes:
        """Return a secret of a row.

        Raises:
            cryptography.exceptions.InvalidTag: it was sealed with another key, for another row, or changed since.
        """
        return self._box.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], row.bytes)
