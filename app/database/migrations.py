"""Migrations as functions.  They run an event loop of their own: call them from a thread that has none."""

import sys
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from app.database.address import read
from app.database.entrance import Entrance
from app.settings import ROOT


def upgrade(url: str, revision: str = "head") -> None:
    """Bring a database up to a revision."""
    command.upgrade(config(url), revision)


def stops(url: str, revision: str | None) -> dict[str, str]:
    """Say which migrations after a revision the version before does not survive, each with its reason.

    A migration says so in its file by `version_before_stops = "…"`; one that says nothing only adds, so that services
    of the version before go on while it runs and afterwards.  An empty database has no version before.
    """
    if revision is None:
        return {}
    ahead = ScriptDirectory.from_config(config(url)).iterate_revisions("head", revision)
    said = {one.revision: getattr(one.module, "version_before_stops", "") for one in ahead}
    return {number: why for number, why in sorted(said.items()) if why}


def downgrade(url: str, revision: str = "base") -> None:
    """Take a database down to a revision; `base` takes everything away."""
    command.downgrade(config(url), revision)


def config(url: str, **attributes: Any) -> Config:
    """Make Alembic's configuration for an address, e.g. to write a new migration."""
    made = Config(ROOT / "alembic.ini", stdout=sys.stdout)
    made.attributes.update(creator=Entrance(read(url), None, {}, session=True).open, **attributes)
    return made
