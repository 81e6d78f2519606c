"""`make bench`, or `python -m bench T1 T2`: the service beside its limits in the same run.

The plans are made in the database.  SIZE is the largest number of obligations: 10k, 100k, 1m (the default) or 10m; each
run has 10k beside it.  SECONDS, ROUNDS and CONNECTIONS make less of it, to try things out: what comes of that is kept
apart.  WORKERS is how many processes serve; a limit is always one.  What the limits do is told in bench/limits.py.
"""

import argparse
import os
import platform
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import report
from bench.limits import POOL_SIZE
from bench.parts import PARTS, Parts
from bench.processes import listening
from bench.rounds import Bench, Effort
from bench.world import WORKERS, world
from tests.process.running import free_port

SIZES = {
    "tiny": ("2k", "4k"),
    "10k": ("10k",),
    "100k": ("10k", "100k"),
    "1m": ("10k", "1m"),
    "10m": ("10k", "1m", "10m"),
}
MORE = "more"
"""What no ratio is wanted of: the list, one obligation, a file."""
OF_SEVERAL_SIZES = {"T3", "T6"}
RESULTS, TRIES = Path(__file__).parent / "results", Path(".bench")


def main(wanted: Sequence[str], size: str) -> None:
    """Measure, show, keep."""
    effort = Effort.wanted()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        parts = prepared(stack, Path(folder), sizes_for(wanted, size), effort)
        findings = list(parts.findings(wanted))
        if MORE in wanted:
            parts.other()
    table = report.show(parts.sides, findings)
    where = Path(os.environ.get("RESULTS") or (RESULTS if effort.is_whole else TRIES))
    print(f"\n{table}")
    print(report.keep(where, about(size, effort, parts), parts.sides, parts.compared, findings))


def sizes_for(wanted: Sequence[str], size: str) -> Sequence[str]:
    """Name the sizes that have to be made: the least one alone, unless sizes are compared."""
    sizes = SIZES[size]
    return sizes if OF_SEVERAL_SIZES & set(wanted) else sizes[:1]


def prepared(stack: ExitStack, folder: Path, sizes: Sequence[str], effort: Effort) -> Parts:
    """Make the plans, and start the service on each size and the limits."""
    worlds = {size: stack.enter_context(world(size, folder / size, say)) for size in sizes}
    least, port = worlds[sizes[0]], free_port()
    received = folder / "received"
    received.mkdir()
    command, settings = ["-m", "bench.limits", str(port), str(received)], {"DATABASE_URL": least.url}
    limits = stack.enter_context(listening(command, port, "/openapi.json", settings))
    return Parts(Bench(effort), worlds, limits, stack)


def about(size: str, effort: Effort, parts: Parts) -> dict[str, Any]:
    """Say on what it was measured, and how."""
    return {
        "size": size,
        "sizes": list(parts.worlds),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "rounds": effort.rounds,
        "seconds": effort.seconds,
        "connections": effort.connections,
        "connections_to_the_database": POOL_SIZE,
        "workers": WORKERS,
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "started": parts.figures,
    }


def say(line: str) -> None:
    """Tell how far it has come."""
    print(line, file=sys.stderr)


if __name__ == "__main__":
    # Told to end, end what was started, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, MORE, []], help="What to measure; by default everything.")
    main(parser.parse_args().parts or [*PARTS, MORE], os.environ.get("SIZE", "1m").lower())
