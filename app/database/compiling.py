"""From a statement to its text as the driver takes it: values with a name are parameters, others are written out."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import BindParameter, Select, UpdateBase
from sqlalchemy.dialects.postgresql.asyncpg import PGCompiler_asyncpg, PGDialect_asyncpg

Read = Callable[[Any], Any]


class _Compiler(PGCompiler_asyncpg):
    """Writes the values that have no name into the text."""

    def visit_bindparam(self, bindparam: BindParameter[Any], **options: Any) -> str:  # type: ignore[override]
        if bindparam.unique:
            options["literal_binds"] = True
        written: str = super().visit_bindparam(bindparam, **options)  # type: ignore[no-untyped-call]
        return written


class _Dialect(PGDialect_asyncpg):
    statement_compiler = _Compiler
    supports_statement_cache = False


_DIALECT = _Dialect()  # type: ignore[no-untyped-call]


def compiled(statement: Select[*tuple[Any, ...]] | UpdateBase) -> tuple[str, tuple[str, ...], Mapping[str, Read]]:
    """Return the text of a statement, the names of its parameters in order, and how to read what needs it."""
    made: Any = statement.compile(dialect=_DIALECT)
    reads = {column.name: column.type.result_processor(_DIALECT, None) for column in statement.exported_columns}
    return str(made), tuple(made.positiontup or ()), {name: read for name, read in reads.items() if read}
