"""Who may call what, about what: the table in access_matrix.txt is what is promised, and it is asked in full.

To accept another table, look at it, and run `python -m pytest tests/api/test_access_matrix.py` with WRITE_MATRIX=1.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from app.domain.access import Caller, Classification, Permission, Resource, Role, authorize
from app.models.base import stable_id
from tests.api.matrix import CALLERS, OTHERS, OWN, PUBLIC, operations, table_of
from tests.given import PLAN, Service

MATRIX = Path(__file__).with_name("access_matrix.txt")
Row = tuple[str, str, str, dict[str, int]]


def body(code: str) -> frozenset[UUID]:
    return frozenset({stable_id(PLAN, "body", code)})


def rows() -> Iterator[Row]:
    """Yield the operation, the scope, the target and the answers of each line."""
    for line in MATRIX.read_text("utf-8").splitlines()[1:]:
        name, scope, target, *answers = line.split()
        yield name, scope, target, dict(zip(CALLERS, map(int, answers), strict=True))


async def test_everybody_is_answered_as_the_table_says(service: Service) -> None:
    found = await table_of(service)

    if os.environ.get("WRITE_MATRIX"):
        MATRIX.write_text(found, "utf-8")
    assert found.splitlines() == MATRIX.read_text("utf-8").splitlines()


async def test_every_operation_names_its_scope_or_is_public(service: Service) -> None:
    found = operations((await service.http.get("/openapi.json")).json())

    assert {one.name for one in found if one.scope is None} == PUBLIC
    assert {one.scope for one in found if one.scope} <= {act.value for act in Permission}
    assert {name for name, *_ in rows()} == {one.name for one in found}


CALENDARS = {"giveCalendar", "getCalendar", "revokeCalendar"}
POSTERS_ONLY = {"withdrawEvidence", "contribute"} | CALENDARS
"""Who may do these depends on who posted, or helps, or on whose calendar it is: not every owner does."""
REPORTERS = {"owner": "cong-an", "other": "tand", "partner": "so-vhttdl"}


def caller(name: str) -> Caller:
    ids: frozenset[UUID] = body(REPORTERS[name]) if name in REPORTERS else frozenset()
    role = Role.REPORTER if name in REPORTERS else Role(name)
    return Caller(client_id=stable_id(name), role=role, scopes=frozenset(Permission), body_ids=ids)


@pytest.mark.parametrize(("name", "scope", "target", "answers"), [row for row in rows() if row[1] != "public"])
def test_the_table_says_what_the_domain_does(name: str, scope: str, target: str, answers: dict[str, int]) -> None:
    assert {answers[one] for one in ("nobody", "disabled", "expired")} == {401}
    for one in ("owner", "other", "partner", "coordinator", "auditor", "integrator", "admin"):
        if not authorize(caller(one), Permission(scope)):
            assert answers[one] == 403
        else:
            assert answers[one] < 500
            assert answers[one] != 401
            assert answers[one] != 403 or name in POSTERS_ONLY


def resource(name: str, target: str) -> Resource:
    owner, partners = ("cong-an", body("so-vhttdl")) if target == OWN else ("so-khdt", body("so-tttt"))
    restricted = Classification.RESTRICTED if name == "getEvidence" else None
    return Resource(owner_id=stable_id(PLAN, "body", owner), partner_ids=partners, classification=restricted)


ON_OBLIGATIONS = {
    *("getObligation", "getHistory", "listContributions", "getEvidence", "explainObligation"),
    *("reportUpdate", "attachEvidence", "requestExtension", "giveExtension"),
}


@pytest.mark.parametrize(("name", "scope", "target", "answers"), [row for row in rows() if row[0] in ON_OBLIGATIONS])
def test_what_is_not_ones_own_is_not_there(name: str, scope: str, target: str, answers: dict[str, int]) -> None:
    for one in ("owner", "other", "partner", "coordinator", "auditor", "integrator"):
        if answers[one] == 403:
            continue
        there = target in {OWN, OTHERS} and authorize(caller(one), Permission(scope), resource(name, target))
        assert (answers[one] < 300) is there, one
        assert there or answers[one] == 404, one


GIVEN = {"getCalendar", "listWebhooks", "getWebhook", "listDeliveries", "getImport", "listImportResults"}
"""Addresses that are given to whoever acts, what is sent to them, and forms of one's own: an auditor has none."""


async def test_an_auditor_reads_what_a_coordinator_reads_and_records_nothing(service: Service) -> None:
    found = operations((await service.http.get("/openapi.json")).json())
    reads = {one.name for one in found if one.method == "GET"} - GIVEN

    for name, scope, target, answers in rows():
        if scope == "public":
            continue
        expected = answers["coordinator"] if name in reads else 403
        assert answers["auditor"] == expected, (name, target)
