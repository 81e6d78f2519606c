"""The house rules that no linter checks: read off the source of every file."""

import ast
import statistics
import sys
from collections.abc import Iterator

import pytest

from app.settings import ROOT

Function = ast.FunctionDef | ast.AsyncFunctionDef
FILES = {str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8")) for path in sorted(ROOT.glob("app/**/*.py"))}
ASKS_THE_TIME = {
    "app/web/clock.py",  # The one place.
    "app/cli/__init__.py",  # A command's own instant, where there is no request.
    "app/cli/auditing.py",
    "app/cli/backups.py",
    "app/cli/clients.py",
    "app/cli/databases.py",
    "app/cli/doctor.py",
    "app/cli/evidence.py",
    "app/cli/keys.py",
    "app/cli/people.py",
    "app/server/first_run.py",  # The same for the first run.
}
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns", "func.now"}
RUNS = {"execute", "executemany", "exec_driver_sql", "scalar", "scalars", "fetchrow", "fetchval", "driver_connection"}
WRITES_SQL = {"select", "insert", "update", "delete", "text", "func"}


def _inside(folder: str) -> dict[str, ast.Module]:
    return {name: tree for name, tree in FILES.items() if name.startswith(f"app/{folder}/")}


def _names(tree: ast.AST) -> Iterator[str]:
    """Yield every name and every dotted name of some code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        if isinstance(node, ast.Attribute):
            yield f"{node.value.id}.{node.attr}" if isinstance(node.value, ast.Name) else f".{node.attr}"


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield the module and the name of every import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((one.name, "") for one in node.names)
        if isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", one.name) for one in node.names)


def _functions(tree: ast.AST) -> Iterator[Function]:
    yield from (node for node in ast.walk(tree) if isinstance(node, Function))


def _length(function: Function) -> int:
    return (function.end_lineno or 0) - function.lineno + 1


def test_only_the_clock_asks_what_time_it_is() -> None:
    asking = {name for name, tree in FILES.items() if CLOCKS & set(_names(tree))}

    assert asking == ASKS_THE_TIME


def test_one_module_knows_how_a_statement_is_run_and_one_how_a_transaction_is() -> None:
    running = {name for name, tree in FILES.items() if RUNS & {dotted.rpartition(".")[2] for dotted in _names(tree)}}

    # What a connection is, is proven before it is anybody's.
    assert running == {f"app/database/{module}.py" for module in ("statements", "engine", "entrance")}


def test_routers_write_no_sql() -> None:
    for name, tree in _inside("routers").items():
        imported = {what for module, what in _imports(tree) if module.startswith("sqlalchemy")}
        assert imported & WRITES_SQL == set(), name


def test_a_router_is_a_sentence() -> None:
    for name, tree in _inside("routers").items():
        routed = [function for function in _functions(tree) if function.decorator_list]
        for function in routed:
            kinds = {type(node) for node in ast.walk(function)}
            assert kinds & {ast.Try, ast.For, ast.While, ast.With} == set(), (name, function.name)
            statements = [one for one in function.body if not isinstance(one, ast.AsyncFunctionDef)]
            assert len(statements) <= 12, (name, function.name)


def test_the_domain_is_made_of_the_standard_library_without_input_output_or_a_clock() -> None:
    forbidden = {"asyncio", "http", "io", "logging", "os", "pathlib", "random", "secrets", "shutil", "socket", "ssl"}
    allowed = (sys.stdlib_module_names - forbidden - {"subprocess", "tempfile", "time", "urllib"}) | {"app"}
    for name, tree in _inside("domain").items():
        modules = {module for module, _ in _imports(tree)}
        assert {module.partition(".")[0] for module in modules} - allowed == set(), name
        assert [one for one in modules if one.startswith("app.") and not one.startswith("app.domain")] == [], name
        assert "open" not in set(_names(tree)), name


def test_migrations_import_nothing_from_the_code_that_they_outlive() -> None:
    for path in ROOT.glob("migrations/versions/*.py"):
        modules = {module for module, _ in _imports(ast.parse(path.read_text("utf-8")))}
        assert [module for module in modules if module.partition(".")[0] == "app"] == [], path.name


def test_one_package_signs_and_verifies_tokens_and_no_other_touches_the_library() -> None:
    users = {name for name, tree in FILES.items() for module, _ in _imports(tree) if module.partition(".")[0] == "jose"}

    assert users == {"app/security/tokens/own.py", "app/security/tokens/external.py", "app/security/token_keys.py"}


@pytest.mark.parametrize("word", ["advisory", "skip_locked", "SKIP LOCKED", "NOTIFY"])
def test_what_only_one_server_can_do_stays_in_the_database_floor(word: str) -> None:
    using = [path for path in ROOT.glob("app/**/*.py") if word in path.read_text("utf-8")]

    assert [path for path in using if not path.is_relative_to(ROOT / "app" / "database")] == []


def test_functions_are_short() -> None:
    lengths = {(name, one.name): _length(one) for name, tree in FILES.items() for one in _functions(tree)}

    assert statistics.median(lengths.values()) <= 8
    assert {where: length for where, length in lengths.items() if length > 40} == {}
