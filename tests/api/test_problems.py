"""Problems (RFC 9457): their shape, their language, their pages, and the id of the request."""

import re

import httpx
import pytest

from tests.api.asking import problem_of
from tests.given import TRAINING, Service

ENGLISH, VIETNAMESE = (
    "There is nothing here, or nothing that this caller may know of.",
    "Không tìm thấy, hoặc không có quyền xem.",
)


async def test_a_problem_says_what_it_is_and_where_to_read_on(service: Service) -> None:
    response = await service.police.report(TRAINING, "done")

    problem = problem_of(response, 422, "malformed-content")
    assert set(problem) == {"type", "title", "status", "errors", "request_id"}
    assert [set(fault) for fault in problem["errors"]] == [{"pointer", "detail"}]
    assert response.headers["cache-control"] == "no-store"


async def test_the_type_of_a_problem_is_a_page_in_both_languages(service: Service) -> None:
    problem = problem_of(await service.http.get("/v1/nothing"), 404, "not-found")

    page = await service.http.get(problem["type"])

    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert ENGLISH in page.text
    assert VIETNAMESE in page.text


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        (None, "en"),
        ("en", "en"),
        ("vi", "vi"),
        ("vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("en-GB,en;q=0.9,vi;q=0.8", "en"),
        ("VI", "vi"),
        ("fr, vi;q=0.2", "vi"),
        ("fr", "en"),
        ("*", "en"),
        ("vi;q=0, en", "en"),
        ("vi;q=x", "en"),
    ],
)
async def test_the_title_is_in_the_language_that_is_asked_for(
    service: Service, wish: str | None, language: str
) -> None:
    response = await service.police.get(
        "/v1/plans/unknown", headers={"Accept-Language": wish} if wish else {"Accept-Language": ""}
    )

    assert problem_of(response, 404, "not-found")["title"] == {"en": ENGLISH, "vi": VIETNAMESE}[language]
    assert response.headers["content-language"] == language
    assert "Accept-Language" in response.headers["vary"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", f"/v1/obligations/{TRAINING}"), ("PUT", "/v1/plans"), ("GET", "/v1/oauth/token"), ("POST", "/healthz")],
)
async def test_a_method_that_a_resource_does_not_offer_is_named_and_the_ones_it_offers_too(
    service: Service, method: str, path: str
) -> None:
    response = await service.http.request(method, path)

    problem_of(response, 405, "method-not-allowed")
    assert response.headers["allow"]


@pytest.mark.parametrize("path", ["/v1", "/v1/nothing", "/v2/plans", "/problems/unknown", "/docs/static/unknown"])
async def test_an_address_that_leads_nowhere_is_a_problem_too(service: Service, path: str) -> None:
    problem_of(await service.http.get(path), 404, "not-found")


async def test_a_caller_without_a_token_is_told_what_is_needed(service: Service) -> None:
    response = await service.http.get("/v1/plans")

    problem_of(response, 401, "not-authenticated")
    assert response.headers["www-authenticate"].startswith("Bearer")


async def test_a_request_keeps_the_id_that_it_came_with(service: Service) -> None:
    for path in ("/healthz", "/v1/nothing"):
        response = await service.http.get(path, headers={"X-Request-Id": "tour-1.a_B"})
        assert response.headers.get_list("x-request-id") == ["tour-1.a_B"]


@pytest.mark.parametrize("given", ["", " ", "a b", "x" * 65, "a\tb", "<b>", "é"])
async def test_an_id_that_could_do_harm_in_a_log_is_replaced(service: Service, given: str) -> None:
    request = service.http.build_request("GET", "/healthz")
    request.headers = httpx.Headers([*request.headers.raw, (b"x-request-id", given.encode("latin-1"))])

    response = await service.http.send(request)

    assert re.fullmatch(r"[0-9a-f]{32}", response.headers["x-request-id"])


async def test_two_requests_have_two_ids(service: Service) -> None:
    seen = {(await service.http.get("/healthz")).headers["x-request-id"] for _ in range(5)}

    assert len(seen) == 5


async def test_the_documentation_needs_no_internet(service: Service) -> None:
    page = (await service.http.get("/docs")).text

    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert loaded
    assert [one for one in loaded if not one.startswith("/")] == []
    assert {(await service.http.get(one)).status_code for one in loaded} == {200}


async def test_the_openapi_document_is_served(service: Service) -> None:
    document = (await service.http.get("/openapi.json")).json()

    assert document["openapi"].startswith("3.1")
    assert "/v1/plans/{plan}/status" in document["paths"]


async def test_a_failure_of_ours_is_a_problem_that_says_nothing_of_it(service: Service) -> None:
    service.app.state.database = None

    response = await service.police.get("/v1/plans")

    problem = problem_of(response, 500, "internal-fault")
    assert set(problem) == {"type", "title", "status", "request_id"}
