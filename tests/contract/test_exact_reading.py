"""Whatever the service takes is read exactly, at every address: proved from the document and the shapes themselves."""

from collections.abc import Iterator
from decimal import Decimal
from json import JSONDecodeError
from typing import Any

import pytest
from pydantic import ValidationError

from app.schemas.base import RequestModel
from app.web.json_body import JSON, read_json
from tests.api.asking import problem_of
from tests.api.hostile import MARKER, filled, operations
from tests.given import Service


def request_models(of: type[RequestModel] = RequestModel) -> Iterator[type[RequestModel]]:
    """Find every shape of the application's that a caller sends."""
    for model in of.__subclasses__():
        if model.__module__.startswith("app."):
            yield model
        yield from request_models(model)


@pytest.mark.parametrize("text", [f"\0{MARKER}", f"{MARKER}\ud800"], ids=["NUL", "lone surrogate"])
def test_no_field_takes_text_that_cannot_be_stored(text: str) -> None:
    models = list(request_models())
    assert len(models) > 5

    for model in models:
        with pytest.raises(ValidationError) as caught:
            model.model_validate(dict.fromkeys(model.model_fields, text))
        assert {str(one["loc"][0]) for one in caught.value.errors()} == set(model.model_fields), model


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
async def test_no_operation_reads_a_name_that_comes_twice(service: Service, method: str) -> None:
    for path, operation in operations(service.app, method).items():
        if JSON in operation.get("requestBody", {}).get("content", {}):
            response = await service.coordinator.send(filled(path), b'{"a": 1, "a": 1}', method=method)
            problem_of(response, 400, "unreadable-request")


@pytest.mark.parametrize(
    ("content", "value"),
    [
        ('{"a": 0.1}', {"a": Decimal("0.1")}),
        ("[1, -1, 1e2, 0.30000000000000004]", [1, -1, Decimal("1e2"), Decimal("0.30000000000000004")]),
        ("123456789012345678901234567890", 123456789012345678901234567890),
        ('"Đôn đốc \\u0110 \\ud83d\\ude00"', "Đôn đốc Đ 😀"),
        (' {"a": {"a": [null, true, false]}} ', {"a": {"a": [None, True, False]}}),
    ],
)
def test_json_is_read_as_it_was_written(content: str, value: Any) -> None:
    assert read_json(content.encode()) == value


@pytest.mark.parametrize("name", ["a", "", "\\u0061", "đ"])
def test_a_name_comes_once_at_every_depth(name: str) -> None:
    twice = f'{{"{name}": 1, "{name}": 1}}'

    for content in (twice, f"[{twice}]", f'{{"b": {{"c": [{twice}]}}}}'):
        with pytest.raises(JSONDecodeError):
            read_json(content.encode())
