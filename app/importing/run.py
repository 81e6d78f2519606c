"""An import from end to end: read, send in batches, report every line.

Every line is sent under a name made of the import's name, of what the line says, and of how many lines up to it say
that (unless it brings a `client_ref` of its own), and the service records a name once.  So an import needs no memory of
how far it came: killed and run again, it sends everything anew, and what had been recorded is shown as such, also when
lines have been put right, moved or taken out.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import uuid4

from app.domain.errors import Refusal
from app.importing import report
from app.importing.cells import column_of
from app.importing.files import Line, digest_of, lines_of
from app.importing.report import Row
from app.importing.service import Service
from app.schemas.bulk import MAX_ITEMS, ItemIn
from app.web.bulk_items import read_each

MAX_BYTES = 900_000
"""How much a batch may hold: the service takes a MiB."""
Totals = Counter[str]
Item = Mapping[str, Any]
Show = Callable[[Row], None]
Progress = Callable[[Totals], None]


def check(file: Path, show: Show) -> Totals:
    """Read every line as the service would, send nothing, and show what is wrong.

    Whether an obligation exists and is the client's own, only the service knows.
    """
    totals: Totals = Counter()
    for line in lines_of(file):
        row = _checked(line)
        totals[row.result] += 1
        show(row)
    return totals


def run(
    file: Path,
    service: Service,
    into: Path,
    *,
    anew: bool,
    show: Callable[[Row], None],
    progress: Callable[[Totals], None],
) -> Totals:
    """Send a file, write the report, and return how many lines had which result.

    Raises:
        FileUnreadable, ServiceRefuses: the import ends; run again, it goes on.
    """
    name = uuid4().hex[:16] if anew else report.name_of(into) or digest_of(file)[:16]
    batches = _batches(_named(lines_of(file), name))
    # A file that cannot be read must not cost the report of one that could.
    first = next(batches, [])
    report.begin(into, name, file.name)
    totals: Totals = Counter()
    for batch in chain([first], batches):
        rows = _sent(batch, name, service)
        report.add(into, rows)
        totals.update(row.result for row in rows)
        for row in rows:
            show(row)
        progress(totals)
    return totals


def _named(lines: Iterable[Line], name: str) -> Iterator[Line]:
    """Give every item a name, as a `client_ref`."""
    said: Totals = Counter()
    for line in lines:
        yield line if line.item is None else replace(line, item=_with_name(line.item, name, said))


def _with_name(item: dict[str, Any], name: str, said: Totals) -> dict[str, Any]:
    if item.get("client_ref") is not None:
        return item
    unnamed = {key: value for key, value in item.items() if key != "client_ref"}
    digest = hashlib.sha256(json.dumps(unnamed, sort_keys=True).encode()).hexdigest()[:32]
    said[digest] += 1
    return {**unnamed, "client_ref": f"{name}:{digest}:{said[digest]}"}


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Group lines into what one request can hold."""
    batch: list[Line] = []
    size = 0
    for line in lines:
        weight = len(json.dumps(line.item, ensure_ascii=False).encode()) + 100
        if batch and (len(batch) == MAX_ITEMS or size + weight > MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += weight
    if batch:
        yield batch


def _sent(batch: Sequence[Line], name: str, service: Service) -> list[Row]:
    """Send a batch and say what became of each of its lines."""
    items = {line.number: line.item for line in batch if line.item is not None}
    results = dict(zip(items, service.report(list(items.values())) if items else [], strict=True))
    return [
        _row(name, line.number, items[line.number], results[line.number])
        if line.number in items
        else _unsent(name, line)
        for line in batch
    ]


def _unsent(name: str, line: Line) -> Row:
    result = "refused" if line.fault else "blank"
    return Row(name=name, line=line.number, result=result, detail=line.fault)


def _row(name: str, number: int, item: Item, result: Mapping[str, Any]) -> Row:
    known = {"name": name, "line": number, "status": result["status"], "client_ref": str(item["client_ref"])}
    if problem := result["problem"]:
        detail = _sentence(item, problem.get("errors", ()), problem["title"])
        return Row(**known, result="refused", problem=problem["type"].rpartition("/")[2], detail=detail)
    result_name = "replayed" if result["replayed"] else "recorded"
    ids = {"obligation": result["update"]["obligation"], "update": result["update"]["id"]}
    return Row(**known, **ids, result=result_name)


def _sentence(item: Item, faults: Iterable[Mapping[str, str]], otherwise: str) -> str:
    """Say what is wrong in the words of the file: by the names of its columns."""
    places = ((column_of(fault["pointer"].split("/", 3)[3:], item), fault["detail"]) for fault in faults)
    return "; ".join(f"{column} {detail}".strip() for column, detail in places) or otherwise


def _checked(line: Line) -> Row:
    if line.item is None:
        return _unsent("", line)
    (read,) = read_each(ItemIn, [line.item])
    if not isinstance(read, Refusal):
        return Row(name="", line=line.number, result="readable")
    faults = [{"pointer": f"/items/0{fault.pointer}", "detail": fault.detail} for fault in read.faults]
    return Row(name="", line=line.number, result="refused", detail=_sentence(line.item, faults, str(read)))
