"""An issuer of tokens beside ourselves, for the tests: its keys, its tokens, and a server that publishes the keys."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jose import jwk, jws

from tests.given import TODAY

NAME, AUDIENCE, SUBJECT = "https://id.example.gov.vn/realms/bo", "https://dondoc.example", "he-thong-so-y-te"
Private = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Issuer:
    """One key a name; every token says what an honest one would, unless a test says otherwise."""

    def __init__(self) -> None:
        self.private: dict[str, tuple[str, Private]] = {
            "rsa-1": ("RS256", rsa.generate_private_key(public_exponent=65537, key_size=2048)),
            "ec-1": ("ES256", ec.generate_private_key(ec.SECP256R1())),
        }

    @property
    def jwks(self) -> dict[str, Any]:
        """The published keys."""
        return {"keys": [self._shown(kid, *key) for kid, key in self.private.items()]}

    def token(self, kid: str = "rsa-1", header: Mapping[str, Any] | None = None, **claims: Any) -> str:
        """Sign a token; a claim that is None is left out."""
        algorithm, private = self.private[kid]
        now = int(TODAY.timestamp())
        said = {
            "iss": NAME, "aud": AUDIENCE, "sub": SUBJECT, "iat": now, "exp": now + 3600, "jti": uuid4().hex,
            "scope": "plans:read standing:read updates:write clients:write openid", **claims,
        }  # fmt: skip
        kept = {name: value for name, value in said.items() if value is not None}
        token: str = jws.sign(kept, _pem(private), {"kid": kid, **(header or {})}, algorithm)
        return token

    def _shown(self, kid: str, algorithm: str, private: Private) -> dict[str, Any]:
        public = private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        shown = jwk.construct(public.decode(), algorithm).to_dict()
        read = {name: value.decode() if isinstance(value, bytes) else value for name, value in shown.items()}
        return {**read, "kid": kid, "use": "sig"}


def _pem(private: Private) -> str:
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


class Publisher:
    """Publishes keys over HTTP; counts how often it is asked, and can fail in several ways."""

    def __init__(self, issuer: Issuer) -> None:
        self.issuer, self.asked, self.status, self.padding, self.redirects = issuer, 0, 200, 0, False
        self.address, self.came, self.goes_on = "", asyncio.Event(), asyncio.Event()
        self.goes_on.set()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        self.came.set()
        await self.goes_on.wait()
        body = json.dumps(self.issuer.jwks).encode() + b" " * self.padding
        location = f"Location: {self.address}\r\n" if self.redirects else ""
        status = 302 if self.redirects else self.status
        writer.write(
            f"HTTP/1.1 {status} X\r\n{location}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
        )
        writer.write(body)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def publishing(issuer: Issuer) -> AsyncIterator[Publisher]:
    """Publish an issuer's keys on a free port of the loopback."""
    publisher = Publisher(issuer)
    server = await asyncio.start_server(publisher.answer, "127.0.0.1", 0)
    publisher.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/jwks"
    async with server:
        yield publisher
