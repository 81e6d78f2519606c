"""What validation finds becomes a place and a sentence; neither repeats what was sent."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, AnyUrl, Field, StringConstraints, TypeAdapter, ValidationError

from app.domain.errors import Fault
from app.schemas.base import RequestModel, Wrong
from app.web.problems.faults import faults
from tests.api.hostile import MARKER


def _quoting(text: str) -> str:
    raise ValueError(f"invalid: {text!r}")


def _ours(text: str) -> str:
    raise Wrong("must be something else")


class Colour(StrEnum):
    """A choice."""

    RED = "red"


class Dog(RequestModel):
    """One of two kinds."""

    kind: Literal["dog"]
    legs: int


class Cat(RequestModel):
    """The other of two kinds."""

    kind: Literal["cat"]
    kittens: tuple["Pet", ...]


Pet = Annotated[Dog | Cat, Field(discriminator="kind")]
Cat.model_rebuild()


def found(shape: Any, value: Any) -> list[Fault]:
    """Validate a body, and say what is wrong with it."""
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(shape).validate_python(value)
    error = RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in caught.value.errors()], body=value)
    return list(faults(error.errors(), error.body))


@pytest.mark.parametrize(
    "shape",
    [
        UUID,
        date,
        datetime,
        int,
        bool,
        Decimal,
        AnyUrl,
        Colour,
        Literal["red"],
        Annotated[str, AfterValidator(_quoting)],
        Annotated[str, StringConstraints(pattern=r"^\d$")],
        Annotated[str, StringConstraints(max_length=3)],
    ],
)
def test_a_sentence_never_holds_the_value(shape: Any) -> None:
    (fault,) = found(shape, f"§{MARKER}")

    assert fault.pointer == ""
    assert fault.detail
    assert "§" not in fault.detail


def test_our_own_sentence_is_shown() -> None:
    assert found(Annotated[str, AfterValidator(_ours)], MARKER) == [Fault("", "must be something else")]


def test_a_pointer_leads_through_what_was_sent_and_names_no_kind() -> None:
    sent = {"kind": "cat", "kittens": [{"kind": "dog", "legs": 4}, {"kind": "cat", "kittens": [{"kind": "dog"}]}]}

    assert found(Pet, sent) == [Fault("/kittens/1/kittens/0/legs", "is needed")]


def test_an_unknown_field_is_placed_where_it_stands_and_not_named() -> None:
    sent = {"kind": "cat", "kittens": [{"kind": "dog", "legs": 4, MARKER: 1}]}

    assert found(Pet, sent) == [Fault("/kittens/0", "holds a field that is not known here")]


@pytest.mark.parametrize("kind", [MARKER, [MARKER], None, 1, {}])
def test_an_unknown_kind_is_not_named(kind: Any) -> None:
    (fault,) = found(Pet, {"kind": kind})

    assert fault.pointer == ""
    assert MARKER not in fault.detail


def test_many_faults_are_cut_short() -> None:
    sent = {"kind": "cat", "kittens": [{"kind": "dog"}] * 1_000}

    assert len(found(Pet, sent)) == 50
