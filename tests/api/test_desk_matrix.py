"""Who may open and do what at the desk, beside who may call the operations of the same right: one table, asked in full.

To accept another table, look at it, and run `python -m pytest tests/api/test_desk_matrix.py` with WRITE_MATRIX=1.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from inspect import getclosurevars
from pathlib import Path
from typing import Any
from uuid import uuid4

from fastapi.routing import iter_route_contexts

from app.domain.access import Permission, Role, authorize
from tests.api.test_access_matrix import caller, rows
from tests.api.test_desk_door import OPEN
from tests.desk import PEOPLE, at_desk
from tests.given import FIRST, INVESTIGATION, Service

MATRIX = Path(__file__).with_name("desk_matrix.txt")
BESIDE: Mapping[str, str] = {
    "coordinator": "coordinator", "clerk": "owner", "stranger": "other", "partner": "partner",
    "auditor": "auditor", "admin": "admin",
}  # fmt: skip
"""Who somebody at the desk is among those who call the API."""
OWN = "own"
"""What everybody who is signed in sees and does, of themselves alone."""


@dataclass(frozen=True)
class Place:
    """A screen that is opened, or an act that is done there, and the right that it takes."""

    method: str
    path: str
    right: str

    @property
    def address(self) -> str:
        """Where it is, of something of the police."""
        path = self.path.replace("{cycle}", FIRST).replace("{body}", "cong-an").replace("{update}", str(uuid4()))
        return re.sub(r"\{\w*id\}", str(INVESTIGATION), path).removeprefix("/desk")


def places(service: Service) -> Iterator[Place]:
    """Yield all screens and acts of the desk but those of its doors, which are for whoever is not signed in."""
    for route in iter_route_contexts(service.app.routes):
        path = str(getattr(route, "path_format", None) or route.path)
        if path.startswith("/desk") and not path.startswith(("/desk/oidc", "/desk/passkey", "/desk/{rest")):
            for method in sorted({"GET", "POST"} & (route.methods or set())) if path not in OPEN else ():
                yield Place(method, path, _right(route))


def _right(route: Any) -> str:
    found = [getclosurevars(one.dependency).nonlocals.get("permission") for one in route.dependencies]
    named = [one.value for one in found if isinstance(one, Permission)]
    assert len(named) <= 1, route.path
    return named[0] if named else OWN


def may(who: str, right: str) -> bool:
    """Say whether the domain lets somebody do anything that takes a right."""
    assert PEOPLE[who][0] in {Role.REPORTER, Role.COORDINATOR, Role.AUDITOR, Role.ADMIN}
    return right == OWN or authorize(caller(BESIDE[who]), Permission(right))


async def test_each_role_opens_and_does_at_the_desk_what_the_table_says(service: Service) -> None:
    there = sorted(set(places(service)), key=lambda one: (one.path, one.method))
    people = {who: await at_desk(service, who) for who in PEOPLE}
    lines = [f"{'':5}{'':64}{'right':24}{''.join(f'{who:13}' for who in people)}".rstrip()]

    for one in there:
        answers = []
        for who, person in people.items():
            answer = await (person.get(one.address) if one.method == "GET" else person.post(one.address, {"key": "x"}))
            assert answer.status_code < 500, (one, who)
            assert (answer.status_code == 403) == (not may(who, one.right)), (one, who, answer.status_code)
            answers.append("-" if answer.status_code == 403 else "hidden" if answer.status_code == 404 else "may")
        lines.append(f"{one.method:5}{one.path:64}{one.right:24}{''.join(f'{said:13}' for said in answers)}".rstrip())

    if os.environ.get("WRITE_MATRIX"):
        MATRIX.write_text("\n".join(lines) + "\n", "utf-8")
    assert lines == MATRIX.read_text("utf-8").splitlines()


def test_nobody_has_a_right_at_the_desk_that_they_have_not_by_the_api() -> None:
    answers: dict[str, dict[str, set[int]]] = {}
    for _, scope, _, said in rows():
        for who, status in said.items():
            answers.setdefault(scope, {}).setdefault(who, set()).add(status)

    table = [line.split() for line in MATRIX.read_text("utf-8").splitlines()[1:]]

    assert table
    for method, path, right, *theirs in table:
        for who, answered in zip(PEOPLE, theirs, strict=True):
            if right != OWN:
                refused = answers[right][BESIDE[who]] == {403}
                assert refused == (answered == "-"), (method, path, who)
