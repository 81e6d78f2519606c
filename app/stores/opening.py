"""Which store the settings name."""

from app.settings import Settings
from app.stores.base import Store
from app.stores.local import LocalStore
from app.stores.parts import Parts


def open_store(settings: Settings) -> Store:
    """Return the store of kept files."""
    return LocalStore(settings.evidence_dir / "files")


def open_parts(settings: Settings) -> Parts:
    """Return the folder of parts, which is always on this machine."""
    return Parts(settings.evidence_dir / "parts")
