"""Developers generate clients: a typed one, made from the checked-in document, goes on the tour of docs/tour.md."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from functools import cache
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest

from tests.contract.document import OPERATIONS
from tests.contract.snapshot import SNAPSHOT
from tests.given import FIRST, INVESTIGATION, PLAN, TRAINING
from tests.process.running import Running, running

NAME = "dondoc_client"
CONFIG = Path(__file__).with_name("client.yaml")
Call = Callable[..., Any]
"""Calls an operation by the generated code, as one client, and returns what its answer holds."""
Calling = Callable[[str], Call]


def operation(name: str) -> Any:
    """Return the generated module of an operation."""
    return import_module(f"{NAME}.api.{name}")


def shape(name: str) -> Any:
    """Return the generated class of a shape or of an enumeration."""
    return getattr(import_module(f"{NAME}.models"), name)


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Generate the client, which must leave nothing out, and let it be imported."""
    folder = tmp_path_factory.mktemp("generated")
    generate = [str(Path(sys.executable).with_name("openapi-python-client")), "generate", "--fail-on-warning"]
    where = ["--path", str(SNAPSHOT), "--config", str(CONFIG), "--meta", "none", "--output-path", str(folder / NAME)]
    ended = subprocess.run([*generate, *where], capture_output=True, text=True, check=False)  # noqa: S603  Ours.
    assert ended.returncode == 0, ended.stdout + ended.stderr

    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield folder / NAME


@pytest.fixture(scope="module")
def calling(generated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calling]:
    """Let the demo clients of a service call it."""
    with running(tmp_path_factory.mktemp("service")) as service, ExitStack() as opened:
        yield cache(lambda name: _calling(service, name, opened))


def _calling(service: Running, name: str, opened: ExitStack) -> Call:
    package = import_module(NAME)
    made = {"base_url": service.base, "raise_on_unexpected_status": True}
    shown = json.loads((service.data_dir / "clients.json").read_text())[name]
    credentials = {"client_id": shown["client_id"], "client_secret": shown["client_secret"]}
    nobody = opened.enter_context(package.Client(**made))
    asked = shape("TokenIn")(**credentials, grant_type="client_credentials")
    token = operation("oauth.issue_token").sync(client=nobody, body=asked)
    client = opened.enter_context(package.AuthenticatedClient(**made, token=token.access_token))
    return lambda called, *where, **sent: operation(called).sync(*where, client=client, **sent)


def test_every_operation_and_every_shape_is_generated(generated: Path) -> None:
    files = {file.stem for file in (generated / "api").glob("*/[a-z]*.py")}
    shapes = json.loads(SNAPSHOT.read_text("utf-8"))["components"]["schemas"]

    assert files == {_snake(str(one)) for one in OPERATIONS}
    assert [name for name in shapes if "__" in name] == []


def test_a_report_with_evidence_makes_what_was_overdue_completed_late(calling: Calling) -> None:
    coordinator, police = calling("coordinator"), calling("cong-an")
    status, classification = shape("Status"), shape("Classification")

    asked = {"cycle": FIRST, "duty": "3.4", "status": [status.OVERDUE], "count": True}
    found = coordinator("obligations.list_obligations", **asked)
    assert isinstance(found, shape("CountedObligationList"))
    [owed] = found.items
    assert (found.total, owed.id, owed.status) == (1, TRAINING, status.OVERDUE)
    assert (owed.due_before, owed.last_day_on_time) == (datetime(2021, 6, 14, 17, tzinfo=UTC), date(2021, 6, 14))

    document = shape("DocumentIn")(
        kind="document",
        title="Báo cáo kết quả tập huấn",
        classification=classification.INTERNAL,
        number="375/BC-CATP",
        issued_on=date(2021, 7, 20),
        issuer="Công an thành phố",
    )
    update = shape("UpdateIn")(
        state=shape("ClaimState").COMPLETED, summary="Đã tập huấn cho 312 Điều tra viên.", evidence=[document]
    )
    sent = {"body": update, "idempotency_key": "catp-2026-0001"}
    reported = police("obligations.report_update", owed.id, **sent)
    again = police("obligations.report_update", owed.id, **sent)
    assert isinstance(reported, shape("Reported"))
    assert (reported.obligation.status, reported.obligation.missing) == (status.COMPLETED_LATE, [])
    assert again.update.id == reported.update.id
    [evidence] = reported.update.evidence
    assert isinstance(evidence.id, UUID)
    assert (evidence.issued_on, evidence.classification) == (date(2021, 7, 20), classification.INTERNAL)

    history = coordinator("obligations.get_history", owed.id)
    [act] = [one for one in history.items if isinstance(one, shape("UpdateAct"))]
    assert (act.id, act.recorded_at.tzinfo) == (reported.update.id, UTC)
    assert police("evidence.get_evidence", evidence.id) == evidence


def test_a_report_that_is_returned_is_open_again(calling: Calling) -> None:
    coordinator, police = calling("coordinator"), calling("cong-an")
    claim = shape("UpdateIn")(state=shape("ClaimState").COMPLETED, summary="Đã triển khai theo kế hoạch.")
    police("obligations.report_update", INVESTIGATION, body=claim, idempotency_key="catp-2026-0002")

    review = shape("ReviewIn")(outcome=shape("ReviewOutcome").RETURNED, reason="Báo cáo chưa có số liệu.")
    reviewed = coordinator("reviews.give_review", INVESTIGATION, body=review, idempotency_key="xem-xet-0001")

    assert reviewed.review.outcome is shape("ReviewOutcome").RETURNED
    assert (reviewed.obligation.status, reviewed.obligation.claim) == (shape("Status").OVERDUE, None)


def test_the_status_document_counts_what_a_body_owes(calling: Calling) -> None:
    shown = calling("integrator")("status.get_status", PLAN, cycle=FIRST, body="cong-an", as_of=date(2021, 6, 10))

    [cycle] = shown.cycles
    [body] = cycle.bodies
    assert (shown.as_of, shown.known_at) == (datetime(2021, 6, 10, 16, 59, 59, 999999, UTC), None)
    assert (body.code, body.force, body.status) == ("cong-an", shape("Force").DIRECTED, shape("Status").NOT_STARTED)
    assert (body.totals.owed, body.totals.overdue, body.completion_rate) == (10, 0, 0.0)


def test_a_form_comes_as_a_workbook(calling: Calling) -> None:
    form = calling("cong-an")("updates.get_template", PLAN, cycle="2026", owner="cong-an")

    assert "xl/workbook.xml" in ZipFile(BytesIO(form.payload.read())).namelist()


def test_a_refusal_is_a_typed_problem(calling: Calling) -> None:
    health = calling("so-y-te")
    claim = shape("UpdateIn")(state=shape("ClaimState").COMPLETED, summary="", percent=40)

    hidden = health("obligations.get_obligation", TRAINING)
    malformed = calling("cong-an")("obligations.report_update", TRAINING, body=claim)

    assert isinstance(hidden, shape("Problem"))
    assert (hidden.status, hidden.type_) == (404, "/problems/not-found")
    assert (malformed.status, malformed.type_) == (422, "/problems/malformed-content")
    assert "/summary" in {fault.pointer for fault in malformed.errors}


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
