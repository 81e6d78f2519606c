"""The process that reads a form: `python -m app.commands.imports PATH`; what it read goes to its output, as JSON.

Each line is one array; the last array says what there is to say of the whole.
"""

import errno
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from app.commands.imports.form import Filled
from app.commands.imports.limits import TOO_LARGE
from app.commands.imports.lines import FileUnreadable, Line

MEMORY_BYTES = 1024 * 1024 * 1024
PROCESSOR_SECONDS = 120
OUTPUT_BYTES = 1024 * 1024 * 1024


def main(path: str, kind: str, as_is: str = "") -> None:
    """Read a form, within limits on memory, processor time and output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    # The first is said by a signal of its own, the second one kills like anybody could.
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_BYTES, OUTPUT_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    filled, blank, count = Filled(Path(path), is_json=kind == "json", as_is=as_is == "as-is"), 0, 0
    try:
        for line in filled.lines():
            if line.item is not None or line.wrongs:
                _say(_spelled(line))
                count += 1
            else:
                blank += 1
    except FileUnreadable as error:
        _say({"unreadable": {"say": error.remark.say, "parts": error.remark.parts}})
        return
    form = filled.form
    remarks = [{"say": one.say, "parts": one.parts} for one in form.remarks]
    told = {"letters": form.letters, "headings": form.headings, "remarks": remarks}
    scale = {"scaled": filled.scale.looks_wrong, "small": filled.scale.small}
    _say({**told, **scale, "blank": blank, "lines": count})


def _spelled(line: Line) -> list[Any]:
    return [
        line.number,
        line.row,
        line.item,
        [[one.say, one.key, one.letters, one.parts] for one in line.wrongs],
        line.beside,
    ]


def _say(what: Any) -> None:
    sys.stdout.write(json.dumps(what, ensure_ascii=False))
    sys.stdout.write("\n")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        main(*sys.argv[1:])
        sys.stdout.flush()
    except MemoryError:
        os._exit(TOO_LARGE)
    except OSError as error:
        os._exit(TOO_LARGE if error.errno == errno.EFBIG else 1)
