"""What can go wrong, in words for the person at the terminal."""


class Hindrance(Exception):
    """What keeps a server from being there, in words for the person at the terminal."""


class DataDirectoryInUse(Hindrance):
    """Another live process holds this data directory."""


class EmbeddedUnavailable(Hindrance):
    """The embedded PostgreSQL is not installed, or does not start."""
