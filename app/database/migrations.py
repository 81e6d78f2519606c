"""Migrations as functions.  They run an event loop of their own: call them from a thread that has none."""

import sys
from typing import Any

from alembic import command
from alembic.config import Config

from app.database.engine import asyncpg_url
from app.settings import ROOT


def upgrade(url: str, revision: str = "head") -> None:
    """Bring a database up to a revision."""
    command.upgrade(config(url), revision)


def downgrade(url: str, revision: str = "base") -> None:
    """Take a database down to a revision; `base` takes everything away."""
    command.downgrade(config(url), revision)


def config(url: str, **attributes: Any) -> Config:
    """Make Alembic's configuration for an address, e.g. to write a new migration."""
    made = Config(ROOT / "alembic.ini", stdout=sys.stdout)
    made.attributes.update(url=asyncpg_url(url), **attributes)
    return made
