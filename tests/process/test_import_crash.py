"""A form that is recorded later survives the service: each line is recorded once, and nobody sends it again.

`DONDOC_LINES=10000` records as many as was promised; without it some are recorded, in the same way.
"""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from sqlalchemy import text

from tests.process.many import told
from tests.process.running import PATIENCE, Running, running

pytestmark = pytest.mark.load
LINES = int(os.environ.get("DONDOC_LINES", "2000"))
IMPORTS = "/v1/plans/115-kh-ubnd-2021/imports"
DUE = text("UPDATE form_import SET next_attempt_at = clock_timestamp() WHERE state = 'running'")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    """Run a service that will be killed."""
    with running(tmp_path) as serving:
        yield serving


def form() -> bytes:
    """Spell a form whose lines all differ."""
    lines = (f"2026,3.{n % 3 + 1},cong-an,đang thực hiện,{n % 100},Dòng số {n}\n" for n in range(LINES))
    return ("cycle,duty,owner,state,percent,summary\n" + "".join(lines)).encode()


def progress(service: Running, place: str, enough: Any) -> dict[str, Any]:
    """Ask how far an import has come, until that is enough."""
    for _ in range(PATIENCE):
        shown: dict[str, Any] = service.get("cong-an", place)
        if enough(shown):
            return shown
        sleep(0.1)
    raise AssertionError("the import never came so far")


def summaries(service: Running) -> Counter[str]:
    """Count the updates of this year by what they say."""
    found = service.get("cong-an", "/v1/obligations", owner="cong-an", cycle="2026", limit=500)["items"]
    histories = (service.get("cong-an", f"/v1/obligations/{one['id']}/history")["items"] for one in found)
    return Counter(act["summary"] for acts in histories for act in acts if act["act"] == "update")


def test_a_service_killed_half_way_goes_on_by_itself_and_records_each_line_once(service: Running) -> None:
    headers = {"Authorization": f"Bearer {service.token('cong-an')}", "Content-Type": "text/csv"}
    answer = service.http.post(IMPORTS, content=form(), headers={**headers, "Prefer": "respond-async"})
    place = answer.headers["location"]
    begun = progress(service, place, lambda shown: shown["counts"]["recorded"] >= LINES // 4)

    service.kill()
    service.wait_until_let_go()
    service.start()
    # Another process waits for a minute before it takes over; this one need not.
    told(service, DUE)
    done = progress(service, place, lambda shown: shown["finished_at"])
    again = service.http.post(IMPORTS, content=form(), headers=headers, timeout=None).json()

    assert begun["state"] == "running"
    assert (done["state"], done["lines"]) == ("done", LINES)
    # What had been recorded, but not been told of when the service died, had been recorded already.
    assert done["counts"]["recorded"] >= LINES // 4
    assert done["counts"]["recorded"] + done["counts"]["replayed"] == LINES
    assert again["counts"] == {"recorded": 0, "replayed": LINES, "refused": 0, "blank": 0}
    assert summaries(service) == {f"Dòng số {n}": 1 for n in range(LINES)}
