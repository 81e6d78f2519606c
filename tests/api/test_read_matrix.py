"""Who is given the bytes of whose file: role × classification × poster, before and after a succession."""

from typing import Any

import pytest

from app.domain.access import Classification
from tests.api.asking import problem_of
from tests.api.test_successions import CHILDREN, decide, labour
from tests.files import pdf, sha256
from tests.given import TOURISTS, Caller, Service

EVERYBODY = ("police", "culture", "health", "labour", "court", "coordinator", "auditor", "integrator", "admin")
PAPER: dict[str, Any] = {"received_on": "2026-11-20", "document_number": "9/BC-CATP"}
ALL = {"police", "culture", "health", "labour", "coordinator", "auditor", "integrator"}
READERS: dict[tuple[str, str], set[str]] = {
    ("police", "public"): ALL,
    ("police", "internal"): ALL - {"integrator"},
    ("police", "restricted"): {"police", "coordinator", "auditor"},
    ("culture", "public"): ALL,
    ("culture", "internal"): ALL - {"integrator"},
    ("culture", "restricted"): {"police", "culture", "coordinator", "auditor"},
    ("coordinator", "public"): ALL,
    ("coordinator", "internal"): ALL - {"integrator"},
    ("coordinator", "restricted"): {"police", "coordinator", "auditor"},
}
"""A duty of the police that culture and other departments coordinate; the coordinator enters papers of the police."""


async def assert_given(service: Service, evidence: str, content: bytes, readers: set[str]) -> None:
    """Let everybody ask for the bytes, and the coordinator for who was given them."""
    before = len(await reads(service.coordinator, evidence))
    for name in EVERYBODY:
        answer = await getattr(service, name).get(f"/v1/evidence/{evidence}/content")
        if name in readers:
            assert (answer.status_code, answer.content) == (200, content), name
        elif name == "admin":
            problem_of(answer, 403, "not-allowed")
        else:
            problem_of(answer, 404, "not-found")
    given = await reads(service.coordinator, evidence)
    assert {(one["name"], one["sha256"]) for one in given} == {(name, sha256(content)) for name in readers}
    assert len(given) == before + len(readers)


async def reads(who: Caller, evidence: str) -> list[dict[str, Any]]:
    """Return who was given the bytes of a file."""
    items: list[dict[str, Any]] = (await who.get(f"/v1/evidence/{evidence}/reads")).json()["items"]
    return items


@pytest.mark.parametrize(("poster", "classification"), READERS)
async def test_bytes_are_given_to_whom_the_classification_lets_have_them(
    service: Service, poster: str, classification: str
) -> None:
    content = pdf(f"{poster} {classification}")
    own = PAPER if poster == "coordinator" else {}

    file = await getattr(service, poster).upload(TOURISTS, content, classification=classification, **own)

    await assert_given(service, file["id"], content, READERS[poster, classification])


@pytest.mark.parametrize("classification", Classification)
async def test_what_a_predecessor_posted_is_the_successors_to_read_as_well(
    service: Service, classification: Classification
) -> None:
    content = pdf(classification)
    file = await service.labour.upload(labour(), content, classification=classification)
    assert (await decide(service.coordinator, CHILDREN)).status_code == 201

    anybody = {"integrator"} if classification is Classification.PUBLIC else set()
    await assert_given(service, file["id"], content, {"labour", "health", "coordinator", "auditor"} | anybody)


async def test_a_successor_posts_what_the_predecessor_may_not_see_or_send(service: Service) -> None:
    announced = (await service.labour.announce(labour(), pdf())).json()["id"]
    assert (await decide(service.coordinator, CHILDREN)).status_code == 201

    file = await service.health.upload(labour(), pdf("Tiếp theo"), classification="restricted")

    problem_of(await service.labour.get(f"/v1/evidence/{file['id']}/content"), 404, "not-found")
    for nobody in (service.labour, service.health):
        problem_of(await nobody.put(announced, pdf()), 404, "not-found")
