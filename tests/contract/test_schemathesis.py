"""Schemathesis asks every operation as every role: examples, the edges of every schema, and what it makes up.

The budget and the seed are fixed, so that a run is like the one before it.  Whatever is sent, no answer may be a
failure of ours, or one that the document does not tell of.
"""

import os
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from anyio import from_thread, to_thread
from hypothesis import HealthCheck, Phase, settings
from schemathesis.core.failures import FailureGroup
from schemathesis.generation.hypothesis.builder import HypothesisTestConfig, HypothesisTestMode, create_test
from schemathesis.generation.meta import TestPhase
from schemathesis.schemas import BaseSchema

from app.domain.access import MAY, Classification
from tests.contract.cases import CHECKS, NOBODY, Case, ask
from tests.contract.document import OPERATIONS, Operation
from tests.contract.known import knowing
from tests.contract.scenes import MISTAKES, ON_FILES, attached, filed, named_in, prepare, webhook_of
from tests.contract.snapshot import checked_in
from tests.given import CHARACTERS, TRAINING, Service

pytestmark = pytest.mark.fuzz

ROLES = [NOBODY, "police", "coordinator", "auditor", "integrator", "admin"]
METHOD_NOT_ALLOWED = 405
"""The answer to a method that the document does not have; tests/api/test_problems.py looks at it."""


def _budget(examples: int) -> settings:
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


BRIEF, THOROUGH = _budget(3), _budget(6)
EDGES = int(os.environ.get("DONDOC_EDGES", "40"))
"""So many edges of the schemas of an operation, or somewhat fewer, are tried as each role that comes so far.

Whoever names a number has every role ask; else those who come far do, nobody, and one who is turned away: who is let
in is told by the access matrix.
"""


def _is_at_home(operation: Operation, role: str) -> bool:
    """Say whether a role comes far enough for the edges of every schema to matter."""
    if not operation.act or not _is_let_in(operation, role):
        return not operation.act
    if role == "admin":
        return not _is_let_in(operation, "coordinator")
    return role == "coordinator" or (role == "police" and operation.method != "GET")


def _is_let_in(operation: Operation, role: str) -> bool:
    return not operation.act or (role != NOBODY and CHARACTERS[role][0] in MAY[operation.act])


def _asking(operation: Operation) -> list[str]:
    if not operation.act:
        return [NOBODY]
    if "DONDOC_EDGES" in os.environ:
        return ROLES
    away = [role for role in ROLES[1:] if not _is_let_in(operation, role)]
    return [NOBODY, *(role for role in ROLES if _is_at_home(operation, role)), *away[:1]]


ASKED = [(operation, role) for operation in OPERATIONS for role in _asking(operation)]


@pytest.mark.parametrize(("operation", "role"), ASKED, ids=str)
async def test_nothing_breaks_and_every_answer_is_documented(service: Service, operation: Operation, role: str) -> None:
    evidence = await _evidence_for(service, operation, role)
    await prepare(service, str(operation))
    document = checked_in()
    document["paths"] = {operation.path: document["paths"][operation.path]}
    known = knowing(
        document,
        evidence=evidence,
        client=service.police,
        named=await named_in(service, role, operation.path),
        acts=[await mistaken(service) for name, mistaken in MISTAKES.items() if name == str(operation)],
        webhook=await webhook_of(service, role) if operation.path.startswith("/v1/webhooks") else {},
    )
    schema = schemathesis.openapi.from_dict(known)
    seen = set()

    def asked(case: Case) -> None:
        response = from_thread.run(ask, service, role, case)
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as found:
            # A group of failures is no Exception, and would end the loop that all tests of this worker share.
            raise AssertionError(str(found)) from None
        seen.add(response.status_code)
        if response.status_code != METHOD_NOT_ALLOWED:
            assert operation.undocumented(response) == set()

    await to_thread.run_sync(_exercise(schema, operation, role, asked))

    assert (int(operation.success) in seen) == _is_let_in(operation, role)


async def _evidence_for(service: Service, operation: Operation, role: str) -> list[str]:
    """Return the ids of evidence that an operation can be on, or may show."""
    if str(operation) in ON_FILES:
        return [await filed(service, role, str(operation))]
    if (str(operation), role) == ("withdrawEvidence", "coordinator"):
        # It can take back only what came on paper.
        return [(await attached(service, role)).json()["id"]]
    if "/evidence/" not in operation.path and not _is_let_in(operation, role):
        return []
    return [(await service.police.attach(TRAINING, classification=one)).json()["id"] for one in Classification]


def _exercise(schema: BaseSchema, operation: Operation, role: str, test: Callable[[Case], None]) -> Callable[[], None]:
    """Build the test of one operation.

    `schema.parametrize()` would build all of them whenever tests are collected, and every run would wait for it.
    """
    modes, budget = [HypothesisTestMode.EXAMPLES], BRIEF
    if _is_let_in(operation, role):
        modes.append(HypothesisTestMode.FUZZING)
    if _is_at_home(operation, role):
        modes, budget = [*modes, HypothesisTestMode.COVERAGE], THOROUGH
    config = HypothesisTestConfig(project=schema.config, modes=modes, settings=budget)
    built: Any = create_test(operation=schema[operation.path][operation.method], test_func=test, config=config)
    if examples := getattr(built, "hypothesis_explicit_examples", None):
        built.hypothesis_explicit_examples = _thinned(examples)
    exercise: Callable[[], None] = built
    return exercise


def _thinned(examples: list[Any]) -> list[Any]:
    """Keep some of the edges: those of seventeen filters, or of a body, are many and alike."""
    edges = [one for one in examples if _is_an_edge(one.kwargs["case"])]
    others = [one for one in examples if not _is_an_edge(one.kwargs["case"])]
    # Hypothesis begins with the last one, and so do we.
    return others + edges[:: -1 - len(edges) // EDGES][::-1]


def _is_an_edge(case: Case) -> bool:
    return case.meta is not None and case.meta.phase.name is TestPhase.COVERAGE
