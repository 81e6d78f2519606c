"""Who sees and does what: culture is a partner of the police in 3.6, the court has nothing to do with either."""

import pytest

from tests.api.asking import problem_of, rows_of
from tests.given import DOCUMENT, TOURISTS, TRAINING, Service, obligation


async def test_a_partner_reads_where_the_obligation_stands(service: Service) -> None:
    assert (await service.culture.standing(TOURISTS))["owner"]["code"] == "cong-an"


@pytest.mark.parametrize("classification", ["public", "internal"])
async def test_a_partner_attaches_evidence_in_its_own_name(service: Service, classification: str) -> None:
    response = await service.culture.attach(TOURISTS, classification=classification)

    assert response.status_code == 201
    assert response.json()["body"] == "so-vhttdl"
    assert (await service.police.standing(TOURISTS))["evidence_count"] == 1


async def test_a_partner_may_attach_what_only_the_owner_may_read(service: Service) -> None:
    response = await service.culture.attach(TOURISTS, classification="restricted")

    assert response.status_code in {201, 403, 422}, response.text


async def test_a_partner_cannot_claim_completion(service: Service) -> None:
    before = await rows_of(service)

    for state in ("not_started", "in_progress", "completed", "not_applicable"):
        problem_of(await service.culture.report(TOURISTS, state), 404, "not-found")

    assert await rows_of(service) == before


async def test_a_partner_reads_what_is_internal_and_not_what_is_restricted(service: Service) -> None:
    attached = {
        classification: (await service.police.attach(TOURISTS, classification=classification)).json()["id"]
        for classification in ("public", "internal", "restricted")
    }

    answers = {kind: await service.culture.get(f"/v1/evidence/{one}") for kind, one in attached.items()}

    assert (answers["public"].status_code, answers["internal"].status_code) == (200, 200)
    problem_of(answers["restricted"], 404, "not-found")


async def test_a_partner_finds_no_restricted_evidence_in_the_history(service: Service) -> None:
    for classification in ("public", "internal", "restricted"):
        await service.police.attach(TOURISTS, classification=classification)

    acts = (await service.culture.get(f"/v1/obligations/{TOURISTS}/history")).json()["items"]

    assert [act["classification"] for act in acts] == ["public", "internal"]


async def test_a_partner_finds_no_restricted_evidence_in_an_update_either(service: Service) -> None:
    classified = [DOCUMENT | {"classification": one} for one in ("restricted", "public", "internal")]
    await service.police.report(TOURISTS, evidence=classified)

    for caller, readable in (
        (service.culture, ["public", "internal"]),
        (service.police, ["restricted", "public", "internal"]),
    ):
        acts = (await caller.get(f"/v1/obligations/{TOURISTS}/history")).json()["items"]
        assert [one["classification"] for one in acts[0]["evidence"]] == readable
        assert [act["classification"] for act in acts[1:]] == readable


async def test_a_partner_of_one_duty_is_a_stranger_to_the_others(service: Service) -> None:
    problem_of(await service.culture.attach(TRAINING), 404, "not-found")


async def test_partnership_goes_one_way(service: Service) -> None:
    # The police coordinate 7.8 of culture, and nothing else of it.
    theirs, other = obligation("7.8", "so-vhttdl"), obligation("7.3", "so-vhttdl")

    assert (await service.police.attach(theirs)).status_code == 201
    problem_of(await service.police.attach(other), 404, "not-found")
    problem_of(await service.police.get(f"/v1/obligations/{other}"), 404, "not-found")


async def test_evidence_of_a_partner_proves_nothing_for_the_owner(service: Service) -> None:
    attached = (await service.culture.attach(TOURISTS)).json()["id"]
    await service.police.report(TOURISTS)

    shown = await service.police.standing(TOURISTS)

    assert (shown["status"], shown["missing"], shown["evidence_count"]) == ("overdue", ["evidence"], 1)
    await service.police.attach(TOURISTS)
    await service.culture.withdraw(attached)
    assert (await service.police.standing(TOURISTS))["status"] == "completed_late"


async def test_the_court_sees_nothing_of_the_police(service: Service) -> None:
    evidence = (await service.police.attach(TRAINING)).json()["id"]

    read = [
        await service.court.get(path)
        for path in (
            f"/v1/obligations/{TRAINING}",
            f"/v1/obligations/{TRAINING}/history",
            f"/v1/evidence/{evidence}",
        )
    ]
    written = [await service.court.report(TRAINING, evidence=[DOCUMENT]), await service.court.attach(TRAINING)]

    for response in (*read, *written):
        problem_of(response, 404, "not-found")
    assert (await service.court.get("/v1/obligations", owner="cong-an")).json()["items"] == []


async def test_an_integrator_reads_standings_and_no_narrative(service: Service) -> None:
    summary = "Bản tường thuật không dành cho bên tích hợp"
    await service.police.report(TRAINING, "in_progress", summary=summary, late_reason=summary)

    standing = await service.integrator.get(f"/v1/obligations/{TRAINING}")

    assert standing.json()["claim"]["state"] == "in_progress"
    assert summary not in standing.text
    problem_of(await service.integrator.get(f"/v1/obligations/{TRAINING}/history"), 403, "not-allowed")


async def test_an_integrator_reads_public_evidence_only(service: Service) -> None:
    public = (await service.police.attach(TRAINING, classification="public")).json()["id"]
    internal = (await service.police.attach(TRAINING, classification="internal")).json()["id"]

    assert (await service.integrator.get(f"/v1/evidence/{public}")).status_code == 200
    problem_of(await service.integrator.get(f"/v1/evidence/{internal}"), 404, "not-found")


async def test_an_admin_reads_plans_and_nothing_of_what_bodies_do(service: Service) -> None:
    evidence = (await service.police.attach(TRAINING, classification="public")).json()["id"]

    assert (await service.admin.get("/v1/plans")).status_code == 200
    for path in (f"/v1/obligations/{TRAINING}", f"/v1/obligations/{TRAINING}/history", f"/v1/evidence/{evidence}"):
        problem_of(await service.admin.get(path), 403, "not-allowed")


async def test_a_refusal_for_lack_of_a_scope_says_so(service: Service) -> None:
    response = await service.admin.get("/v1/obligations")

    problem_of(response, 403, "not-allowed")
    assert 'error="insufficient_scope"' in response.headers["www-authenticate"]
