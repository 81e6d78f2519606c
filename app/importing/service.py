"""The service, as an importer calls it: with a token, and again when it does not answer."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
from pydantic import BaseModel, SecretStr, ValidationError

TRIES = 8
LONGEST_PAUSE_SECONDS = 30.0
_COMES_BACK = {409, 425, 429, 500, 502, 503, 504}


class Credentials(BaseModel):
    """What a client proves itself with."""

    client_id: str
    client_secret: SecretStr


class CredentialsMissing(Exception):
    """There is nothing to prove oneself with."""


class ServiceRefuses(Exception):
    """The service does not take what is sent, or does not answer."""


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


class Service:
    """Calls the API as one client; a token is fetched when one is needed."""

    def __init__(self, http: httpx.Client, known: Credentials, *, pause: Callable[[float], None] = time.sleep) -> None:
        self._http, self._known, self._pause = http, known, pause
        self._token: str | None = None

    def report(self, items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Send items and return the result of each, in order.

        Raises:
            ServiceRefuses: the request as a whole is refused, or nothing answers for long.
        """
        answer = self._answered(lambda: self._post(items))
        if answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE and len(items) > 1:
            half = len(items) // 2
            return self.report(items[:half]) + self.report(items[half:])
        if answer.status_code != httpx.codes.MULTI_STATUS:
            raise ServiceRefuses(f"The service refuses: {_said(answer)}.")
        results: list[dict[str, Any]] = answer.json()["results"]
        return results

    def _post(self, items: Sequence[Mapping[str, Any]]) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._token or self._fresh_token()}"}
        answer = self._http.post("/v1/updates", json={"items": items}, headers=headers)
        if answer.status_code == httpx.codes.UNAUTHORIZED and self._token:
            # A token lives for minutes, an import may take longer.
            self._token = None
            return self._post(items)
        self._token = headers["Authorization"].removeprefix("Bearer ")
        return answer

    def _fresh_token(self) -> str:
        known = (self._known.client_id, self._known.client_secret.get_secret_value())
        asked = {"grant_type": "client_credentials"}
        answer = self._answered(lambda: self._http.post("/v1/oauth/token", data=asked, auth=known))
        if answer.status_code != httpx.codes.OK:
            raise ServiceRefuses(f"The service gives no token: {_said(answer)}.")
        return str(answer.json()["access_token"])

    def _answered(self, call: Callable[[], httpx.Response]) -> httpx.Response:
        """Call until there is an answer that lasts; every name is recorded once, however often it is sent."""
        for n in range(TRIES):
            pause = min(0.5 * 2**n, LONGEST_PAUSE_SECONDS)
            try:
                answer = call()
            except httpx.TransportError:
                self._pause(pause)
                continue
            if answer.status_code not in _COMES_BACK:
                return answer
            self._pause(_asked_pause(answer) or pause)
        raise ServiceRefuses("The service does not answer.")


def _asked_pause(answer: httpx.Response) -> float | None:
    asked = answer.headers.get("retry-after", "")
    return min(float(asked), LONGEST_PAUSE_SECONDS) if asked.isdecimal() else None


def _said(answer: httpx.Response) -> str:
    """Say what a problem says; an answer from something else is only its number."""
    try:
        problem = answer.json()
        return f"{answer.status_code} {problem['title']}"
    except (ValueError, KeyError, TypeError):
        return str(answer.status_code)
