"""Where each operation is asked in the real plan, by whom, and what must have happened before it can be."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from app.models.base import stable_id
from app.web.openapi.document import EXAMPLES
from tests.given import DOCUMENT, HOOKS, INVESTIGATION, PLAN, TRAINING, Service, obligation


def _shown(operation: str) -> Any:
    """Return the first example of what can be sent to an operation."""
    requests = json.loads((EXAMPLES / f"{operation}.json").read_text("utf-8"))["request"]
    return next(iter(requests.values()))["value"]


COORDINATED = str(obligation("7.8", "so-vhttdl"))
"""The police coordinate it."""
CONDITIONAL = str(obligation("3.7", "cong-an"))
"""Its condition covers the whole of it."""
MISTAKEN = obligation("3.2", "cong-an", "2026")
"""Its deadline lies ahead: so its owner, too, may take back what it posted."""
CLASS, MEMBER = "so-ban-nganh", "thanh-tra"
SUCCESSION = str(stable_id(PLAN, "succession", "so-ldtbxh", "2025-03-01"))
"""The seed proposes it."""
PLACES: dict[str, str] = {
    "plan": PLAN,
    "body_code": "cong-an",
    "duty": "3.2",
    "id": str(INVESTIGATION),
    "cycle": "2026",
    "day": "2026-09-02",
    "succession": SUCCESSION,
    "import": "01a22fac-cede-71b8-ac09-61a0ef8436e0",
}
ELSEWHERE: dict[str, dict[str, str]] = {
    "contribute": {"id": COORDINATED},
    "listContributions": {"id": COORDINATED},
    "decideCondition": {"id": CONDITIONAL},
    "moveCycleDeadline": {"cycle": "2027"},
    "closeCycle": {"cycle": "2021-06-15"},
    "annulAct": {"id": str(MISTAKEN)},
    "annulActOnCycle": {"cycle": "2027"},
    "addMember": {"body_code": CLASS},
    "endMember": {"body_code": CLASS, "member": MEMBER},
    "annulMembership": {"body_code": CLASS, "member": MEMBER},
    "namePartner": {"duty": "11.1"},
}
ASKED: dict[str, dict[str, str]] = {
    "getTemplate": {"cycle": "2026", "owner": "cong-an"},
    "listStatusChanges": {"from": "2021-06-14"},
    "listHistory": {"body": "cong-an"},
    "getReport": {"cycle": "2021-06-15"},
    "getLeadersTable": {"cycle": "2021-06-15"},
    "listReminderLetters": {"cycle": "2021-06-15"},
}
"""What must be in the query."""
CALENDAR = f"/v1/plans/{PLAN}/bodies/cong-an/calendar"
ON_FILES = {"putContent", "getContent", "listReads"}
A_FILE: bytes = _shown("putContent").encode()
A_FORM: bytes = _shown("importForm").encode()
FILES = {"application/pdf": A_FILE, "text/csv": A_FORM}
"""The files that the document shows."""
PAPER = {"received_on": "2021-06-14", "document_number": "9/BC-CATP"}


async def place_of(service: Service, operation: str, role: str | None, path: str) -> dict[str, str]:
    """Let happen what must have happened, and say what stands in the path."""
    await prepare(service, operation)
    if operation in ON_FILES:
        return {"id": await filed(service, role, operation)}
    for part, found in FOUND.items():
        if part in path:
            return await found(service, role)
    named = await secrets_of(service) if "{token}" in path else {}
    return PLACES | named | ELSEWHERE.get(operation, {})


async def _evidence(service: Service, role: str | None) -> dict[str, str]:
    return {"id": (await attached(service, role)).json()["id"]}


async def _paper(service: Service, _: str | None) -> dict[str, str]:
    return {"paper_report": await entered(service)}


async def _letter(service: Service, _: str | None) -> dict[str, str]:
    return {"plan": PLAN, "letter": await urged(service)}


async def urged(service: Service) -> str:
    """Make the letter that the document shows, the same however often it is asked for, and return its id."""
    scene, path = {"Idempotency-Key": "scene-letter"}, f"/v1/plans/{PLAN}/reminder-letters?format=json"
    made = await service.coordinator.post(path, _shown("sendReminderLetters"), headers=scene)
    return str(made.json()["items"][0]["id"])


async def receipted(service: Service, _: str | None = None) -> dict[str, str]:
    """Report once, however often it is asked for, and return what stands on the receipt."""
    reported = await service.police.report(TRAINING, headers={"Idempotency-Key": "scene-receipt"})
    update = str(reported.json()["update"]["id"])
    receipt = (await service.police.get(f"/v1/updates/{update}/receipt")).json()
    return {"id": update, "sha256": str(receipt["sha256"])}


async def _client(service: Service, _: str | None) -> dict[str, str]:
    return {"id": str(service.police.client_id), **await secrets_of(service)}


async def _person(service: Service, _: str | None) -> dict[str, str]:
    scene = {"Idempotency-Key": "scene-person"}
    sent = {"name": "Chuyên viên tổng hợp", "role": "coordinator"}
    return {"id": (await service.admin.post("/v1/people", sent, headers=scene)).json()["id"]}


async def _import(service: Service, role: str | None) -> dict[str, str]:
    return {"plan": PLAN, "import": await import_of(service, role)}


async def import_of(service: Service, role: str | None) -> str:
    """Send a form that is recorded later, and return the id of its import."""
    who = service.coordinator if role == "coordinator" else service.police
    later = {"Content-Type": "text/csv", "Prefer": "respond-async"}
    return str((await who.send(f"/v1/plans/{PLAN}/imports", A_FORM, headers=later)).json()["id"])


async def secrets_of(service: Service) -> dict[str, str]:
    """Return the id of a client's secret and, if there is one, the secret in the address of a calendar."""
    secrets = (await service.admin.get(f"/v1/clients/{service.police.client_id}")).json()["secrets"]
    calendar = await service.police.get(CALENDAR)
    address = calendar.json()["address"] if calendar.status_code == 200 else f"{'x' * 64}.ics"
    return {"secret": secrets[0]["id"], "token": address.rpartition("/")[2].removesuffix(".ics")}


async def webhook_of(service: Service, role: str | None) -> dict[str, str]:
    """Return the ids of a webhook of a role's and of its last delivery, the same however often they are asked for."""
    who = getattr(service, role if role in {"police", "coordinator"} else "integrator")
    scene = {"Idempotency-Key": "scene-webhook"}
    added = await who.post("/v1/webhooks", {"url": f"{HOOKS}/dondoc"}, headers=scene)
    webhook: str = added.json()["webhook"]["id"]
    for n in range(2):
        tried = await who.post(f"/v1/webhooks/{webhook}/tests", {}, headers={"Idempotency-Key": f"scene-test-{n}"})
    return {"id": webhook, "delivery": tried.json()["id"]}


FOUND: dict[str, Callable[[Service, str | None], Awaitable[dict[str, str]]]] = {
    "/evidence/": _evidence,
    "{paper_report}": _paper,
    "{letter}": _letter,
    "/receipt": receipted,
    "{import}": _import,
    "/v1/clients/": _client,
    "/v1/people/": _person,
    "/v1/webhooks/": webhook_of,
}
"""What must have been made for a path, by a part of it."""


async def prepare(service: Service, operation: str) -> None:
    """Let happen what must have happened before an operation can be asked with success."""
    if before := BEFORE.get(operation):
        await before(service)


async def _misposted(service: Service) -> str:
    scene = {"Idempotency-Key": "scene-misposted"}
    posted = await service.police.report(MISTAKEN, evidence=[DOCUMENT], headers=scene)
    return str(posted.json()["update"]["id"])


async def _mistyped(service: Service) -> str:
    await _opened(service)
    sent, scene = _shown("moveCycleDeadline"), {"Idempotency-Key": "scene-mistyped"}
    moved = await service.coordinator.post(f"/v1/plans/{PLAN}/cycles/2027/deadlines", sent, headers=scene)
    return str(moved.json()["deadlines"][0]["id"])


async def _misjoined(service: Service) -> str:
    members, scene = f"/v1/plans/{PLAN}/bodies/{CLASS}/members", {"Idempotency-Key": "scene-misjoined"}
    return str((await service.coordinator.post(members, _shown("addMember"), headers=scene)).json()["id"])


MISTAKES: dict[str, Callable[[Service], Awaitable[str]]] = {
    "annulAct": _misposted,
    "annulActOnCycle": _mistyped,
    "annulMembership": _misjoined,
}
"""What makes the act that an operation takes back, the same however often it is asked for, and gives its id."""


async def attached(service: Service, role: str | None) -> httpx.Response:
    """Attach one evidence, the same however often it is asked for: as the coordinator its own, else as the police."""
    own = {"headers": {"Idempotency-Key": f"scene-{role}"}, "classification": "public"}
    if role == "coordinator":
        return await service.coordinator.attach(INVESTIGATION, **own, **PAPER)
    return await service.police.attach(INVESTIGATION, **own)


async def named_in(service: Service, role: str | None, path: str) -> dict[str, str]:
    """Return what stands in a path and is made anew for each test."""
    if "{letter}" in path and "{secret}" not in path:
        return {"letter": await urged(service)}
    if "/receipt" in path:
        return await receipted(service)
    if "{import}" in path:
        return {"import": await import_of(service, role)}
    if "/people/" in path:
        return await _person(service, role)
    secrets = await secrets_of(service) if "{secret}" in path or "{token}" in path else {}
    return secrets | ({"paper_report": await entered(service)} if "{paper_report}" in path else {})


async def entered(service: Service) -> str:
    """Enter the paper that the document shows, the same however often it is asked for, and return its id."""
    scene = {"Idempotency-Key": "scene-paper"}
    answer = await service.coordinator.post("/v1/paper-reports", _shown("enterPaperReport"), headers=scene)
    paper_id: str = answer.json()["paper_report"]["id"]
    return paper_id


async def filed(service: Service, role: str | None, operation: str) -> str:
    """Announce one file, the same however often it is asked for; its bytes come, and are read twice, but for one."""
    who = service.coordinator if role == "coordinator" else service.police
    own = {"headers": {"Idempotency-Key": f"scene-file-{role}"}, **(PAPER if role == "coordinator" else {})}
    evidence_id: str = (await who.announce(INVESTIGATION, A_FILE, classification="public", **own)).json()["id"]
    if operation != "putContent":
        await who.put(evidence_id, A_FILE)
        for _ in range(2):
            await service.coordinator.get(f"/v1/evidence/{evidence_id}/content")
    return evidence_id


async def _claimed(service: Service) -> None:
    # It meets every target but the last one.
    values = {"3.2-a": 100, "3.2-b": 100, "3.2-c": 92.5, "3.2-d": 1}
    figures = [{"target": target, "value": value} for target, value in values.items()]
    await service.police.report(INVESTIGATION, "completed", measurements=figures, evidence=[DOCUMENT])


async def _asked_for_time(service: Service) -> None:
    for owed in (INVESTIGATION, TRAINING):
        await service.police.ask_for(owed, "2026-12-31")


async def _contributed(service: Service) -> None:
    sent = {"note": "Đã cung cấp danh sách khách lưu trú.", "evidence": [DOCUMENT]}
    await service.police.post(f"/v1/obligations/{COORDINATED}/contributions", sent)


async def _opened(service: Service) -> None:
    await service.coordinator.post(f"/v1/plans/{PLAN}/cycles", {"code": "2027"})


async def _confirmed(service: Service) -> None:
    await service.coordinator.post(f"/v1/plans/{PLAN}/successions/{SUCCESSION}/decision", _shown("decideSuccession"))


async def _joined(service: Service) -> None:
    await service.coordinator.post(f"/v1/plans/{PLAN}/bodies/{CLASS}/members", _shown("addMember"))


async def _calendar_given(service: Service) -> None:
    await service.coordinator.post(CALENDAR, {})


async def _told(service: Service) -> None:
    await service.police.report(TRAINING, evidence=[DOCUMENT])
    await service.jobs.number()


async def _two_people(service: Service) -> None:
    for n in range(2):
        await service.admin.post("/v1/people", {"name": f"Chuyên viên {n}", "role": "coordinator"})


BEFORE: dict[str, Callable[[Service], Awaitable[Any]]] = {
    "listPeople": _two_people,
    "giveReview": _claimed,
    "refuseExtension": _asked_for_time,
    "listExtensionRequests": _asked_for_time,
    "listContributions": _contributed,
    "moveCycleDeadline": _opened,
    "annulSuccession": _confirmed,
    "endMember": _joined,
    "getCalendar": _calendar_given,
    "revokeCalendar": _calendar_given,
    "readCalendar": _calendar_given,
    **dict.fromkeys(("listEvents", "streamEvents", "listCheckpoints", "listInbox", "listHistory"), _told),
}
