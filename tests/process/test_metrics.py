"""What operators watch, on a port of its own, and what `dondoc doctor` says of the same service."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.process.running import Running, free_port, running

pytestmark = pytest.mark.load


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, str]]:
    """Run a service that shows its numbers, and give the address of these."""
    port = free_port()
    with running(tmp_path_factory.mktemp("service"), DONDOC_METRICS_PORT=str(port)) as service:
        yield service, f"http://127.0.0.1:{port}/metrics"


def test_numbers_are_shown_on_their_own_port_and_name_nobody(watched: tuple[Running, str]) -> None:
    service, address = watched
    plan = service.get("coordinator", "/v1/plans")["items"][0]["slug"]
    service.get("coordinator", f"/v1/plans/{plan}/status")

    shown = httpx.get(address).text

    assert 'dondoc_request_seconds_count{method="GET",route="/v1/plans/{plan}/status",status="200"} 1.0' in shown
    assert "dondoc_requests_at_work 0.0" in shown
    assert 'dondoc_job_last_success_timestamp_seconds{job="number"}' in shown
    for name in ("feed_position", "feed_oldest_unnumbered_seconds", "webhook_oldest_undelivered_seconds"):
        assert f"dondoc_{name} " in shown
    assert plan not in shown
    assert service.http.get("/metrics").status_code == 404


def doctor(service: Running, **settings: str) -> tuple[int, dict[str, bool]]:
    """Ask what is wrong."""
    command = [str(Path(sys.executable).with_name("dondoc")), "doctor", "--json"]
    environment = service.environment() | settings
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    return done.returncode, {one["check"]: one["ok"] for one in json.loads(done.stdout)}


def test_the_doctor_finds_a_service_well_and_says_what_is_not(watched: tuple[Running, str]) -> None:
    service, _ = watched
    of_database = ("database", "clock", "replicas", "cycles", "webhook targets")
    checks = ("configuration", *of_database, "keys", "disk", "store", "virus scanner", "mail")
    well = dict.fromkeys(checks, True)
    away = dict.fromkeys(set(of_database) - {"replicas"}, False)

    assert doctor(service) == (0, well)
    assert doctor(service, DONDOC_CLAMAV_ADDRESS="127.0.0.1:1") == (1, well | {"virus scanner": False})
    silent = {"DONDOC_SMTP_URL": "smtp://127.0.0.1:1", "DONDOC_MAIL_FROM": "dondoc@dondoc.example"}
    assert doctor(service, **silent) == (1, well | {"mail": False})
    assert doctor(service, DATABASE_URL="postgresql://me@host/db?sslsni=0") == (1, well | away)
    assert doctor(service, DONDOC_POOL_SIZE="0") == (1, {"configuration": False})
