"""The process that looks a file through: `python -m app.inspection PATH MEDIA_TYPE`."""

import resource
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from app.domain.files import MediaType
from app.inspection.reasons import REFUSED, Refused

MEMORY_BYTES = 1024 * 1024 * 1024
PROCESSOR_SECONDS = 40
INSPECTORS: Mapping[MediaType, str] = {
    MediaType.PDF: "pdf",
    MediaType.PNG: "images",
    MediaType.JPEG: "images",
    MediaType.DOCX: "office",
    MediaType.XLSX: "office",
}
"""Which module looks a kind of file through; the others are not even loaded."""


def main(path: str, media_type: str) -> None:
    """Look a file through, and leave with a reason if it is refused; whatever else ends this is a refusal too."""
    kind = MediaType(media_type)
    inspector = import_module(f"app.inspection.{INSPECTORS[kind]}")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        inspector.inspect(Path(path), kind)
    except Refused as refused:
        sys.stdout.write(refused.reason)
        sys.stdout.flush()
        sys.exit(REFUSED)


if __name__ == "__main__":
    main(*sys.argv[1:])
