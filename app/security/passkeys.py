"""Passkeys (Web Authentication): what a browser is asked for, and whether what it answers is so.

A passkey is found by the browser, so that nobody types a name; whoever holds it is asked for a finger or a code.
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from app.domain.errors import SignInRefused

NAME = "Dondoc"
LARGEST = 64 * 1024
"""More than what any browser answers."""


@dataclass(frozen=True)
class Site:
    """Where passkeys are for: a host's name, and the origin of its pages."""

    host: str
    origin: str

    @classmethod
    def of(cls, issuer: str) -> "Site | None":
        """Return where passkeys are for; nothing, where a browser makes none: a number is no name."""
        place = urlsplit(issuer)
        host = place.hostname or ""
        is_name = bool(host) and ":" not in host and not host.replace(".", "").isdigit()
        return cls(host, f"{place.scheme}://{place.netloc}") if is_name else None


@dataclass(frozen=True)
class Passkey:
    """A passkey: its id, its public key, and how often it says that it was used."""

    id: str
    public_key: bytes
    uses: int


def asked_to_make(site: Site, challenge: bytes, person_id: UUID, name: str) -> str:
    """Return what a browser is asked, to make a passkey."""
    import webauthn  # noqa: PLC0415  Most pages need none.
    from webauthn.helpers import structs  # noqa: PLC0415  As above.

    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=NAME,
        user_id=person_id.bytes,
        user_name=name,
        challenge=challenge,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
    )
    return webauthn.options_to_json(options)


def asked_to_show(site: Site, challenge: bytes) -> str:
    """Return what a browser is asked, to come in by a passkey."""
    import webauthn  # noqa: PLC0415  As above.
    from webauthn.helpers import structs  # noqa: PLC0415  As above.

    required = structs.UserVerificationRequirement.REQUIRED
    options = webauthn.generate_authentication_options(rp_id=site.host, challenge=challenge, user_verification=required)
    return webauthn.options_to_json(options)


def made(site: Site, challenge: bytes, answer: str) -> Passkey:
    """Return the passkey that a browser has made.

    Raises:
        SignInRefused: it has not, for us and this challenge.
    """
    import webauthn  # noqa: PLC0415  As above.
    from webauthn.helpers import bytes_to_base64url  # noqa: PLC0415  As above.

    try:
        found = webauthn.verify_registration_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception:  # noqa: BLE001  Whatever an answer makes of the library, it is none of a passkey of ours.
        raise SignInRefused from None
    return Passkey(bytes_to_base64url(found.credential_id), found.credential_public_key, found.sign_count)


def id_of(answer: str) -> str:
    """Return which passkey an answer says that it is of.

    Raises:
        SignInRefused: it says nothing.
    """
    named = _read(answer).get("id")
    if not isinstance(named, str) or not named:
        raise SignInRefused
    return named


def shown(site: Site, challenge: bytes, answer: str, passkey: Passkey) -> int:
    """Return how often a passkey was used by now, if it is the one that has answered.

    Raises:
        SignInRefused: it has not, for us and this challenge; or it was copied: it was used more often than it says.
    """
    import webauthn  # noqa: PLC0415  As above.

    try:
        found = webauthn.verify_authentication_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.uses,
            require_user_verification=True,
        )
    except Exception:  # noqa: BLE001  As above.
        raise SignInRefused from None
    return int(found.new_sign_count)


def _read(answer: str) -> dict[str, Any]:
    try:
        found = json.loads(answer) if len(answer) <= LARGEST else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise SignInRefused
    return found
