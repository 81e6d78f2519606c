"""The OpenAPI document: a checked-in snapshot, whole, free of what a framework says for all services."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31

from app.domain.access import SUMMARIES
from tests.contract.document import DOCUMENT, OPERATIONS, PROBLEM, READS, WITH_BODY, Json, Operation, resolved
from tests.contract.snapshot import SENT, SNAPSHOT, app_without_database, spelled, spelled_sent


def test_the_document_is_the_one_that_is_checked_in() -> None:
    app = app_without_database()

    assert spelled(app) == SNAPSHOT.read_text("utf-8"), (
        "The OpenAPI document has changed: run `make openapi`, and read the diff."
    )
    assert spelled_sent(app) == SENT.read_text("utf-8"), (
        "The AsyncAPI document has changed: run `make openapi`, and read the diff."
    )


def test_the_document_is_openapi_3_1() -> None:
    # A relative address of the token endpoint holds wherever the service runs (RFC 3986, section 4.2).
    schema = jsonschema_rs.Draft202012Validator(OPENAPI_31, validate_formats=False)

    assert DOCUMENT["openapi"].startswith("3.1.")
    assert [error.message for error in schema.iter_errors(DOCUMENT)] == []


def test_every_reference_leads_somewhere_and_every_component_is_used() -> None:
    text = json.dumps(DOCUMENT)
    referred = set(re.findall(r'"#/components/([^"]+)"', text))
    components = {f"{part}/{name}" for part, some in DOCUMENT["components"].items() for name in some}

    assert referred - components == set()
    assert components - referred == {"securitySchemes/clients"}


def test_nothing_is_left_that_the_framework_says_for_all_services() -> None:
    text = json.dumps(DOCUMENT)

    leftovers = ["Successful Response", "Validation Error", "HTTPValidationError", "Body_", "x-problems"]
    assert [one for one in leftovers if one in text] == []


def test_no_two_operations_share_an_id_or_a_summary() -> None:
    for name in ("operationId", "summary"):
        counted = Counter(operation.shown[name] for operation in OPERATIONS)
        assert [value for value, count in counted.items() if count > 1] == []


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_an_operation_says_what_it_does(operation: Operation) -> None:
    known = {tag["name"] for tag in DOCUMENT["tags"] if tag["description"]}

    assert operation.shown["tags"]
    assert set(operation.shown["tags"]) <= known
    assert operation.shown["summary"]
    assert operation.shown["description"].endswith(".")
    assert [name for name, one in operation.parameters.items() if not one.get("description")] == []
    assert [status for status, answer in operation.answers.items() if not answer["description"]] == []


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_an_operation_that_needs_a_token_names_the_one_scope_that_it_needs(operation: Operation) -> None:
    scopes = DOCUMENT["components"]["securitySchemes"]["clients"]["flows"]["clientCredentials"]["scopes"]

    assert scopes == {act.value: summary for act, summary in SUMMARIES.items()}
    if operation.shown["security"]:
        [needed] = operation.shown["security"]
        [scope] = needed["clients"]
        assert scope in scopes


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_refusals_are_problems_with_an_example_of_each_kind(operation: Operation) -> None:
    refusals = {status: answer for status, answer in operation.answers.items() if status >= "400"}

    assert refusals
    for status, answer in refusals.items():
        [content] = answer["content"].items()
        media_type, shown = content
        # RFC 6749, section 5.2, wants plain JSON of its two endpoints.
        wanted = "application/json" if operation.shown["operationId"] in {"issueToken", "revokeToken"} else PROBLEM
        assert (media_type, shown["schema"]) == (wanted, {"$ref": "#/components/schemas/Problem"})
        examples = {name: resolved(one)["value"] for name, one in shown["examples"].items()}
        assert {(name, str(one["status"])) for name, one in examples.items()} == {(name, status) for name in examples}
        assert {one["type"] for one in examples.values()} == {f"/problems/{name}" for name in examples}


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_what_is_sent_and_what_comes_back_has_an_example(operation: Operation) -> None:
    assert operation.responses or not operation.shows_json
    assert operation.requests or "requestBody" not in operation.shown


def _objects(node: Any, place: str = "") -> Iterator[tuple[str, Json]]:
    """Yield every object of the document, with the place where it stands; examples are no part of it."""
    if isinstance(node, dict):
        yield place, node
    steps = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, inner in steps:
        if step not in {"example", "examples", "value"}:
            yield from _objects(inner, f"{place}/{step}")


def _examples(node: Json) -> Iterator[tuple[Json, Any]]:
    """Yield the examples of a schema, or of a parameter, a header or some content, with the schema that they fit."""
    examples = node.get("examples", ())
    if isinstance(examples, list):
        yield from ((node, value) for value in examples)
    if isinstance(examples, dict) and "schema" in node:
        yield from ((node["schema"], resolved(one)["value"]) for one in examples.values())
    if "example" in node:
        yield node["schema"], node["example"]


def test_every_example_fits_its_schema() -> None:
    checked = 0
    for place, node in _objects(DOCUMENT):
        for schema, value in _examples(node):
            whole = {**schema, "components": DOCUMENT["components"]}
            validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
            assert [error.message for error in validator.iter_errors(value)] == [], place
            checked += 1

    assert checked > len(READS) + len(WITH_BODY)


def test_a_parameter_is_left_out_when_there_is_none_and_is_never_null() -> None:
    for operation in OPERATIONS:
        for name, parameter in operation.parameters.items():
            assert '"null"' not in json.dumps(parameter["schema"]), (str(operation), name)
