"""What the document promises, asked for real: tokens, scopes, versions, idempotency, sizes, media types, examples."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from app.domain.access import MAY
from app.main import MAX_BODY_BYTES
from tests.api.asking import EVERYTHING_KNOWN
from tests.contract.document import OPERATIONS, PROBLEM, READS, SECURED, WITH_BODY, WRITES, Operation, best
from tests.given import CHARACTERS, INVESTIGATION, Service

PUBLIC = {
    "/",
    "/.well-known/api-catalog",
    "/.well-known/jwks.json",
    "/.well-known/oauth-authorization-server",
    "/.well-known/security.txt",
    "/asyncapi.json",
    "/docs",
    "/docs/guide",
    "/docs/guide/{name}",
    "/docs/static/{path}",
    "/healthz",
    "/openapi.json",
    "/problems",
    "/problems/{slug}",
    "/readyz",
    "/v1/calendar/{token}.ics",
    "/v1/receipts/{id}",
    "/v1/oauth/revoke",
    "/v1/oauth/token",
}
"""Everything that answers a caller without a token; whatever else there is refuses one."""
ROLES = ["police", "coordinator", "integrator", "admin"]


def _routes(app: FastAPI) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for route in iter_route_contexts(app.routes):
        path = str(getattr(route, "path_format", None) or route.path)
        found.setdefault(path, set()).update(route.methods or {"GET"})
    return found


async def test_whoever_shows_no_token_is_refused_everywhere_but_on_the_public_list(service: Service) -> None:
    routes = _routes(service.app)

    assert set(routes) >= PUBLIC
    # Pages take no token: see tests/api/test_desk_door.py.
    called = {path: methods for path, methods in routes.items() if path not in PUBLIC and not path.startswith("/desk")}
    for path, methods in called.items():
        for method in methods:
            response = await service.http.request(method, re.sub(r"\{\w+\}", str(INVESTIGATION), path))
            assert response.status_code == 401, (method, path)
            assert response.headers["content-type"] == PROBLEM
            assert response.headers["www-authenticate"].startswith("Bearer ")


async def test_the_document_tells_of_every_route_but_the_pages_for_people(service: Service) -> None:
    # Generators of clients take a parameter called `body` for a request's body: the document calls it otherwise.
    told = {operation.path.replace("{body_code}", "{body}") for operation in OPERATIONS}

    untold = {"/", "/asyncapi.json", "/openapi.json", "/.well-known/api-catalog", "/.well-known/security.txt"}
    assert {path for path in set(_routes(service.app)) - told if not path.startswith("/desk")} == {
        path for path in PUBLIC if path in untold or path.startswith(("/docs", "/problems"))
    }
    assert {operation.path for operation in OPERATIONS if not operation.act} == told & PUBLIC


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("operation", SECURED, ids=str)
async def test_a_role_is_let_in_exactly_where_the_table_says(service: Service, operation: Operation, role: str) -> None:
    assert operation.act
    allowed = CHARACTERS[role][0] in MAY[operation.act]

    response = await operation.ask(service, role)

    assert (response.status_code < 300, response.status_code == 403) == (allowed, not allowed) or (
        # A coordinator enters paper reports only, and the first example is an owner's.
        (role, response.json()["type"]) == ("coordinator", "/problems/paper-report-incomplete")
    )
    assert allowed or "403" in operation.answers
    assert operation.undocumented(response) == set()


@pytest.mark.parametrize("operation", READS, ids=str)
async def test_a_read_has_an_etag_and_is_not_sent_twice(service: Service, operation: Operation) -> None:
    when = {name: EVERYTHING_KNOWN for name in ("as_of", "known_at") if name in operation.parameters}
    first = await operation.ask(service, best(operation), params=when)
    etag, token = first.headers["etag"], first.request.headers["authorization"]

    again = await service.http.get(first.request.url, headers={"Authorization": token, "If-None-Match": etag})

    assert (again.status_code, again.headers["etag"], again.content) == (304, etag, b"")
    assert "If-None-Match" in operation.parameters
    assert operation.headers(200) >= {"ETag", "Cache-Control", "X-Request-Id"}
    assert operation.headers(304) >= {"ETag", "Cache-Control", "X-Request-Id"}
    assert operation.undocumented(first) | operation.undocumented(again) == set()


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.method == "GET"], ids=str)
async def test_head_is_answered_as_get_is_without_a_body(service: Service, operation: Operation) -> None:
    brief = {"lasting": 0} if "lasting" in operation.parameters else {}
    got = await operation.ask(service, best(operation) if operation.act else None, params=brief)
    sent = {name: value for name, value in got.request.headers.items() if name == "authorization"}

    head = await service.http.head(got.request.url, headers=sent)

    assert (head.status_code, head.content) == (got.status_code, b"")
    assert head.headers.keys() == got.headers.keys()
    # A page that leads to another one has a cursor, which is new each time.
    new = {"x-request-id", *(("link", "etag", "content-length") if "link" in got.headers else ())}
    assert [name for name in head.headers.keys() - new if head.headers[name] != got.headers[name]] == []


@pytest.mark.parametrize("operation", WRITES, ids=str)
async def test_a_write_is_repeated_under_its_key_without_effect(service: Service, operation: Operation) -> None:
    key = {"Idempotency-Key": "contract-1"}

    first = await operation.ask(service, best(operation), headers=key)
    again = await service.http.send(first.request)

    assert (first.status_code, again.status_code) == (int(operation.success),) * 2
    assert _kept(again.content) == _kept(first.content)
    assert again.headers["idempotent-replayed"] == "true"
    assert "Idempotency-Key" in operation.parameters
    assert operation.headers(operation.success) >= {"Idempotent-Replayed"}
    assert operation.success == "204" or operation.headers(operation.success) >= {"ETag"}
    assert operation.success != "201" or operation.headers(operation.success) >= {"Location"}
    assert operation.problems >= {"request-in-flight", "idempotency-key-reused"}
    assert operation.undocumented(first) | operation.undocumented(again) == set()


def _kept(content: bytes) -> str:
    """Return what a retry gets as well: not a secret, which is shown once."""
    return re.sub(r'"(?:(?:client_)?secret|link)":(?:null|"[^"]+")', "", content.decode("latin-1"))


@pytest.mark.parametrize("operation", WRITES, ids=str)
async def test_a_write_that_honours_if_match_says_so_and_no_other_does(service: Service, operation: Operation) -> None:
    response = await operation.ask(service, best(operation), headers={"If-Match": '"99"'})

    honoured = response.status_code == 412
    assert ("If-Match" in operation.parameters, "412" in operation.answers) == (honoured, honoured)
    assert honoured == ("{id}" in operation.path)


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
async def test_what_is_too_large_is_refused_as_told(service: Service, operation: Operation) -> None:
    sent = {"content": b" " * (MAX_BODY_BYTES + 1), "headers": {"Content-Type": operation.media_type}}

    response = await operation.ask(service, best(operation), **sent)

    assert response.status_code == 413
    assert "413" in operation.answers
    assert operation.undocumented(response) == set()


@pytest.mark.parametrize("operation", WRITES, ids=str)
async def test_another_media_type_is_refused_as_told(service: Service, operation: Operation) -> None:
    response = await operation.ask(service, best(operation), content=b"<x/>", headers={"Content-Type": "text/xml"})

    assert response.status_code == 415
    assert "415" in operation.answers
    assert operation.undocumented(response) == set()


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
async def test_a_body_that_cannot_be_read_is_refused_as_told(service: Service, operation: Operation) -> None:
    in_parts = {"content": b"--x\r\nContent-Disposition: x", "headers": {"Content-Type": "multipart/form-data"}}
    in_json = {"content": b"{", "headers": {"Content-Type": "application/json"}}

    response = await operation.ask(
        service, best(operation), **(in_json if operation.media_type == "application/json" else in_parts)
    )

    assert response.status_code == 400
    assert "400" in operation.answers
    assert operation.undocumented(response) == set()


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if "cursor" in one.parameters], ids=str)
async def test_a_page_leads_to_the_next_one_as_told(service: Service, operation: Operation) -> None:
    response = await operation.ask(service, best(operation), params={"limit": 1})

    assert 'rel="next"' in response.headers["link"]
    assert "Link" in operation.headers(200)
    assert "broken-cursor" in operation.problems
    assert operation.undocumented(response) == set()


def _examples_of_reads() -> list[Any]:
    return [
        pytest.param(example, id=f"{operation}-{name}")
        for operation in OPERATIONS
        for name, example in operation.responses.items()
        if example["summary"].startswith("GET ")
    ]


@pytest.mark.parametrize("example", _examples_of_reads())
async def test_an_example_of_a_read_is_what_the_service_answers(service: Service, example: dict[str, Any]) -> None:
    path = quote(example["summary"].removeprefix("GET "), safe="/?&=.-")
    token = {"Authorization": f"Bearer {service.coordinator.token()}"}

    answer = (await service.http.get(path, headers=token)).json()

    shown = example["value"]
    if "description" in example:
        assert example["description"].startswith("Shortened")
        answer["items"] = [item for item in answer["items"] if item in shown["items"]]
    assert answer == shown


OURS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+Z")
"""Ids and instants, which are new each time."""


async def test_the_example_of_a_form_is_what_the_service_answers(service: Service) -> None:
    (operation,) = (one for one in OPERATIONS if str(one) == "importForm")

    answer = await operation.ask(service, "police")

    assert _scrubbed(answer.json()) == _scrubbed(next(iter(operation.responses.values()))["value"])


async def test_the_examples_of_writes_tell_one_story_that_the_service_tells_too(service: Service) -> None:
    named = {str(operation): operation for operation in OPERATIONS}
    told = {name: next(iter(one.responses.values()))["value"] for name, one in named.items() if one.responses}

    reported = await named["reportUpdate"].ask(service, "police")
    attached = await named["attachEvidence"].ask(service, "police")
    evidence = await service.police.get(f"/v1/evidence/{attached.json()['id']}")
    history = await service.police.get(f"/v1/obligations/{INVESTIGATION}/history")
    cycle = await named["openCycle"].ask(service, "coordinator")

    answers = {
        "reportUpdate": reported,
        "attachEvidence": attached,
        "getEvidence": evidence,
        "getHistory": history,
        "openCycle": cycle,
    }
    for name, answer in answers.items():
        assert _scrubbed(answer.json()) == _scrubbed(told[name]), name


def _scrubbed(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: _scrubbed(value) for name, value in node.items()}
    if isinstance(node, list):
        return [_scrubbed(one) for one in node]
    return OURS.sub("…", node) if isinstance(node, str) else node


@pytest.mark.parametrize(("operation", "name"), [(one, name) for one in WRITES for name in one.requests], ids=str)
async def test_an_example_of_what_to_send_is_accepted(service: Service, operation: Operation, name: str) -> None:
    role = "coordinator" if name == "paper" else best(operation)

    response = await operation.ask(service, role, json=operation.requests[name]["value"])

    assert response.status_code == int(operation.success), response.text
