"""Tokens that nobody should take: each is named, and made of a good one."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from jose import jws

from app.security.token_keys import SigningKey, thumbprint
from tests.given import TODAY, Service

Claims = dict[str, Any]
AGES = int(timedelta(days=3650).total_seconds())
NOW = int(TODAY.timestamp())


def part(value: Any) -> str:
    """Spell one part of a token."""
    return encoded(json.dumps(value).encode())


def encoded(content: bytes) -> str:
    """Spell bytes as tokens do."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def claims_of(token: str) -> Claims:
    """Read the claims of a token, unverified."""
    payload = token.split(".")[1]
    claims: Claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


class Forger:
    """Makes tokens, with our own key where a mistake in the claims is what matters, and with others."""

    def __init__(self, service: Service) -> None:
        self.good = service.police.token()
        self.boss = str(service.coordinator.client_id)
        self.key: SigningKey = service.app.state.keys.at(TODAY).current
        self.header, self.payload, self.signature = self.good.split(".")
        self.claims = claims_of(self.good)
        self.own_header = {"alg": "ES256", "typ": "at+jwt", "kid": self.key.kid}

    def signed(self, claims: Claims | str, **header: Any) -> str:
        """Sign claims with our own key; a header field that is None is left out."""
        shown = {name: value for name, value in {**self.own_header, **header}.items() if value is not None}
        payload = claims if isinstance(claims, str) else part(claims)
        told = f"{part(shown)}.{payload}"
        return f"{told}.{encoded(self.key.signing.sign(told.encode()))}"

    def with_claims(self, **changed: Any) -> str:
        """Sign the good claims with some of them changed."""
        return self.signed(self.claims | changed)

    def without(self, name: str) -> str:
        """Sign the good claims without one."""
        return self.signed({one: value for one, value in self.claims.items() if one != name})

    def mac(self, algorithm: str, secret: bytes, **header: Any) -> str:
        """Sign with a symmetric key that an attacker can know."""
        told = f"{part({**self.own_header, 'alg': algorithm, **header})}.{self.payload}"
        digest = getattr(hashlib, f"sha{algorithm[2:]}")
        return f"{told}.{encoded(hmac.new(secret, told.encode(), digest).digest())}"

    def headed(self, header: bytes) -> str:
        """Put another header before good claims."""
        return f"{encoded(header)}.{self.payload}.{self.signature}"

    def by_stranger(self, **header: Any) -> str:
        """Sign with a key of the attacker's own, which the header may bring along."""
        private = ec.generate_private_key(ec.SECP256R1())
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        numbers = private.public_key().public_numbers()
        public = {
            "kty": "EC", "crv": "P-256",
            "x": encoded(numbers.x.to_bytes(32, "big")), "y": encoded(numbers.y.to_bytes(32, "big")),
        }  # fmt: skip
        named = {"own": thumbprint(public), "ours": self.key.kid}
        shown = {"typ": "at+jwt", "kid": named.get(header.pop("named", "ours")), **header}
        if header.get("jwk"):
            shown["jwk"] = public
        token: str = jws.sign(self.claims | {"sub": self.boss, "client_id": self.boss}, pem.decode(), shown, "ES256")
        return token

    def by_rsa(self) -> str:
        """Sign with RSA, in the name of our key."""
        private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        told = f"{part({**self.own_header, 'alg': 'RS256'})}.{self.payload}"
        return f"{told}.{encoded(private.sign(told.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    @property
    def public_pem(self) -> bytes:
        """Our public key, which everybody knows."""
        pem: bytes = self.key.verifying.to_pem()
        return pem


Attack = Callable[[Forger], str]
ATTACKS: dict[str, Attack] = {
    "no signature": lambda f: f"{f.header}.{f.payload}.",
    "two parts": lambda f: f"{f.header}.{f.payload}",
    "four parts": lambda f: f"{f.good}.{f.signature}",
    "five parts, as if encrypted": lambda f: f"{f.header}..{f.payload}.{f.signature}.{f.signature}",
    "only dots": lambda _: "..",
    "none": lambda f: f"{part({**f.own_header, 'alg': 'none'})}.{f.payload}.",
    "none with a signature": lambda f: f"{part({**f.own_header, 'alg': 'none'})}.{f.payload}.{f.signature}",
    "None": lambda f: f"{part({**f.own_header, 'alg': 'None'})}.{f.payload}.{f.signature}",
    "NONE": lambda f: f"{part({**f.own_header, 'alg': 'NONE'})}.{f.payload}.{f.signature}",
    "empty algorithm": lambda f: f"{part({**f.own_header, 'alg': ''})}.{f.payload}.{f.signature}",
    "no algorithm": lambda f: f"{part({'typ': 'at+jwt', 'kid': f.key.kid})}.{f.payload}.{f.signature}",
    "a list of algorithms": lambda f: f"{part({**f.own_header, 'alg': ['ES256']})}.{f.payload}.{f.signature}",
    "the public key as HS256 secret": lambda f: f.mac("HS256", f.public_pem),
    "the public key as HS384 secret": lambda f: f.mac("HS384", f.public_pem),
    "the public key as HS512 secret": lambda f: f.mac("HS512", f.public_pem),
    "the JWK as HS256 secret": lambda f: f.mac("HS256", json.dumps(f.key.public_jwk).encode()),
    "the kid as HS256 secret": lambda f: f.mac("HS256", f.key.kid.encode()),
    "an empty HS256 secret": lambda f: f.mac("HS256", b""),
    "RS256": lambda f: f.by_rsa(),
    "ES384 said, ES256 signed": lambda f: f.signed(f.claims, alg="ES384"),
    "es256 in small letters": lambda f: f.signed(f.claims, alg="es256"),
    "another's key, our kid": lambda f: f.by_stranger(),
    "another's key, its own kid": lambda f: f.by_stranger(named="own"),
    "another's key in the header": lambda f: f.by_stranger(named="own", jwk=True),
    "another's key in the header, our kid": lambda f: f.by_stranger(jwk=True),
    "jku": lambda f: f.by_stranger(named="own", jku="https://attacker.example/jwks.json"),
    "x5u": lambda f: f.by_stranger(named="own", x5u="https://attacker.example/cert.pem"),
    "x5c": lambda f: f.by_stranger(named="own", x5c=["MIIB"]),
    "jku on a good signature": lambda f: f.signed(f.claims, jku="https://attacker.example/jwks.json"),
    "jwk on a good signature": lambda f: f.signed(f.claims, jwk=f.key.public_jwk),
    "crit": lambda f: f.signed(f.claims, crit=["exp"]),
    "crit of something unknown": lambda f: f.signed(f.claims, crit=["x"], x=1),
    "b64": lambda f: f.signed(f.claims, b64=False),
    "zip": lambda f: f.signed(f.claims, zip="DEF"),
    "cty": lambda f: f.signed(f.claims, cty="JWT"),
    "without a kid": lambda f: f.signed(f.claims, kid=None),
    "empty kid": lambda f: f.signed(f.claims, kid=""),
    "kid of nothing": lambda f: f.signed(f.claims, kid="x" * 43),
    "kid is a path": lambda f: f.signed(f.claims, kid="../../../../dev/null"),
    "kid is SQL": lambda f: f.signed(f.claims, kid="' OR 1=1 --"),
    "kid is a number": lambda f: f.signed(f.claims, kid=0),
    "kid is a list": lambda f: f.signed(f.claims, kid=[f.key.kid]),
    "kid is an object": lambda f: f.signed(f.claims, kid={"kid": f.key.kid}),
    "no typ": lambda f: f.signed(f.claims, typ=None),
    "an ID token's typ": lambda f: f.signed(f.claims, typ="JWT"),
    "another's typ": lambda f: f.signed(f.claims, typ="secevent+jwt"),
    "a header that is a list": lambda f: f.headed(b'["ES256"]'),
    "a header that is text": lambda f: f.headed(b'"ES256"'),
    "a header that is no JSON": lambda f: f.headed(b"{alg:ES256}"),
    "a header that is no UTF-8": lambda f: f.headed(b"\xff\xfe"),
    "a header that says it twice": lambda f: f.headed(json.dumps(f.own_header)[:-1].encode() + b', "alg": "none"}'),
    "a nested header": lambda f: f.headed(b"[" * 2500),
    "a nested value in the header": lambda f: f.headed(b'{"alg":' + b"[" * 2500),
    "a huge header": lambda f: f.signed(f.claims, x="x" * 20_000),
    "a huge claim": lambda f: f.with_claims(scope="plans:read " * 1000),
    "only letters": lambda _: "x" * 1_000,
    "padding": lambda f: f"{f.header}=.{f.payload}.{f.signature}",
    "a line break": lambda f: f"{f.header}.{f.payload}\n.{f.signature}",
    "a blank inside": lambda f: f"{f.header}. {f.payload}.{f.signature}",
    "standard base64": lambda f: f"{f.header}.{f.payload}.{f.signature[:-4]}+/+/",
    "a signature of zeros": lambda f: f"{f.header}.{f.payload}.{encoded(bytes(64))}",
    "a signature cut short": lambda f: f"{f.header}.{f.payload}.{f.signature[:40]}",
    "a longer signature": lambda f: f"{f.header}.{f.payload}.{f.signature}{f.signature}",
    "a signature in DER": lambda f: f"{f.header}.{f.payload}.{encoded(bytes([48, 6, 2, 1, 1, 2, 1, 1]))}",
    "another's claims": lambda f: f"{f.header}.{part(f.claims | {'sub': f.boss, 'client_id': f.boss})}.{f.signature}",
    "claims that are a list": lambda f: f.signed(part([f.claims])),
    "claims that are text": lambda f: f.signed(part("claims")),
    "claims that are no JSON": lambda f: f.signed(encoded(b"sub=police")),
    "nested claims": lambda f: f.signed(encoded(b'{"iss":' + b"[" * 1500)),
    "claims that say it twice": lambda f: f.signed(
        encoded(json.dumps(f.claims)[:-1].encode() + f', "sub": "{f.boss}"}}'.encode())
    ),
    "iss of another": lambda f: f.with_claims(iss="https://attacker.example"),
    "iss with a slash more": lambda f: f.with_claims(iss=f"{f.claims['iss']}/"),
    "iss is a list": lambda f: f.with_claims(iss=[f.claims["iss"]]),
    "aud of another": lambda f: f.with_claims(aud="another"),
    "aud is a list": lambda f: f.with_claims(aud=["dondoc", "another"]),
    "aud is null": lambda f: f.with_claims(aud=None),
    "sub of nobody": lambda f: f.with_claims(sub=str(uuid4())),
    "sub and client differ": lambda f: f.with_claims(client_id=f.boss),
    "a client that is unknown": lambda f: f.with_claims(**dict.fromkeys(("sub", "client_id"), str(uuid4()))),
    "sub is no id": lambda f: f.with_claims(sub="police", client_id="police"),
    "sub is a number": lambda f: f.with_claims(sub=1, client_id=1),
    "sub is SQL": lambda f: f.with_claims(**dict.fromkeys(("sub", "client_id"), "' OR '1'='1")),
    "exp is past": lambda f: f.with_claims(iat=NOW - 700, nbf=NOW - 700, exp=NOW - 100),
    "exp is now": lambda f: f.with_claims(exp=NOW),
    "exp in ten years": lambda f: f.with_claims(exp=NOW + AGES),
    "exp is text": lambda f: f.with_claims(exp=str(NOW + 600)),
    "exp is a fraction": lambda f: f.with_claims(exp=NOW + 600.5),
    "exp is infinite": lambda f: f.with_claims(exp=float("inf")),
    "exp is huge": lambda f: f.with_claims(exp=10**30),
    "exp is true": lambda f: f.with_claims(exp=True),
    "exp before iat": lambda f: f.with_claims(iat=NOW, exp=NOW - 1),
    "a life of an hour": lambda f: f.with_claims(iat=NOW - 1800, exp=NOW + 1800),
    "nbf in the future": lambda f: f.with_claims(nbf=NOW + 60),
    "iat in the future": lambda f: f.with_claims(iat=NOW + 60, nbf=NOW, exp=NOW + 600),
    "far future": lambda f: f.with_claims(iat=NOW + AGES, nbf=NOW + AGES, exp=NOW + AGES + 600),
    "jti is empty": lambda f: f.with_claims(jti=""),
    "jti is a number": lambda f: f.with_claims(jti=7),
    "jti is a path": lambda f: f.with_claims(jti="../jti"),
    "scope is a list": lambda f: f.with_claims(scope=["clients:write"]),
    "scope is null": lambda f: f.with_claims(scope=None),
    "no iss": lambda f: f.without("iss"),
    "no aud": lambda f: f.without("aud"),
    "no exp": lambda f: f.without("exp"),
    "no nbf": lambda f: f.without("nbf"),
    "no iat": lambda f: f.without("iat"),
    "no sub": lambda f: f.without("sub"),
    "no jti": lambda f: f.without("jti"),
    "no client": lambda f: f.without("client_id"),
    "no scope": lambda f: f.without("scope"),
}
