"""Files that are two things at once."""

import zipfile
from io import BytesIO

from app.inspection.reasons import Reason, Refused

_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\xfd7zXZ\x00", b"MSCF\0\0\0\0")


def refuse_archive(content: bytes) -> None:
    """Refuse what an archiver opens as well.

    Raises:
        Refused: it does.
    """
    if zipfile.is_zipfile(BytesIO(content)) or any(magic in content for magic in _ARCHIVES):
        raise Refused(Reason.ARCHIVE)
