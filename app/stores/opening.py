"""Which store the settings name."""

from app.domain.errors import Hindrance
from app.settings import Settings
from app.stores.base import Store
from app.stores.local import LocalStore
from app.stores.parts import Parts


class ObjectStoresMissing(Hindrance):
    """The settings name a bucket, and what speaks to buckets is not installed."""

    def __init__(self) -> None:
        super().__init__("DONDOC_EVIDENCE_URL needs the extra `objects`: pip install '.[objects]'")


def open_store(settings: Settings) -> Store:
    """Return the store of kept files.

    Raises:
        ObjectStoresMissing: it is a bucket, and the extra is not installed.
    """
    if settings.evidence_url is None:
        return LocalStore(settings.evidence_dir / "files")
    try:
        from app.stores.objects import ObjectStore  # noqa: PLC0415  An extra, which most do without.
    except ModuleNotFoundError:
        raise ObjectStoresMissing from None
    return ObjectStore(settings.evidence_url)


def open_parts(settings: Settings) -> Parts:
    """Return the folder of parts, which is always on this machine."""
    return Parts(settings.evidence_dir / "parts")
