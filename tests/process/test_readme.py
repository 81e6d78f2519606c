"""README's calls and the tour are run as written, and answered as they show, but for what changes with every run.

So is the Python of the guide, against a service that is served.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.given import PLAN
from tests.pages import blocks, blocks_with_answers, text_of
from tests.process.running import Running, running

VOLATILE = [
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "RANDOM-ID"),
    (r'"(request_id)": "[0-9a-f]{32}"', r'"\1": "…"'),
    (r"(client_secret=)\S+", r"\1…"),
    (r"20(?:2[6-9]|[3-9]\d)-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z", "NOW"),
    (r'"days_overdue": [1-9]\d*', '"days_overdue": N'),
]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    """Run a service that nobody has reported to."""
    with running(tmp_path) as serving:
        yield serving


def steps(page: str) -> list[tuple[str, str]]:
    """Return each command of a page with the answer that it shows."""
    return [
        split(part) for block in blocks(page, "console") for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    ]


def split(part: str) -> tuple[str, str]:
    """Split a step where its command ends: at the first line that leaves no quote open."""
    lines = part.splitlines(keepends=True)
    for n in range(1, len(lines) + 1):
        command = "".join(lines[:n])
        if command.count("'") % 2 == 0:
            return command, "".join(lines[n:])
    raise AssertionError("an open quote in a command")


def masked(text: str) -> str:
    """Replace what differs between two runs."""
    for volatile, name in VOLATILE:
        text = re.sub(volatile, name, text)
    return text.strip()


def here(code: str, service: Running) -> str:
    """Return code of a page as it must be for a service of ours."""
    local = code.replace("http://127.0.0.1:8000", service.base).replace(".dondoc/", f"{service.data_dir}/")
    return local.replace(".venv/bin/dondoc", str(Path(sys.executable).with_name("dondoc")))


def run_steps(page: str, service: Running) -> list[tuple[str, str, str]]:
    """Run the commands of a page in one shell; return each, what the page shows, and what came."""
    commands = steps(page)
    (setup,) = (block for block in blocks(page, "sh") if "token() {" in block)
    script = here("\n".join([setup, *(f"{command}\nprintf '\\1'" for command, _ in commands)]), service)
    # This interpreter, and not one behind a wrapper that looks for a version each time.
    first = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"DONDOC_DATA_DIR": str(service.data_dir), "PATH": first}
    ended = subprocess.run(  # noqa: S603  Our own pages' commands.
        ["/bin/sh", "-c", script], capture_output=True, text=True, check=True, env=environment
    )
    came = ended.stdout.split("\1")
    return [(command, shown, answer) for (command, shown), answer in zip(commands, came, strict=False)]


def holds(whole: Any, part: Any) -> bool:
    """Say whether all that a part of a document says is said by the whole."""
    if isinstance(part, dict):
        return all(name in whole and holds(whole[name], value) for name, value in part.items())
    if isinstance(part, list):
        return len(part) == len(whole) and all(map(holds, whole, part))
    return bool(whole == part)


def test_readmes_five_calls_answer_as_it_shows(service: Running) -> None:
    called = run_steps("README.md", service)

    assert len(called) == 5
    for command, shown, came in called:
        assert masked(came) == masked(shown), command
    (picture,) = map(json.loads, blocks("README.md", "json"))
    document = service.get("integrator", f"/v1/plans/{PLAN}/status", cycle="2021-06-15", body="cong-an")
    assert holds(document, picture)


def test_the_tour_answers_as_it_shows(service: Running) -> None:
    called = run_steps("docs/tour.md", service)

    assert len(called) > 40
    for command, shown, came in called:
        assert masked(came) == masked(shown), command


def test_the_twelve_questions_of_a_week_answer_as_the_page_shows(service: Running) -> None:
    called = run_steps("docs/weekly.md", service)

    assert len(re.findall(r"^## \d+\. ", text_of("docs/weekly.md"), re.MULTILINE)) == 12
    assert len(called) > 12
    for command, shown, came in called:
        assert masked(came) == masked(shown), command


def test_the_guides_python_prints_what_the_guide_says(service: Running) -> None:
    names: dict[str, Any] = {}
    pages = ("docs/integrating.md", "docs/coordinating.md")
    found = [one for page in pages for one in blocks_with_answers(page)]

    assert len([printed for _, printed in found if printed]) >= 9
    try:
        for code, shown in found:
            printed = StringIO()
            with redirect_stdout(printed):
                exec(here(code, service), names)  # noqa: S102  Our own page's code.
            assert printed.getvalue() == shown, code
    finally:
        names["service"].close()


def test_the_guides_receiver_takes_what_was_signed_and_nothing_else() -> None:
    (code,) = blocks("docs/webhooks.md", "python")
    secret, body, now = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", '{"type": "webhook.test"}', datetime.now(UTC)
    headers = {"webhook-id": "1", "webhook-timestamp": str(int(now.timestamp()))}
    headers["webhook-signature"] = Webhook(secret).sign("1", now, body)
    names: dict[str, Any] = {"request_body": body, "request_headers": headers}

    exec(code.replace("whsec_…", secret), names)  # noqa: S102  Our own page's code.

    assert names["event"] == {"type": "webhook.test"}
    with pytest.raises(Exception, match="No matching signature"):
        exec(code.replace("whsec_…", secret), names | {"request_body": body + " "})  # noqa: S102
