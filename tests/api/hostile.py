"""Input that no honest client sends, and what every answer to it must be."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
from fastapi import FastAPI

from tests.given import PLAN, TRAINING

MARKER = "Zq7Xmarker"
"""Stands in whatever is sent, and must stand in no answer."""
DEPTH = 20_000
JSON_VALUES = {
    "NUL": rf'"\u0000{MARKER}"',
    "lone surrogate": rf'"\ud800{MARKER}"',
    "NaN": "NaN",
    "Infinity": "Infinity",
    "-Infinity": "-Infinity",
    "2^63": str(2**63),
    "10^400 with an exponent": "1e400",
    "10^400 in full": "1" + "0" * 400,
    "10^5000 in full": "1" + "0" * 5000,
    "10^(10^20)": "1e100000000000000000000",
    "deep list": "[" * DEPTH + "]" * DEPTH,
    "deep object": '{"a":' * DEPTH + "1" + "}" * DEPTH,
    "rather deep list": "[" * 700 + "]" * 700,
    "huge string": f'"{MARKER * 9_000}"',
    "another type": "true",
    "list": f'["{MARKER}"]',
    "object": f'{{"{MARKER}": "{MARKER}"}}',
    "a name twice": f'{{"{MARKER}": 1, "{MARKER}": 2}}',
}
PLACES = {"plan": PLAN, "id": str(TRAINING), "body": "cong-an", "duty": "3.4"}
"""What stands in a path where nothing is wrong."""


def refused(response: httpx.Response, media_type: str = "application/problem+json") -> int:
    """Return the status of an answer, which must be a problem of the caller's that repeats nothing."""
    shown = (response.status_code, response.headers.get("content-type"), response.text[:300])
    assert 400 <= response.status_code < 500, shown
    assert response.headers["content-type"] == media_type, shown
    assert "x-request-id" in response.headers, shown
    assert MARKER.lower() not in f"{response.text} {response.headers}".lower(), shown
    return response.status_code


def spoiled(body: Any, value: str) -> Iterator[bytes]:
    """Spell a body with each of its parts in turn replaced by a value that is JSON already, or nearly."""
    for replaced in _replacing(body, "@@"):
        yield json.dumps(replaced).replace('"@@"', value).encode()


def _replacing(body: Any, mark: str) -> Iterator[Any]:
    """Yield copies of a body, in each of which one part is the mark."""
    if not isinstance(body, dict | list):
        return
    for key in body if isinstance(body, dict) else range(len(body)):
        for part in (mark, *_replacing(body[key], mark)):
            copy = body.copy()
            copy[key] = part
            yield copy


def operations(app: FastAPI, method: str) -> dict[str, dict[str, Any]]:
    """Return the operations of a method by their path, as the document describes them."""
    paths: dict[str, dict[str, Any]] = app.openapi()["paths"]
    return {path: described[method] for path, described in paths.items() if method in described}


def filled(path: str) -> str:
    """Put what is right into the places of a path."""
    for name, right in PLACES.items():
        path = path.replace(f"{{{name}}}", right)
    return path
