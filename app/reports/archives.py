"""Several documents as one archive, whose bytes depend on what is in it alone."""

from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

ZIP = "application/zip"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a file in an archive can have: that of all of ours."""


def archived(documents: Mapping[str, bytes]) -> bytes:
    """Put documents, which are compressed already, into an archive by their names."""
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        for name in sorted(documents):
            entry = ZipInfo(name, EPOCH)
            entry.create_system = 0
            archive.writestr(entry, documents[name], ZIP_STORED)
    return made.getvalue()
