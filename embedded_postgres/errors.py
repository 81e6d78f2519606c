"""What can go wrong, in words for the person at the terminal."""

from app.domain.errors import Hindrance


class DataDirectoryInUse(Hindrance):
    """Another live process holds this data directory."""


class EmbeddedUnavailable(Hindrance):
    """The embedded PostgreSQL is not installed, or does not start."""
