"""Who calls, and what has happened, for the tests of the second gate."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import product
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from app.database.engine import SYSTEM, Database, Identity
from app.database.failures import sqlstate_of
from app.domain.access import Caller, Classification, Permission, Resource, Role
from app.domain.acts import ActKind
from app.domain.completion import ClaimState, ReviewOutcome
from app.models import (
    AnnulledAct,
    Annulment,
    Assurance,
    ConditionDecision,
    Contribution,
    DutyPartner,
    Erasure,
    Evidence,
    EvidenceContent,
    EvidenceRead,
    EvidenceText,
    Extension,
    ExtensionRefusal,
    ExtensionRequest,
    Instruction,
    Obligation,
    Review,
    Transfer,
    Update,
    Withdrawal,
)
from app.models.base import new_id, stable_id, table
from tests.database.rights import FORBIDDEN
from tests.given import INVESTIGATION, PLAN, TODAY, TOURISTS, TRAINING, obligation

PLAN_ID = stable_id(PLAN)
BODIES = {"police": ["cong-an"], "culture": ["so-vhttdl"], "health": ["so-y-te"], "two": ["so-y-te", "so-vhttdl"]}
CALLERS = [*BODIES, "bound to nobody", "coordinator", "auditor", "integrator", "admin"]
ON = [INVESTIGATION, TRAINING, TOURISTS, obligation("7.8", "so-vhttdl"), obligation("4.1", "so-y-te")]
"""Obligations with a history: two of the police alone, one that culture coordinates, one of culture, one of health."""
OWNERS = dict(zip(ON, ("cong-an", "cong-an", "cong-an", "so-vhttdl", "so-y-te"), strict=True))
NARRATIVES = (
    *("progress_update", "review", "extension", "extension_request", "extension_refusal"),
    *("condition_decision", "contribution", "annulment", "instruction"),
)
BESIDE_EVIDENCE = ("evidence_text", "evidence_content", "erasure")
"""What whoever sees an evidence sees of it."""
POLICED = (
    *(*NARRATIVES, *BESIDE_EVIDENCE),
    *("obligation", "standing_facts", "measurement", "evidence", "evidence_read", "withdrawal", "transfer"),
    "annulled_act",
)
OF_EVIDENCE: Mapping[type[SQLModel], Mapping[str, Any]] = {
    EvidenceContent: {"size": 10, "sha256": "0" * 64},
    EvidenceRead: {"sha256": "0" * 64},
    Erasure: {"reason": "Theo yêu cầu.", "legal_basis": "Luật 91/2025/QH15"},
}

CALLS = "INSERT INTO client (id, name, role, version) VALUES (:id, 'calls', 'reporter', 1) ON CONFLICT DO NOTHING"
SUCCEEDED, ANOTHER = (stable_id(PLAN, "succession", body, "2025-03-01") for body in ("so-ldtbxh", "ban-dan-toc"))
"""Successions that the seed proposes."""


def called(name: str) -> Caller:
    """Return a caller of a name: a reporter with its bodies, or one of the other roles."""
    if name in {role.value for role in Role}:
        return Caller(client_id=UUID(int=1), role=Role(name), scopes=frozenset(Permission))
    ids = frozenset(stable_id(PLAN, "body", code) for code in BODIES.get(name, ()))
    return Caller(client_id=UUID(int=1), role=Role.REPORTER, scopes=frozenset(Permission), body_ids=ids)


def rows(client_id: UUID, on: UUID) -> list[tuple[type[SQLModel], dict[str, Any]]]:
    """Return one act of each kind on an obligation, and evidence of each classification by the owner and by culture."""
    act = {"plan_id": PLAN_ID, "obligation_id": on, "client_id": client_id, "received_at": TODAY}
    update, first, annulment = new_id(), new_id(), new_id()
    link = {"kind": "link", "of_owner": False}
    of_update = {"update_id": update, "waives": []}
    culture = stable_id(PLAN, "body", "so-vhttdl")
    attached = [
        (Evidence, {**act, **link, "id": new_id(), "classification": kind, "body_id": stable_id(PLAN, "body", by)})
        for kind, by in product(Classification, ("cong-an", "so-vhttdl"))
    ]
    attached[0][1]["id"] = first
    owner = stable_id(PLAN, "body", OWNERS[on])
    kept = {"owner_id": owner, "body_id": owner, "succession_id": SUCCEEDED}
    return [
        (Update, {**act, "id": update, "state": ClaimState.COMPLETED, "summary": "Đã triển khai."}),
        (Review, {**act, "id": new_id(), **of_update, "outcome": ReviewOutcome.ACCEPTED, "reason": "Đã xem."}),
        (ExtensionRequest, {**act, "id": new_id(), "due_before": TODAY, "reason": "Chờ kinh phí."}),
        (ExtensionRefusal, {**act, "id": new_id(), "reason": "Không đủ căn cứ."}),
        (Extension, {**act, "id": new_id(), "due_before": TODAY, "reason": "Vì", "decided_on": TODAY.date()}),
        (ConditionDecision, {**act, "id": new_id(), "met": True, "reason": "Đã có hướng dẫn."}),
        (
            Instruction,
            {**act, "id": new_id(), "words": "Khẩn trương.", "leader": "Phó Chủ tịch", "given_on": TODAY.date()},
        ),
        (
            Contribution,
            {**act, "id": new_id(), "body_id": culture, "note": "Đã phối hợp."},
        ),
        *attached,
        (Transfer, {**act, **kept, "id": new_id()}),
        *((EvidenceText, {"id": row["id"], "plan_id": PLAN_ID, "title": "Trang tin"}) for _, row in attached),
        *(
            (kind, {**act, "id": new_id(), "evidence_id": row["id"], **fields})
            for kind, fields in OF_EVIDENCE.items()
            for _, row in attached
        ),
        (Withdrawal, {**act, "id": new_id(), "evidence_id": first, "reason": "Đính kèm nhầm."}),
        (Annulment, {**act, "id": annulment, **_of_update(update), "reason": "Nhầm kỳ."}),
        *(
            (Annulment, {**act, "id": new_id(), **_of_evidence(row["id"]), "reason": "Đính kèm nhầm."})
            for _, row in attached
        ),
        *(
            (Assurance, {**act, "id": new_id(), "act_id": new_id(), "evidence_id": one, "reason": "Tên một vở kịch."})
            for one in (None, *(row["id"] for _, row in attached))
        ),
        (
            AnnulledAct,
            {
                "id": new_id(),
                "plan_id": PLAN_ID,
                "obligation_id": on,
                "annulment_id": annulment,
                "act_id": update,
                "kind": ActKind.UPDATE,
                "counts": False,
                "received_at": TODAY,
            },
        ),
    ]


def _of_update(update_id: UUID) -> dict[str, Any]:
    """Spell what an annulment of an update says of it."""
    return {"act_id": update_id, "evidence_id": None, "kind": ActKind.UPDATE}


def _of_evidence(evidence_id: Any) -> dict[str, Any]:
    """Spell what an annulment of an evidence says of it."""
    return {"act_id": evidence_id, "evidence_id": evidence_id, "kind": ActKind.EVIDENCE}


async def resources(database: Database) -> dict[UUID, Resource]:
    """Return every obligation as the domain sees it."""
    obligations, partners = table(Obligation), table(DutyPartner)
    async with database.reading(SYSTEM) as connection:
        named: dict[UUID, set[UUID]] = {}
        for duty_id, body_id in await connection.execute(select(partners.c.duty_id, partners.c.body_id)):
            named.setdefault(duty_id, set()).add(body_id)
        found = await connection.execute(select(obligations.c.id, obligations.c.owner_id, obligations.c.duty_id))
        return {
            one: Resource(owner_id=owner, partner_ids=frozenset(named.get(duty, set()) - {None}))
            for one, owner, duty in found
        }


def evidence_of(row: Mapping[Any, Any], on: Resource) -> Resource:
    """Return an evidence as the domain sees it."""
    kind = Classification(row["classification"])
    return Resource(owner_id=on.owner_id, partner_ids=on.partner_ids, classification=kind, attached_by=row["body_id"])


async def a_client(database: Database) -> UUID:
    """Return the id of some client."""
    async with database.reading(SYSTEM) as connection:
        return UUID(str(await connection.scalar(text("SELECT id FROM client LIMIT 1"))))


async def is_taken(database: Database, caller: Caller, statement: Any) -> bool:
    """Try a statement as a caller, and undo it; the database writes by itself that it was this client."""
    async with database.writing(Identity("admin")) as connection:
        await connection.execute(text(CALLS), {"id": caller.client_id})
    async with database.writing(Identity.of(caller)) as connection, undone(connection):
        try:
            async with connection.begin_nested():
                await connection.execute(statement)
        except DBAPIError as error:
            if sqlstate_of(error) != FORBIDDEN:
                raise
            return False
        return True


@asynccontextmanager
async def undone(connection: AsyncConnection) -> AsyncIterator[None]:
    """Undo what the block does."""
    savepoint = await connection.begin_nested()
    yield
    await savepoint.rollback()
