"""What an importer proves itself with."""

import json
from pathlib import Path

from pydantic import BaseModel, SecretStr, ValidationError


class Credentials(BaseModel):
    """What a client proves itself with."""

    client_id: str
    client_secret: SecretStr


class CredentialsMissing(Exception):
    """There is nothing to prove oneself with."""


def credentials(path: Path, name: str | None) -> Credentials:
    """Read a client's credentials from a JSON file that holds one client, or several by name.

    Raises:
        CredentialsMissing: they are not there.
    """
    try:
        held = json.loads(path.read_text("utf-8"))
        return Credentials.model_validate(held[name] if name else held)
    except (OSError, ValueError, KeyError, TypeError, ValidationError):
        wanted = f"of the client {name} " if name else ""
        raise CredentialsMissing(f"{path} holds no client_id and client_secret {wanted}that can be read.") from None
