"""Exports of many obligations need no more memory than exports of few."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.process.many import EACH, exported, multiply, peak_bytes
from tests.process.running import Running, running

pytestmark = pytest.mark.load

CYCLES, ALLOWED_BYTES = 15, 20 * 1024 * 1024


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    """Run a service that has answered before."""
    with running(tmp_path) as serving:
        for form in ("csv", "ndjson", "xlsx"):
            exported(serving, form)
        yield serving


def test_an_export_of_many_adds_little_memory(service: Running) -> None:
    few, _ = exported(service, "ndjson")
    before = peak_bytes(service)

    multiply(service, CYCLES)
    sizes = {form: exported(service, form) for form in ("csv", "ndjson", "xlsx")}

    assert sizes["ndjson"][0] == few + CYCLES * EACH
    assert sizes["csv"][0] == sizes["ndjson"][0] + 1
    assert sizes["ndjson"][1] > 3_500_000
    assert peak_bytes(service) - before < ALLOWED_BYTES
