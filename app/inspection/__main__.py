"""The process that looks a file through: `python -m app.inspection PATH MEDIA_TYPE`."""

import resource
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from app.domain.files import MediaType
from app.inspection import images, office, pdf
from app.inspection.reasons import REFUSED, Refused

MEMORY_BYTES = 1024 * 1024 * 1024
PROCESSOR_SECONDS = 40
INSPECTORS: Mapping[MediaType, Callable[[Path, MediaType], None]] = {
    MediaType.PDF: pdf.inspect,
    MediaType.PNG: images.inspect,
    MediaType.JPEG: images.inspect,
    MediaType.DOCX: office.inspect,
    MediaType.XLSX: office.inspect,
}


def main(path: str, media_type: str) -> None:
    """Look a file through, and leave with a reason if it is refused; whatever else ends this is a refusal too."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    kind = MediaType(media_type)
    try:
        INSPECTORS[kind](Path(path), kind)
    except Refused as refused:
        sys.stdout.write(refused.reason)
        sys.stdout.flush()
        sys.exit(REFUSED)


if __name__ == "__main__":
    main(*sys.argv[1:])
