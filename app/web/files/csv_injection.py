"""Text in tables that spreadsheets open."""

import re
from typing import Any

_RUNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
"""What makes a spreadsheet take a cell for a formula: also in the wide forms that some of them fold."""
_BEGINS_A_CELL = re.compile(rf'(\A(?=[\t\r\n{_RUNS}])|[;\t\r\n]"*(?=[{_RUNS}]))')
"""Where a cell would begin that runs: where a text does and, in a spreadsheet that separates cells otherwise than we
do, behind such a separator.  Quotes do not help there: they count only where a cell begins."""


def harmless(cell: Any) -> Any:
    """Return a cell that no spreadsheet runs: text that would begin a formula begins with an apostrophe instead."""
    return _BEGINS_A_CELL.sub(r"\1'", cell) if isinstance(cell, str) else cell
