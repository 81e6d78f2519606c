"""A real browser before a real service: Debian's chromium, where there is one."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from playwright.sync_api import Browser, Page, sync_playwright

from tests.process.running import Running, free_port, running

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE_MS = 15_000


@dataclass
class Town:
    """A service, a browser, and who can come in."""

    service: Running
    browser: Browser
    complaints: list[str]

    @contextmanager
    def desk(self, link: str, **how: Any) -> Iterator[Page]:
        """Come in by a link, in a window of one's own; what the console complains of is kept."""
        context = self.browser.new_context(locale="en-US", **how)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.service.base + link)
        try:
            yield page
        finally:
            context.close()

    def _note(self, message: Any) -> None:
        # That a refusal is an error is told there, too, and is no complaint.
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            self.complaints.append(message.text)

    def post(self, name: str, path: str, sent: Any) -> Any:
        """Do something as one of the demo clients."""
        headers = {"Authorization": f"Bearer {self.service.token(name)}", "Idempotency-Key": uuid4().hex}
        answer = (
            self.service.http.post(path, json=sent, headers=headers)
            if sent
            else (self.service.http.post(path, headers=headers))
        )
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    def invited(self, role: str, *bodies: str) -> str:
        """Add a person, and return the link by which they come in."""
        granted = [{"plan": "115-kh-ubnd-2021", "body": body} for body in bodies]
        person = self.post(
            "admin", "/v1/people", {"name": f"Người thử {uuid4().hex[:6]}", "role": role, "bodies": granted}
        )
        link = str(self.post("admin", f"/v1/people/{person['id']}/invitations", None)["link"])
        return link.removeprefix(self.service.base)

    def obligation(self, duty: str, owner: str, cycle: str) -> str:
        """Return the id of an obligation."""
        found = self.service.get("coordinator", "/v1/obligations", duty=duty, owner=owner, cycle=cycle)
        return str(found["items"][0]["id"])


@contextmanager
def town() -> Iterator[Town]:
    """Run a service and a browser for a while: by a name, since a browser makes no passkey for a number."""
    folder, port = Path(tempfile.mkdtemp(prefix="dondoc-")), free_port()
    at = f"http://localhost:{port}"
    try:
        with running(folder, DONDOC_ISSUER=at, PORT=str(port)) as service, sync_playwright() as playwright:
            service.base = at
            # Root may not use the sandbox of its own.
            alone = ["--no-sandbox"] if os.geteuid() == 0 else []
            here = "--host-resolver-rules=MAP localhost 127.0.0.1"
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*alone, "--disable-gpu", here])
            yield Town(service, browser, [])
            browser.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def printed_links(service: Running) -> list[str]:
    """Return the links that the service has printed: the coordinator's, and the clerk's."""
    log = (service.data_dir / "service.log").read_text()
    return re.findall(r"(/desk/sign-in/\S+)", log)
