"""Files that are two things at once."""

import mmap
import zipfile
from pathlib import Path

from app.inspection.reasons import Reason, Refused

_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\xfd7zXZ\x00")


def refuse_archives(path: Path) -> None:
    """Refuse a file that an archiver opens as well.

    Raises:
        Refused: it does.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if zipfile.is_zipfile(file) or any(content.find(magic) >= 0 for magic in _ARCHIVES):
            raise Refused(Reason.ARCHIVE)
