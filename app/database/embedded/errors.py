"""What can go wrong, in words for the person at the terminal."""


class DataDirectoryInUse(Exception):
    """Another live process holds this data directory."""


class EmbeddedUnavailable(Exception):
    """The embedded PostgreSQL is not installed, or does not start."""
