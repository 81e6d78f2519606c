"""What a seed leaves alone: the obligations of cycles that are open, but for what it says anew of a duty's owners.

Who owes them by now is no business of the plan: bodies have succeeded others, and members have come.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol
from uuid import UUID

from app.database.statements import Row

Kind = dict[str, list[Row]]


class Changed(Protocol):
    """What applying a seed adds, alters and drops, by table."""

    added: Kind
    altered: Kind
    dropped: Kind


def keep_open_obligations(changes: Changed, opened: Mapping[UUID, Row]) -> None:
    """Take the changes back that a seed would make to obligations of open cycles without saying anything new.

    What it does add there was owed since the cycle was opened, so that what has been decided since passes it on.
    """
    recurring = {row["id"] for row in changes.altered.get("duty", ()) if "recurrence" in row["changed"]}
    named = {kind: _pairs(getattr(changes, kind).get("duty_owner", ()), "body_id") for kind in KINDS}
    for kind in KINDS:
        rows = getattr(changes, kind).pop("obligation", [])
        kept = [row for row in rows if _is_meant(kind, row, opened, named[kind], recurring)]
        if kept:
            getattr(changes, kind)["obligation"] = [_dated(row, opened) if kind == "added" else row for row in kept]


KINDS = ("added", "altered", "dropped")


def _is_meant(kind: str, row: Row, opened: Mapping[UUID, Row], named: set[Any], recurring: set[UUID]) -> bool:
    if row["cycle_id"] not in opened or row["duty_id"] in recurring:
        return True
    if kind == "altered" and row["changed"] != ["force"]:
        return True
    return (row["duty_id"], row["owner_id"]) in named


def _pairs(rows: Iterable[Row], body: str) -> set[tuple[UUID, UUID]]:
    return {(row["duty_id"], row[body]) for row in rows}


def _dated(row: Row, opened: Mapping[UUID, Row]) -> Row:
    cycle = opened.get(row["cycle_id"])
    return {**row, "recorded_at": cycle["opened_at"]} if cycle else row
