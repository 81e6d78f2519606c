"""Text in tables that spreadsheets open."""

from typing import Any

_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet take a cell for a formula: also in the wide forms that some of them fold."""


def harmless(cell: Any) -> Any:
    """Return a cell that no spreadsheet runs: text that would begin a formula begins with an apostrophe instead."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_RUNS) else cell
