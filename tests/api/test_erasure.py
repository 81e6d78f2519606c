"""POST /v1/evidence/{id}/erasure: the words and the bytes go, the fact stays."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.commands.tidying import Tidied
from app.database.failures import sqlstate_of
from app.models import IdempotencyRecord
from app.models.base import table
from tests.api.asking import problem_of, rows_of
from tests.api.test_tidying import tidied
from tests.files import pdf
from tests.given import DOCUMENT, LINK, TRAINING, Service

CONTENT = pdf("Tài liệu nhạy cảm", size=4000)
WHY = {"reason": "Theo yêu cầu của người giám hộ.", "legal_basis": "Luật số 91/2025/QH15, Điều 14"}


def kept(service: Service) -> list[bytes]:
    """Return what is kept, whole."""
    folder: Path = service.app.state.settings.evidence_dir
    return [path.read_bytes() for path in (folder / "files").glob("*/*")]


async def test_an_erasure_takes_the_bytes_and_the_words_and_leaves_the_fact(service: Service) -> None:
    evidence = await service.police.upload(TRAINING, CONTENT)
    path = f"/v1/evidence/{evidence['id']}"
    assert CONTENT in kept(service)
    service.clock.now += timedelta(minutes=1)

    response = await service.coordinator.post(f"{path}/erasure", WHY)

    assert response.status_code == 201
    gone = dict.fromkeys(("title", "file_name"))
    assert response.json() == evidence | gone | {"erased_at": "2026-11-24T03:01:00Z"}
    assert CONTENT not in kept(service)
    assert (await service.police.get(path)).json() == response.json()
    problem_of(await service.police.get(f"{path}/content"), 410, "evidence-erased")
    problem_of(await service.police.put(evidence["id"], CONTENT), 410, "evidence-erased")


async def test_the_history_says_who_erased_what_and_why(service: Service) -> None:
    evidence = await service.police.upload(TRAINING, CONTENT)
    await service.coordinator.post(f"/v1/evidence/{evidence['id']}/erasure", WHY)

    first, last = (await service.police.get(f"/v1/obligations/{TRAINING}/history")).json()["items"]

    assert (first["act"], first["title"], first["file_name"]) == ("evidence", None, None)
    assert (last["act"], last["evidence"], last["client"]) == (
        "erasure",
        evidence["id"],
        str(service.coordinator.client_id),
    )
    assert {name: last[name] for name in WHY} == WHY


@pytest.mark.parametrize("sent", [LINK, DOCUMENT])
async def test_what_was_written_of_a_link_or_a_document_can_be_erased_too(
    service: Service, sent: dict[str, str]
) -> None:
    evidence = (await service.police.post(f"/v1/obligations/{TRAINING}/evidence", sent)).json()

    shown = (await service.coordinator.post(f"/v1/evidence/{evidence['id']}/erasure", WHY)).json()

    assert (shown["title"], shown["url"], shown["issuer"]) == (None, None, None)
    assert (shown["kind"], shown["number"]) == (evidence["kind"], evidence["number"])


async def test_what_was_proved_stays_proved(service: Service) -> None:
    await service.police.report(TRAINING)
    evidence = await service.police.upload(TRAINING, CONTENT)
    before = await service.police.standing(TRAINING)

    await service.coordinator.post(f"/v1/evidence/{evidence['id']}/erasure", WHY)

    after = await service.police.standing(TRAINING)
    assert after | {"version": before["version"]} == before


async def test_nothing_that_was_erased_is_left_in_an_answer_that_is_kept(service: Service) -> None:
    secret = "Một tiêu đề không nên có"
    evidence = await service.police.upload(TRAINING, CONTENT, title=secret)
    reported = await service.police.report(TRAINING, evidence=[LINK | {"title": secret}])
    other = reported.json()["update"]["evidence"][0]["id"]

    for one in (evidence["id"], other):
        await service.coordinator.post(f"/v1/evidence/{one}/erasure", WHY)

    records = table(IdempotencyRecord)
    async with service.app.state.database.reading() as connection:
        answers = (await connection.execute(select(records.c.body))).scalars().all()
        rows = await connection.execute(text("SELECT to_jsonb(t)::text FROM evidence_text t"))
        words = rows.scalars().all()
    assert [answer for answer in answers if secret in json.dumps(json.loads(answer), ensure_ascii=False)] == []
    assert [word for word in words if secret in word] == []


async def test_a_repeated_request_brings_nothing_back_that_was_erased(service: Service) -> None:
    link, key = LINK | {"title": "Một tiêu đề không nên có"}, {"Idempotency-Key": "once"}
    sent = {"state": "in_progress", "summary": "Đang triển khai.", "evidence": [link]}
    path = f"/v1/obligations/{TRAINING}/updates"
    first = await service.police.post(path, sent, headers=key)
    evidence = first.json()["update"]["evidence"][0]["id"]
    await service.coordinator.post(f"/v1/evidence/{evidence}/erasure", WHY)

    again = await service.police.post(path, sent, headers=key)

    assert (again.status_code, again.headers["idempotent-replayed"]) == (201, "true")
    assert link["title"] not in again.text
    assert again.json()["update"]["id"] == first.json()["update"]["id"]
    (left,) = again.json()["update"]["evidence"]
    assert left["id"] == evidence
    assert left["erased_at"] is not None
    history = (await service.police.get(f"/v1/obligations/{TRAINING}/history")).json()["items"]
    assert [one["id"] for one in history if one["act"] == "update"] == [first.json()["update"]["id"]]


async def test_an_erasure_is_done_once(service: Service) -> None:
    evidence = await service.police.upload(TRAINING, CONTENT)
    path = f"/v1/evidence/{evidence['id']}/erasure"
    await service.coordinator.post(path, WHY)

    problem_of(await service.coordinator.post(path, WHY), 410, "evidence-erased")


@pytest.mark.parametrize("field", WHY)
async def test_an_erasure_says_why_and_by_what_law(service: Service, field: str) -> None:
    evidence = await service.police.upload(TRAINING, CONTENT)
    sent = {name: value for name, value in WHY.items() if name != field}
    before = await rows_of(service)

    response = await service.coordinator.post(f"/v1/evidence/{evidence['id']}/erasure", sent)

    problem_of(response, 422, "malformed-content")
    assert await rows_of(service) == before


@pytest.mark.parametrize("name", ["police", "culture", "health", "integrator", "admin"])
async def test_only_the_coordinator_erases(service: Service, name: str) -> None:
    evidence = await service.police.upload(TRAINING, CONTENT)

    response = await getattr(service, name).post(f"/v1/evidence/{evidence['id']}/erasure", WHY)

    problem_of(response, 403, "not-allowed")
    assert CONTENT in kept(service)


async def test_what_is_not_there_cannot_be_erased(service: Service) -> None:
    response = await service.coordinator.post("/v1/evidence/00000000-0000-0000-0000-000000000000/erasure", WHY)

    problem_of(response, 404, "not-found")


async def test_bytes_that_could_not_be_removed_at_once_go_when_it_is_tidied_up(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence = await service.police.upload(TRAINING, CONTENT)

    def broken(_name: str) -> None:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr(service.app.state.store, "remove", broken)
        response = await service.coordinator.post(f"/v1/evidence/{evidence['id']}/erasure", WHY)
    problem_of(response, 503, "service-unavailable")
    problem_of(await service.police.get(f"/v1/evidence/{evidence['id']}/content"), 410, "evidence-erased")
    assert CONTENT in kept(service)

    done = await tidied(service, before=datetime.now(UTC) + timedelta(days=2), force=True)

    assert isinstance(done, Tidied)
    assert CONTENT not in kept(service)


@pytest.mark.parametrize(
    "change", ["UPDATE evidence_text SET title = 'x'", "TRUNCATE evidence_text", "DELETE FROM evidence_text"]
)
async def test_words_go_only_with_an_erasure(service: Service, change: str) -> None:
    await service.police.attach(TRAINING)

    async with service.app.state.database.writing() as connection:
        savepoint = await connection.begin_nested()
        with pytest.raises(DBAPIError) as refused:
            await connection.execute(text(change))
        await savepoint.rollback()

    assert sqlstate_of(refused.value) in {"42501", "23001"}
