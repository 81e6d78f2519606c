"""`python -m bench.exports 1000000`: how long exports of many obligations take, and how much memory they add."""

import sys
import tempfile
import time
from pathlib import Path

from tests.process.many import EACH, exported, multiply, peak_bytes
from tests.process.running import running


def main(number: int) -> None:
    """Export a number of obligations in every form."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as service:
        for form in ("csv", "ndjson", "xlsx"):
            exported(service, form)
        multiply(service, -(-number // EACH))
        for form in ("ndjson", "csv", "xlsx"):
            before, began = peak_bytes(service), time.perf_counter()
            lines, size = exported(service, form)
            took, added = time.perf_counter() - began, peak_bytes(service) - before
            print(f"{form:6} {lines:9} lines {size / 1e6:9.1f} MB {took:8.1f} s   {added / 2**20:6.1f} MiB more memory")


if __name__ == "__main__":
    main(int(sys.argv[1]))
