"""The OpenAPI document as it is checked in: `make openapi` writes it, and a change to it is a diff that people see."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi import FastAPI

from app.database.engine import connect
from app.main import create_app
from app.settings import Settings
from app.web.openapi.asyncapi import asyncapi_of

SNAPSHOT = Path(__file__).with_name("openapi.json")
SENT = SNAPSHOT.with_name("asyncapi.json")
"""What is sent without being asked for, as it is checked in."""


def checked_in() -> dict[str, Any]:
    """Read the document that is checked in."""
    document: dict[str, Any] = json.loads(SNAPSHOT.read_text("utf-8"))
    return document


def spelled(app: FastAPI) -> str:
    """Spell the document of an app, one value a line, in the order of its routes."""
    return json.dumps(app.openapi(), ensure_ascii=False, indent=2) + "\n"


def spelled_sent(app: FastAPI) -> str:
    """Spell the document of what an app sends."""
    return json.dumps(asyncapi_of(app), ensure_ascii=False, indent=2) + "\n"


def app_without_database() -> FastAPI:
    """Make an app that can say what it is, and connects to nothing."""
    with TemporaryDirectory() as folder:
        return create_app(Settings(keys_dir_or_default=Path(folder)), connect("postgresql://nobody@127.0.0.1:1/none"))


if __name__ == "__main__":
    app = app_without_database()
    SNAPSHOT.write_text(spelled(app), "utf-8")
    SENT.write_text(spelled_sent(app), "utf-8")
