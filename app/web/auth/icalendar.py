"""Secrets in addresses of feeds: an id and a keyed digest of it, so that no secret is kept anywhere.

Whoever reads the database learns no address; whoever has the installation's keys could sign tokens anyway.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

from app.domain.errors import NotFound
from app.security.token_keys import Keys

ID_BYTES, DIGEST_BYTES = 16, 32


def secret_of(keys: Keys, feed_id: UUID) -> str:
    """Return the secret part of a feed's address: 64 characters."""
    return urlsafe_b64encode(feed_id.bytes + _digest(keys, feed_id.bytes)).decode()


def feed_of(keys: Keys, secret: str) -> UUID:
    """Return the feed that a secret belongs to.

    Raises:
        NotFound: it is no secret of ours.
    """
    try:
        shown = urlsafe_b64decode(secret)
    except ValueError:
        raise NotFound from None
    known, digest = shown[:ID_BYTES], shown[ID_BYTES:]
    if not hmac.compare_digest(digest, _digest(keys, known)):
        raise NotFound
    return UUID(bytes=known)


def _digest(keys: Keys, known: bytes) -> bytes:
    return hmac.digest(keys.subkey("calendar"), known, "sha256")
