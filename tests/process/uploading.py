"""Uploads to a running service: announced and sent by a demo client."""

from typing import Any

import httpx

from app.domain.files import MediaType
from tests.files import pdf
from tests.process.running import Running


def caller(service: Running, name: str) -> httpx.Client:
    """Return a client of its own for a demo client, for use in a thread."""
    return httpx.Client(base_url=service.base, headers={"Authorization": f"Bearer {service.token(name)}"}, timeout=600)


def owned_by(service: Running, body: str, limit: int) -> list[str]:
    """Return the ids of some obligations of a body."""
    found = service.get("coordinator", "/v1/obligations", owner=body, limit=limit)["items"]
    return [one["id"] for one in found]


def announce(http: httpx.Client, obligation: str, content: bytes, *, key: str) -> httpx.Response:
    """Announce a PDF or a document; the same key announces it once."""
    ending, media_type = ("pdf", MediaType.PDF) if content.startswith(b"%PDF") else ("docx", MediaType.DOCX)
    sent: dict[str, Any] = {
        "kind": "file",
        "title": "Biên bản nghiệm thu",
        "classification": "internal",
        "file_name": f"bien-ban.{ending}",
        "media_type": media_type,
        "size": len(content),
    }
    return http.post(f"/v1/obligations/{obligation}/evidence", json=sent, headers={"Idempotency-Key": key})


def send(http: httpx.Client, evidence: str, content: bytes) -> httpx.Response:
    """Send the bytes of a file."""
    return http.put(f"/v1/evidence/{evidence}/content", content=content)


def upload(http: httpx.Client, obligation: str, *, size: int, key: str) -> str:
    """Announce a PDF of a size, send it, and return its evidence's id."""
    content = pdf(key, size=size)
    announced = announce(http, obligation, content, key=key)
    assert announced.status_code == 201, announced.text
    evidence: str = announced.json()["id"]
    answer = send(http, evidence, content)
    assert answer.status_code == 200, answer.text
    return evidence
