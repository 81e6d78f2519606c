"""What of a question decides the text of its query, and what travels as a parameter of it.

A query function takes values and names each one that it puts into its Select (`bindparam("plan", value)`).  Here the
same arguments are told apart into a shape, by which the compiled text is kept, and the values by name.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import singledispatch
from typing import Any
from uuid import UUID

from app.database.prepared import Prepared, Question, compiled
from app.domain.access import Caller
from app.queries.places import After
from app.standing.filters import Filters
from app.standing.moment import Moment

Values = dict[str, Any]
Build = Callable[..., Any]
KEPT = 500
"""More shapes than callers ask for; beyond them, the one that was asked for longest ago is forgotten."""
_prepared: OrderedDict[Hashable, Prepared] = OrderedDict()


class Unnamed(TypeError):
    """A query has put a value into its text that has no name: the next question would get the answer to this one."""


def prepare(build: Build, /, **asked: Any) -> Question:
    """Return the statement of a query function for a question, with the values of its parameters."""
    shape: list[Hashable] = [build]
    values: Values = {}
    for name, value in asked.items():
        part, named = told_apart(value, name)
        shape.append(part)
        values.update(named)
    key = tuple(shape)
    statement = _prepared.pop(key, None) or _compile(build, asked, values)
    _prepared[key] = statement
    if len(_prepared) > KEPT:
        _prepared.popitem(last=False)
    return Question(statement, values)


def _compile(build: Build, asked: Mapping[str, Any], values: Values) -> Prepared:
    statement = compiled(build(**asked))
    if unnamed := set(values) ^ set(statement.names):
        raise Unnamed(f"{build.__qualname__}: {sorted(unnamed)}")
    return statement


@singledispatch
def told_apart(value: Any, name: str) -> tuple[Hashable, Values]:
    """Return what of an argument belongs to the shape, and what are values, by name."""
    raise TypeError(f"{name}: a {type(value).__name__} has no shape")


@told_apart.register(type(None))
@told_apart.register(bool)
@told_apart.register(StrEnum)
def _constant(value: Any, name: str) -> tuple[Hashable, Values]:
    return (name, value), {}


@told_apart.register(int)
@told_apart.register(str)
@told_apart.register(UUID)
@told_apart.register(date)
@told_apart.register(datetime)
@told_apart.register(list)
def _value(value: Any, name: str) -> tuple[Hashable, Values]:
    return (name,), {name: value}


@told_apart.register(Caller)
def _caller(caller: Caller, _: str) -> tuple[Hashable, Values]:
    if caller.sees_everything:
        return caller.role, {}
    return (caller.role, bool(caller.body_ids)), {"body_ids": list(caller.body_ids)} if caller.body_ids else {}


@told_apart.register(Moment)
def _moment(moment: Moment, _: str) -> tuple[Hashable, Values]:
    return (moment.name, moment.known_at is None), moment.values()


@told_apart.register(Filters)
def _filters(filters: Filters, _: str) -> tuple[Hashable, Values]:
    return filters.shape(), filters.values()


@told_apart.register(After)
def _after(after: After, _: str) -> tuple[Hashable, Values]:
    return len(after.keys), after.values()
