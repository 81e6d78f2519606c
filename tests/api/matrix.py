"""Every operation of the OpenAPI document, asked by everybody about everything; the answers are a table.

An operation that writes needs something to send: see BODIES.  An operation without an entry there, or with a parameter
that TARGETS does not know, fails the test, so that nobody adds one without a thought about who may call it.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from app.database.engine import SYSTEM
from app.models.base import stable_id
from tests.files import pdf
from tests.given import DOCUMENT, FIRST, HOOKS, PLAN, TODAY, TOURISTS, Caller, Service, obligation

CALLERS = (
    "nobody",
    "owner",
    "other",
    "partner",
    "coordinator",
    "auditor",
    "integrator",
    "admin",
    "disabled",
    "expired",
)
OWN, OTHERS, ABSENT = "own", "other's", "absent"
"""What is asked about: a thing of the police, whom culture helps; one of a body that is no caller's; nothing."""
CHARACTER = {"owner": "police", "other": "court", "partner": "culture"}
TOURISTS_LATER = obligation("3.6", "cong-an", "2026")
"""The same duty in another cycle: evidence of it leaves what is asked about incomplete, so that it can be extended."""
STRANGE = obligation("10.1", "so-khdt")
"""An obligation of a body that is none of the callers'."""
STRANGE_LATER = obligation("10.1", "so-khdt", "2026")
SUCCESSION = str(stable_id(PLAN, "succession", "so-ldtbxh", "2025-03-01"))
"""What the seed proposes of one body; nobody owns a proposal."""
PUBLIC = {
    "issueToken",
    "revokeToken",
    "getKeys",
    "getMetadata",
    "getHealth",
    "getReadiness",
    "readCalendar",
    "checkReceipt",
}
"""What everybody may call: to get a token, to verify one, and to ask whether the service is there."""
A_FORM = "cycle,duty,owner,state,summary\n2026,3.1,cong-an,in_progress,Đang làm\n".encode()
"""A filled-in form of one line."""
FILES = {
    **dict.fromkeys(("putContent", "putScan"), ("application/pdf", pdf())),
    "importForm": ("text/csv", A_FORM),
}
FORMS = {"issueToken": {"grant_type": "client_credentials"}, "revokeToken": {"token": "x"}}
LETTER = {"decided_on": "2021-06-10", "document_number": "9/UBND-KGVX"}
"""It was decided before the first deadline of all."""
A_PAPER: Mapping[str, Any] = {
    "plan": PLAN,
    "body": "cong-an",
    "number": "212/BC-CATP",
    "issued_on": "2026-11-20",
    "received_on": "2026-11-23",
    "classification": "internal",
    "items": [{"cycle": "2026", "duty": "3.6", "state": "in_progress", "summary": "Đang triển khai."}],
}
"""A paper of the police, on a duty that culture helps with."""
ANOTHER_PAPER = {**A_PAPER, "body": "so-khdt", "items": [{**A_PAPER["items"][0], "duty": "10.1"}]}
URGED = {"cycle": FIRST, "kind": "overdue", "bodies": ["cong-an"]}
BODIES: Mapping[str, Mapping[str, Any]] = {
    "reportUpdate": {"state": "in_progress", "summary": "Đang triển khai."},
    "attachEvidence": DOCUMENT,
    "openCycle": {"code": "2027"},
    "addClient": {"name": "Hệ thống thử nghiệm", "role": "integrator"},
    "changeClient": {"disabled": True},
    "addSecret": {},
    "addPerson": {"name": "Văn thư Sở Y tế", "role": "coordinator"},
    "changePerson": {"disabled": True},
    "invitePerson": {},
    "removeSecret": {},
    "reportUpdates": {"items": [{"obligation": str(TOURISTS), "state": "in_progress", "summary": "Đang triển khai."}]},
    "giveReviews": {"items": [{"obligation": str(TOURISTS), "outcome": "returned", "reason": "Cần bổ sung số liệu."}]},
    "giveExtensions": {
        "items": [{"obligation": str(TOURISTS), "due_before_on": "2027-06-30", "reason": "Theo đề nghị.", **LETTER}]
    },
    "annulActs": {
        "items": [{"obligation": str(TOURISTS), "act": "01a211f7-3f7d-7a44-9d0c-0c9a4f6fd7e1", "reason": "Nhầm kỳ."}]
    },
    "enterPaperReport": {**A_PAPER, "number": "213/BC-CATP"},
    "annulPaperReport": {"reason": "Nhập nhầm."},
    "contribute": {"note": "Đã phối hợp tuyên truyền."},
    "giveReview": {"outcome": "returned", "reason": "Cần bổ sung số liệu."},
    "requestExtension": {"due_before_on": "2027-06-30", "reason": "Chờ kinh phí."},
    "giveExtension": {"due_before_on": "2027-06-30", "reason": "Theo đề nghị.", **LETTER},
    "refuseExtension": {"reason": "Không đủ căn cứ."},
    "annulAct": {"act": "01a211f7-3f7d-7a44-9d0c-0c9a4f6fd7e1", "reason": "Gửi nhầm kỳ."},
    "decideCondition": {"met": True, "from_on": "2026-11-20", "reason": "Đã có hướng dẫn."},
    "giveInstruction": {"words": "Khẩn trương thực hiện.", "leader": "Phó Chủ tịch UBND thành phố"},
    "withdrawEvidence": {"reason": "Đính kèm nhầm."},
    "eraseEvidence": {"reason": "Theo yêu cầu.", "legal_basis": "Luật 91/2025/QH15, Điều 14"},
    "moveCycleDeadline": {"due_before_on": "2027-06-30", "reason": "Theo chỉ đạo.", **LETTER},
    "annulActOnCycle": {"act": "01a211f7-3f7d-7a44-9d0c-0c9a4f6fd7e1", "reason": "Ghi nhầm."},
    "closeCycle": {"reason": "Kết thúc kỳ báo cáo."},
    "giveCalendar": {},
    "revokeCalendar": {},
    "proposeSuccession": {
        "predecessor": "so-gtvt",
        "successor": {"code": "so-xay-dung", "name": "Sở Xây dựng"},
        "kind": "merged",
        "effective_on": "2025-03-01",
        "act": {"title": "Nghị quyết về sắp xếp các cơ quan chuyên môn", "issued_on": "2025-02-20"},
    },
    "decideSuccession": {"outcome": "rejected", "reason": "Chưa đủ căn cứ."},
    "annulSuccession": {"reason": "Xác nhận nhầm."},
    "addMember": {
        "code": "thanh-tra",
        "name": "Thanh tra thành phố",
        "from_on": "2026-11-20",
        "reason": "Theo văn bản.",
    },
    "annulMembership": {"act": "01a211f7-3f7d-7a44-9d0c-0c9a4f6fd7e1", "reason": "Ghi nhầm."},
    "endMember": {"until_on": "2026-12-31", "reason": "Theo văn bản."},
    "namePartner": {"code": "tand", "reason": "Theo văn bản."},
    "addWebhook": {"url": f"{HOOKS}/dondoc"},
    "changeWebhook": {"disabled": True},
    "removeWebhook": {},
    "rotateWebhookSecret": {},
    "testWebhook": {},
    "redeliver": {},
    "recordLetterhead": {
        "body": "Sở Nội vụ",
        "code": "SNV",
        "place": "Cần Thơ",
        "signer": "Giám đốc",
        "recipients": ["Ủy ban nhân dân thành phố Cần Thơ"],
    },
    "sendReminderLetters": URGED,
    "numberReminderLetter": {"number": "15/SLĐTBXH-BTXH", "issued_on": "2026-11-24"},
    "markHoliday": {"observed_on": "2026-12-31", "name": "Nghỉ bù"},
}
ASKED = {
    "getTemplate": {"cycle": FIRST, "owner": "cong-an"},
    "listStatusChanges": {"from": "2026-11-20"},
    "listHistory": {"body": "cong-an"},
    "getReport": {"cycle": FIRST},
    "getLeadersTable": {"cycle": FIRST},
    "checkReceipt": {"sha256": "0" * 64},
    "listReminderLetters": {"cycle": FIRST},
}
"""What an operation has to be asked beside its address."""
PAPER = {"received_on": "2026-11-20", "document_number": "9/BC-CATP"}
ON_PAPER = {"reportUpdate", "attachEvidence", "requestExtension"}
"""A coordinator enters these from a paper report."""


@dataclass(frozen=True)
class Operation:
    """One operation of the document."""

    name: str
    method: str
    path: str
    scope: str | None


def operations(document: Mapping[str, Any]) -> list[Operation]:
    """Return every operation with the scope that it names."""
    found = []
    for path, item in document["paths"].items():
        for method, operation in item.items():
            scopes = [scope for one in operation.get("security", ()) for scope in one["clients"]]
            assert len(scopes) <= 1, operation["operationId"]
            found.append(Operation(operation["operationId"], method.upper(), path, next(iter(scopes), None)))
    return sorted(found, key=lambda one: (one.path, one.method))


class World:
    """What is asked about, and who asks."""

    def __init__(
        self,
        service: Service,
        evidence: Mapping[str, str],
        secret: str,
        calendars: Mapping[str, str],
        webhooks: Mapping[str, Mapping[str, str]],
        papers: Mapping[str, str],
        imports: Mapping[str, str],
        person: str,
    ) -> None:
        self.service = service
        absent = str(uuid4())
        police = str(service.police.client_id)
        self.targets: dict[str, dict[str, str]] = {
            OWN: {
                "/v1/obligations": str(TOURISTS), "/v1/evidence": evidence[OWN], "/v1/clients": police,
                "/v1/people": person,
                "plan": PLAN, "body_code": "cong-an", "duty": "3.6", "secret": secret, "token": calendars[OWN],
                "succession": SUCCESSION, **webhooks[OWN], "paper_report": papers[OWN], "import": imports[OWN],
                "cycle": FIRST, "day": "2026-09-02", "member": "so-y-te",
            },
            OTHERS: {
                "/v1/obligations": str(STRANGE), "/v1/evidence": evidence[OTHERS], "/v1/clients": police,
                "/v1/people": person,
                "plan": PLAN, "body_code": "so-khdt", "duty": "10.1", "secret": secret, "token": calendars[OTHERS],
                "succession": SUCCESSION, **webhooks[OTHERS], "paper_report": papers[OTHERS], "import": imports[OTHERS],
                "cycle": FIRST, "day": "2026-09-02", "member": "so-y-te",
            },
            ABSENT: {
                "/v1/obligations": absent, "/v1/evidence": absent, "/v1/clients": absent, "/v1/people": absent,
                "/v1/updates": absent, "/v1/receipts": absent, "letter": absent,
                "plan": "no-such-plan", "body_code": "no-such-body", "duty": "99.9", "secret": absent,
                "token": "A" * 64, "succession": absent, "import": absent, "/v1/webhooks": absent, "delivery": absent,
                "paper_report": absent,
                "cycle": "1999", "day": "2026-09-07", "member": "no-such-body",
            },
        }  # fmt: skip

    def rows(self, operation: Operation) -> list[str]:
        """Return what an operation can be asked about: nothing, unless its address names something."""
        addresses = {self.address(operation, target): target for target in reversed(self.targets)}
        return [target for target in self.targets if target in addresses.values()] if "{" in operation.path else ["-"]

    def address(self, operation: Operation, target: str) -> str:
        """Fill in the address of an operation."""
        if target == "-":
            return operation.path
        known = self.targets[target]
        noun = operation.path.partition("/{")[0]
        return operation.path.format(**{**known, "id": known.get(noun, "")})

    async def answer(self, operation: Operation, target: str, caller: str) -> int:
        """Ask, undo whatever it did, and return the status."""
        async with self.service.app.state.database.writing(SYSTEM) as connection:
            savepoint = await connection.begin_nested()
            response = await self.service.http.request(
                operation.method, self.address(operation, target), **self._sent(operation, caller)
            )
            await savepoint.rollback()
        assert response.status_code < 500, (operation, target, caller, response.text)
        return response.status_code

    def _sent(self, operation: Operation, caller: str) -> dict[str, Any]:
        headers = {} if caller == "nobody" else {"Authorization": f"Bearer {self._token(caller)}"}
        if operation.name in FORMS:
            return {"data": FORMS[operation.name], "headers": headers}
        if operation.method == "GET":
            return {"headers": headers, "params": ASKED.get(operation.name)}
        if operation.name in FILES:
            media_type, content = FILES[operation.name]
            return {"content": content, "headers": {**headers, "Content-Type": media_type}}
        body = dict(BODIES[operation.name])
        if caller == "coordinator" and operation.name in ON_PAPER:
            body |= PAPER
        if caller == "coordinator" and operation.name == "reportUpdates":
            body = {"items": [one | PAPER for one in body["items"]]}
        return {"json": body, "headers": {**headers, "Idempotency-Key": uuid4().hex}}

    def _token(self, caller: str) -> str:
        if caller == "expired":
            return self._expired()
        character: Caller = getattr(self.service, CHARACTER.get(caller, caller))
        return character.token()

    def _expired(self) -> str:
        clock = self.service.clock
        clock.now = TODAY - timedelta(minutes=11)
        token = self.service.police.token()
        clock.now = TODAY
        return token


@asynccontextmanager
async def world(service: Service) -> AsyncIterator[World]:
    """Let the owners attach restricted evidence to what is asked about."""
    async with service.app.state.database.writing(SYSTEM):
        reported = await service.police.report(TOURISTS)
        others_report = await service.coordinator.report(STRANGE_LATER, **PAPER)
        assert {reported.status_code, others_report.status_code} == {201}
        attached = await service.police.attach(TOURISTS_LATER, classification="restricted")
        others = await service.coordinator.attach(STRANGE, classification="restricted", **PAPER)
        secrets = (await service.admin.get(f"/v1/clients/{service.police.client_id}")).json()["secrets"]
        evidence = {OWN: attached.json()["id"], OTHERS: others.json()["id"]}
        calendars = {OWN: await _calendar_of(service, "cong-an"), OTHERS: await _calendar_of(service, "so-khdt")}
        webhooks = {OWN: await _webhook_of(service.police), OTHERS: await _webhook_of(service.labour)}
        papers = {OWN: await _paper_of(service, A_PAPER), OTHERS: await _paper_of(service, ANOTHER_PAPER)}
        imports = {OWN: await _import_of(service.police), OTHERS: await _import_of(service.labour)}
        told = {OWN: reported, OTHERS: others_report}
        urged = await service.coordinator.post(f"/v1/plans/{PLAN}/reminder-letters?format=json", URGED)
        for of, answer in told.items():
            update = answer.json()["update"]["id"]
            webhooks[of] |= {"/v1/updates": update, "/v1/receipts": update, "letter": urged.json()["items"][0]["id"]}
        person = (await service.admin.post("/v1/people", {**BODIES["addPerson"], "name": "Một người"})).json()["id"]
        yield World(service, evidence, secrets[0]["id"], calendars, webhooks, papers, imports, person)


async def _calendar_of(service: Service, body: str) -> str:
    """Give the calendar of a body an address, and return the secret in it."""
    path = f"/v1/plans/{PLAN}/bodies/{body}/calendar"
    assert (await service.coordinator.post(path, {})).status_code == 201
    address: str = (await service.coordinator.get(path)).json()["address"]
    return address.rpartition("/")[2].removesuffix(".ics")


async def _webhook_of(who: Caller) -> dict[str, str]:
    """Let somebody add a webhook, and return what is in the addresses of it."""
    added = (await who.post("/v1/webhooks", BODIES["addWebhook"])).json()["webhook"]["id"]
    tried = await who.post(f"/v1/webhooks/{added}/tests", {})
    return {"/v1/webhooks": added, "delivery": tried.json()["id"]}


async def _paper_of(service: Service, sent: Mapping[str, Any]) -> str:
    """Let the coordinator enter a paper, and return its id."""
    answer = await service.coordinator.post("/v1/paper-reports", sent)
    entered: str = answer.json()["paper_report"]["id"]
    return entered


async def _import_of(who: Caller) -> str:
    """Let somebody send a form that is recorded later, and return the id of its import."""
    later = {"Content-Type": "text/csv", "Prefer": "respond-async"}
    return str((await who.send(f"/v1/plans/{PLAN}/imports", A_FORM, headers=later)).json()["id"])


async def table_of(service: Service) -> str:
    """Ask everything, and draw the table."""
    found = operations((await service.http.get("/openapi.json")).json())
    width = max(len(operation.name) for operation in found)
    lines = [f"{'operation':{width}}  {'scope':16} {'on':8} " + " ".join(f"{name:>11}" for name in CALLERS)]
    async with world(service) as asked:
        for operation in found:
            for target in asked.rows(operation):
                answers = [await asked.answer(operation, target, caller) for caller in CALLERS]
                shown = " ".join(f"{answer:>11}" for answer in answers)
                lines.append(f"{operation.name:{width}}  {operation.scope or 'public':16} {target:8} {shown}")
    return "\n".join(lines) + "\n"
