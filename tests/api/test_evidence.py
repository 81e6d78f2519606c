"""POST /v1/obligations/{id}/evidence and GET /v1/evidence/{id}."""

from typing import Any
from uuid import UUID

import pytest

from tests.api.asking import problem_of, rows_of
from tests.given import DOCUMENT, LINK, TRAINING, Service

PATH = f"/v1/obligations/{TRAINING}/evidence"


async def test_owner_attaches_a_document_and_reads_it_back(service: Service) -> None:
    response = await service.police.attach(TRAINING)

    assert response.status_code == 201
    attached = response.json()
    assert {name: attached[name] for name in DOCUMENT} == DOCUMENT
    assert (attached["obligation"], attached["body"], attached["url"]) == (str(TRAINING), "cong-an", None)
    assert (attached["received_at"], attached["withdrawn_at"]) == ("2026-11-24T03:00:00Z", None)
    assert (await service.police.get(response.headers["location"])).json() == attached


async def test_owner_attaches_a_link(service: Service) -> None:
    response = await service.police.post(PATH, LINK)

    assert response.status_code == 201
    assert {name: response.json()[name] for name in LINK} == LINK
    assert (response.json()["number"], response.json()["issued_on"], response.json()["issuer"]) == (None, None, None)


async def test_a_document_need_not_say_who_issued_it(service: Service) -> None:
    sent = {name: value for name, value in DOCUMENT.items() if name != "issuer"}

    response = await service.police.post(PATH, sent)

    assert (response.status_code, response.json()["issuer"]) == (201, None)


async def test_an_address_is_kept_as_it_was_written(service: Service) -> None:
    written = "HTTPS://Example.org:443/tin%20tức/?q=ơ&b=%C3%A9#đoạn"

    response = await service.police.post(PATH, LINK | {"url": written})

    assert response.json()["url"] == written


async def test_evidence_alone_completes_nothing(service: Service) -> None:
    await service.police.attach(TRAINING)

    shown = await service.police.standing(TRAINING)
    assert (shown["status"], shown["missing"], shown["evidence_count"]) == ("overdue", ["report"], 1)


async def test_evidence_counts_the_obligations_version_up(service: Service) -> None:
    await service.police.attach(TRAINING)
    await service.police.post(PATH, LINK)

    assert (await service.police.standing(TRAINING))["version"] == 3


@pytest.mark.parametrize(
    ("classification", "readers"),
    [
        ("public", {"police", "coordinator", "integrator"}),
        ("internal", {"police", "coordinator"}),
        ("restricted", {"police", "coordinator"}),
    ],
)
async def test_the_classification_says_who_may_read(service: Service, classification: str, readers: set[str]) -> None:
    attached = (await service.police.attach(TRAINING, classification=classification)).json()["id"]

    answers = {
        name: (await getattr(service, name).get(f"/v1/evidence/{attached}")).status_code
        for name in ("police", "coordinator", "integrator", "health", "culture", "admin")
    }

    others = dict.fromkeys(("integrator", "health", "culture"), 404) | {"admin": 403}
    assert answers == others | dict.fromkeys(readers, 200)


async def test_the_evidence_inside_an_update_can_be_read_by_its_own_address(service: Service) -> None:
    reported = (await service.police.report(TRAINING, evidence=[DOCUMENT, LINK])).json()["update"]["evidence"]

    for attached in reported:
        assert (await service.police.get(f"/v1/evidence/{attached['id']}")).json() == attached
    assert [attached["kind"] for attached in reported] == ["document", "link"]


@pytest.mark.parametrize("name", ["health", "culture", "integrator"])
async def test_evidence_that_one_may_not_know_looks_like_evidence_that_is_not_there(
    service: Service, name: str
) -> None:
    attached = (await service.police.attach(TRAINING)).json()["id"]

    hidden, absent = [await getattr(service, name).get(f"/v1/evidence/{one}") for one in (attached, UUID(int=0))]

    hidden_problem, absent_problem = [problem_of(one, 404, "not-found") for one in (hidden, absent)]
    assert hidden_problem | {"request_id": ""} == absent_problem | {"request_id": ""}


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "file"},
        {"kind": None},
        {"classification": "secret"},
        {"title": " "},
        {"title": "x" * 501},
        {"issuer": ""},
        {"issuer": "x" * 301},
        {"issued_on": "14/6/2021"},
        {"issued_on": 1623628800},
        {"issued_on": "1623628800"},
        {"number": None},
        {"url": "https://example.org"},
        {"colour": "red"},
    ],
)
async def test_a_document_that_is_not_as_it_must_be_is_refused(service: Service, wrong: dict[str, Any]) -> None:
    before = await rows_of(service)

    problem_of(await service.police.post(PATH, DOCUMENT | wrong), 422, "malformed-content")

    assert await rows_of(service) == before


@pytest.mark.parametrize("field", [name for name in DOCUMENT if name != "issuer"])
async def test_nothing_of_a_document_can_be_left_out_but_its_issuer(service: Service, field: str) -> None:
    sent = {name: value for name, value in DOCUMENT.items() if name != field}

    problem_of(await service.police.post(PATH, sent), 422, "malformed-content")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "ftp://example.org",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://",
        "https://a b.org",
        "https://name:password@example.org",
        "https://example.org/" + "x" * 2000,
        # A parser of addresses drops these; whoever shows the text as it was written would not.
        " https://example.org",
        "https://example.org/\n",
        "ht\ntps://example.org",
        "java\tscript:alert(1)",
        "https:example.org",
        "https:///example.org",
        "https://example.org\\@example.com",
        "https://example.org/\u202egnp.exe",
    ],
)
async def test_what_is_no_web_address_is_refused(service: Service, url: str) -> None:
    problem_of(await service.police.post(PATH, LINK | {"url": url}), 422, "malformed-content")


@pytest.mark.parametrize("name", ["health", "culture"])
async def test_evidence_for_another_bodys_obligation_is_not_found(service: Service, name: str) -> None:
    before = await rows_of(service)

    problem_of(await getattr(service, name).attach(TRAINING), 404, "not-found")

    assert await rows_of(service) == before


@pytest.mark.parametrize("name", ["integrator", "admin"])
async def test_who_owns_nothing_cannot_attach(service: Service, name: str) -> None:
    problem_of(await getattr(service, name).attach(TRAINING), 403, "not-allowed")
