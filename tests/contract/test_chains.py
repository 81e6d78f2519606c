"""Schemathesis chains calls by the document's links: what is called next follows from what came back.

A call of a chain may send what the document shows as an example, or whatever else its schema allows; filters and
headers are left to `test_schemathesis.py`.  The budget and the seed are fixed, and what a chain wrote is undone before
the next one.  No answer may be a failure of ours, or one that the document does not tell of.
"""

from collections import Counter
from typing import Any

import pytest
import schemathesis
from anyio import from_thread, to_thread
from hypothesis import HealthCheck, Phase, settings
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response
from schemathesis.engine.recorder import ScenarioRecorder
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncTransaction

from app.domain.access import MAY
from tests.contract.cases import CHECKS, Case, ask
from tests.contract.document import OPERATIONS, Json, resolved
from tests.contract.known import knowing
from tests.contract.scenes import attached, named_in, webhook_of
from tests.contract.snapshot import checked_in
from tests.given import CHARACTERS, Service

BUDGET = settings(
    max_examples=8,
    stateful_step_count=12,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
LEAST = {"coordinator": 10, "police": 10}
"""How many of the links must at least have led to an answer that refuses nothing."""


@pytest.mark.parametrize("role", LEAST)
async def test_no_chain_of_calls_breaks_and_links_lead_somewhere(service: Service, role: str) -> None:
    evidence = [(await attached(service, role)).json()["id"]]
    known = knowing(
        checked_in(),
        evidence=evidence,
        client=service.police,
        named=await named_in(service, role, "{secret}{token}{paper_report}"),
        webhook=await webhook_of(service, role),
        acts=[],
    )
    followed: Counter[str] = Counter()
    async with service.app.state.database.writing() as connection:
        pass  # There is but one, in a transaction that nobody commits.
    given = {"service": service, "role": role, "connection": connection, "followed": followed}
    chain: Any = type("ChainOfCalls", (Chain, _machine(_exemplary(known), role)), given)

    await to_thread.run_sync(lambda: chain.run(settings=BUDGET))

    assert len(followed) >= LEAST[role], followed


def _machine(document: Json, role: str) -> Any:
    """Make a machine of what a role may call, which knows the links of the document and guesses no others."""
    schema = schemathesis.openapi.from_dict(document)
    schema.config.phases.stateful.inference.algorithms = []
    schema.config.generation.modes = [GenerationMode.POSITIVE]
    may = [str(one) for one in OPERATIONS if one.act and CHARACTERS[role][0] in MAY[one.act]]
    return schema.include(operation_id=may).as_state_machine()


class Chain:
    """What a machine does beside choosing calls: it asks the service, and counts the links that led to a success."""

    service: Service
    role: str
    connection: AsyncConnection
    followed: Counter[str]
    recorder: ScenarioRecorder

    def setup(self) -> None:
        """Begin what will be undone."""
        self.written = from_thread.run(self._begin)

    async def _begin(self) -> AsyncTransaction:
        return await self.connection.begin_nested()

    def call(self, case: Case, **_: Any) -> Response:
        """Send a case."""
        return Response.from_any(from_thread.run(ask, self.service, self.role, case))

    def validate_response(self, response: Response, case: Case, **_: Any) -> None:
        """Hold an answer to the document."""
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as found:
            # A group of failures is no Exception, and would end the loop that all tests of this worker share.
            raise AssertionError(str(found)) from None

    def teardown(self) -> None:
        """Undo what was written, and count."""
        from_thread.run(self.written.rollback)
        for name, node in self.recorder.cases.items():
            response = self.recorder.find_response(case_id=name)
            if node.transition and node.is_transition_applied and response and response.status_code < 400:
                self.followed[node.transition.id] += 1


def _exemplary(document: Json) -> Json:
    """Let the examples of a body be sent as often as anything else, and nothing that can be left out of a head."""
    for operation in (one for item in document["paths"].values() for one in item.values()):
        operation["parameters"] = [one for one in operation["parameters"] if resolved(one).get("required")]
        for content in operation.get("requestBody", {}).get("content", {}).values():
            shown = [one["value"] for one in content.get("examples", {}).values()]
            content["schema"] = {"anyOf": [{"enum": shown}, content["schema"]]} if shown else content["schema"]
    return document
