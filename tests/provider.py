"""A small provider of identities on the loopback: OpenID Connect's code flow, and all that it must refuse."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

from tests.api.issuer import Issuer

CLIENT, SECRET = "dondoc-desk", "bi-mat-cua-trang"


class Provider:
    """Signs in whoever `subject` says, at once; `lies` are claims that an honest one would not make."""

    def __init__(self, address: str) -> None:
        self.address, self.issuer = address, Issuer()
        self.begin()

    def begin(self) -> None:
        """Be honest, and know nobody yet."""
        self.subject, self.name = "can-bo-1", "Nguyễn Thị Thử"
        self.lies: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.about_itself: dict[str, str] = {}
        self.at, self.refuses = 0, False
        self._codes: dict[str, dict[str, str]] = {}

    @property
    def metadata(self) -> dict[str, Any]:
        """What it says of itself."""
        at = self.address
        ends = {"authorization_endpoint": f"{at}/authorize", "token_endpoint": f"{at}/token", "jwks_uri": f"{at}/jwks"}
        return {
            "issuer": at,
            **ends,
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
        } | self.about_itself

    def authorize(self, asked: dict[str, str]) -> str:
        """Return where somebody who has signed in is led back to."""
        assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", CLIENT, "S256")
        assert {"openid"} <= set(asked["scope"].split())
        code = uuid4().hex
        self._codes[code] = asked
        told = {"error": "access_denied"} if self.refuses else {"code": code, "iss": self.address}
        return f"{asked['redirect_uri']}?{urlencode({**told, 'state': asked['state']})}"

    def token(self, sent: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Give a code's token once, to whom it was meant for."""
        asked = self._codes.pop(sent.get("code", ""), None)
        ours = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked is None or authorization != f"Basic {ours}" or sent.get("redirect_uri") != asked["redirect_uri"]:
            return None
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return None
        now = self.at or int(time.time())
        said = {"iss": self.address, "aud": CLIENT, "sub": self.subject, "nonce": asked.get("nonce"), "name": self.name}
        times = {"iat": now, "exp": now + 300, "scope": None}
        signed = self.issuer.token("rsa-1", self.header, **{**said, **times, **self.lies})
        return {"access_token": uuid4().hex, "token_type": "Bearer", "expires_in": 300, "id_token": signed}


class _Handler(BaseHTTPRequestHandler):
    """Speaks for the provider of its server."""

    provider: Provider

    def do_GET(self) -> None:
        """Answer what is asked for."""
        place = urlsplit(self.path)
        if place.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", self.provider.authorize({k: v[0] for k, v in parse_qs(place.query).items()}))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        told = {"/.well-known/openid-configuration": self.provider.metadata, "/jwks": self.provider.issuer.jwks}
        self._say(200 if place.path in told else 404, told.get(place.path, {}))

    def do_POST(self) -> None:
        """Give a token."""
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        sent = {name: value[0] for name, value in parse_qs(text).items()}
        given = self.provider.token(sent, self.headers.get("Authorization", ""))
        self._say(200 if given else 400, given or {"error": "invalid_grant"})

    def log_message(self, *_: Any) -> None:
        """Say nothing of it."""

    def _say(self, status: int, told: dict[str, Any]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def providing() -> Iterator[Provider]:
    """Provide identities on a free port."""

    class Handler(_Handler):
        pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider = Handler.provider = Provider(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
