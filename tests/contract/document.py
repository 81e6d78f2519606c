"""The operations of the checked-in document, and how the tests of the contract ask them for real."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from app.domain.access import Permission
from tests.contract.scenes import ASKED, FILES, MISTAKES, place_of
from tests.contract.snapshot import checked_in
from tests.given import Service

Json = dict[str, Any]
DOCUMENT = checked_in()
PROBLEM = "application/problem+json"
OF_EVERY_ANSWER = {"content-length", "content-type", "vary"}
"""What HTTP itself explains."""


def resolved(part: Json) -> Json:
    """Follow a reference to a component, if it is one."""
    found: Any = part
    if "$ref" in part:
        found = DOCUMENT
        for name in part["$ref"].split("/")[1:]:
            found = found[name]
    shown: Json = found
    return shown


@dataclass(frozen=True)
class Operation:
    """One operation of the document."""

    method: str
    path: str
    shown: Json

    def __str__(self) -> str:
        """Return its operationId."""
        return str(self.shown["operationId"])

    @property
    def act(self) -> Permission | None:
        """The act whose scope it needs; none for a public one."""
        return Permission(self.shown["security"][0]["clients"][0]) if self.shown["security"] else None

    @property
    def success(self) -> str:
        """The status of the answer that refuses nothing, and says what was done where something was."""
        found = [str(status) for status in self.shown["responses"] if status.startswith("2")]
        return next((status for status in ("201", "207") if status in found), found[0])

    @property
    def media_type(self) -> str:
        """The media type of what is sent."""
        return str(next(iter(self.shown["requestBody"]["content"])))

    @property
    def takes_bytes(self) -> bool:
        """Say whether what is sent is a file."""
        content = self.shown.get("requestBody", {}).get("content", {})
        return any(media["schema"].get("format") == "binary" for media in content.values())

    @property
    def answers(self) -> dict[str, Json]:
        """The answers by status, with their references followed."""
        return {status: resolved(answer) for status, answer in self.shown["responses"].items()}

    @property
    def parameters(self) -> dict[str, Json]:
        """The parameters by name."""
        return {one["name"]: one for one in map(resolved, self.shown.get("parameters", ()))}

    @property
    def problems(self) -> set[str]:
        """The names of the problems that it says it can answer with."""
        refused = [answer for status, answer in self.answers.items() if status >= "400"]
        return {name for answer in refused for one in answer.get("content", {}).values() for name in one["examples"]}

    @property
    def shows_json(self) -> bool:
        """Say whether it answers with JSON, and not with a file."""
        return "application/json" in self.answers[self.success].get("content", {})

    @property
    def requests(self) -> dict[str, Json]:
        """The examples of what can be sent, by name."""
        content = self.shown.get("requestBody", {}).get("content", {})
        return {name: one for media in content.values() for name, one in media.get("examples", {}).items()}

    @property
    def responses(self) -> dict[str, Json]:
        """The examples of what comes back, by name."""
        content = self.answers[self.success].get("content", {})
        return {name: one for media in content.values() for name, one in media.get("examples", {}).items()}

    def headers(self, status: int | str) -> set[str]:
        """Name the headers of the answer with a status."""
        return set(self.answers[str(status)].get("headers", ()))

    def undocumented(self, response: httpx.Response) -> set[str]:
        """Name the headers of an answer that the document does not tell of."""
        told = {name.lower() for name in self.headers(response.status_code)}
        return set(response.headers) - told - OF_EVERY_ANSWER

    async def ask(self, service: Service, role: str | None, **request: Any) -> httpx.Response:
        """Call it where it is in the real plan, with the token of a role and the first example of what can be sent."""
        values = await place_of(service, str(self), role, self.path)
        token = {"Authorization": f"Bearer {getattr(service, role).token()}"} if role else {}
        if self.takes_bytes:
            request = {"content": FILES[self.media_type]} | request
            token["Content-Type"] = self.media_type
        elif self.requests and not {"json", "content"} & set(request):
            request["json"] = next(iter(self.requests.values()))["value"]
        if "json" in request and (mistaken := MISTAKES.get(str(self))):
            request["json"] = request["json"] | {"act": await mistaken(service)}
        headers = token | request.pop("headers", {})
        held = {name: values[name] for name in ("sha256",) if name in values and name in self.parameters}
        request["params"] = ASKED.get(str(self), {}) | held | request.pop("params", {})
        return await service.http.request(self.method, self.path.format(**values), headers=headers, **request)


def _operations() -> Iterator[Operation]:
    for path, item in DOCUMENT["paths"].items():
        yield from (Operation(method.upper(), path, shown) for method, shown in item.items())


OPERATIONS = list(_operations())
SECURED = [operation for operation in OPERATIONS if operation.act]
READS = [operation for operation in SECURED if operation.method == "GET" and operation.shows_json]
WRITES = [operation for operation in SECURED if operation.method != "GET" and not operation.takes_bytes]
"""What is recorded from JSON; a file is sent again as it is, and has limits of its own: see test_upload."""
WITH_BODY = [operation for operation in OPERATIONS if "requestBody" in operation.shown and not operation.takes_bytes]


REPORTING = {Permission.REPORT, Permission.ATTACH, Permission.CONTRIBUTE, Permission.REQUEST_EXTENSION}


def best(operation: Operation) -> str:
    """Name who calls an operation when it does not matter who."""
    if operation.act in {Permission.READ_CLIENTS, Permission.MANAGE_CLIENTS}:
        return "admin"
    return "police" if operation.act in REPORTING else "coordinator"
