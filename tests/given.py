"""The world of the tests: a fixed day, a service, and a few characters who call it.

Công an thành phố (police) owns 3.1 to 3.8 and coordinates 7.8; Sở Văn hóa (culture) owns 7.x and coordinates 3.6;
Tòa án (court) has nothing to do with either and must see nothing of them; Sở Y tế (health) helps with 3.6 as one of the
departments that the plan names as a class, and is to succeed body 1 (labour).
"""

import itertools
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from app.commands import clients
from app.commands.clients import NewClient
from app.database.engine import SYSTEM, Database
from app.domain.access import Role, acts_of
from app.jobs.http_client import Outgoing
from app.jobs.imports import Importer
from app.jobs.mailing import Mailer
from app.jobs.scheduler import Scheduler
from app.jobs.webhooks import Deliverer
from app.main import create_app, furnish
from app.models.base import new_id, stable_id, table
from app.schemas.clients import BodyGrant
from app.security import tokens
from app.settings import Settings

PLAN = "115-kh-ubnd-2021"
TODAY = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
"""10:00 on 24/11/2026 in Cần Thơ: the cycle 2021-06-15 is long over, 2026 is in time."""
FIRST = "2021-06-15"
HOOKS = "https://hooks.example.org"
"""Where webhooks may go."""
_numbers = itertools.count(1)


def obligation(job: str, owner: str, cycle: str = FIRST) -> UUID:
    """Return the id that an obligation of the plan has everywhere."""
    return stable_id(PLAN, "obligation", cycle, job, owner)


INVESTIGATION = obligation("3.2", "cong-an")
"""The police's duty with four targets."""
TRAINING = obligation("3.4", "cong-an")
"""A plain duty of the police."""
TOURISTS = obligation("3.6", "cong-an")
"""A duty of the police that culture coordinates."""


CHARACTERS: dict[str, tuple[Role, list[str]]] = {
    "police": (Role.REPORTER, ["cong-an"]),
    "culture": (Role.REPORTER, ["so-vhttdl"]),
    "health": (Role.REPORTER, ["so-y-te"]),
    "labour": (Role.REPORTER, ["so-ldtbxh"]),
    "court": (Role.REPORTER, ["tand"]),
    "coordinator": (Role.COORDINATOR, []),
    "integrator": (Role.INTEGRATOR, []),
    "auditor": (Role.AUDITOR, []),
    "admin": (Role.ADMIN, []),
    "disabled": (Role.REPORTER, ["cong-an"]),
}


async def introduce(connection: AsyncConnection, digest: clients.Digest) -> dict[str, NewClient]:
    """Add the characters to a database that holds the plan; one of them may not call any more."""
    introduced = {
        name: await clients.add(
            connection, digest, name=name, role=role, bodies=[BodyGrant(plan=PLAN, body=body) for body in bodies]
        )
        for name, (role, bodies) in CHARACTERS.items()
    }
    await clients.change(connection, introduced["disabled"].id, {"disabled": True}, now=TODAY)
    return introduced


@dataclass
class Clock:
    """A clock that stands still until a test moves it."""

    now: datetime = TODAY

    def __call__(self) -> datetime:
        """Return the instant."""
        return self.now

    def catch_up(self) -> None:
        """Move to the real instant, which is the database's too: an act is recorded by the clock of the database."""
        self.now = datetime.now(UTC)


@dataclass
class Caller:
    """A client of the service: calls it with a token that is valid at the clock's instant."""

    service: "Service"
    client_id: UUID
    role: Role
    secret: str = field(repr=False)

    def token(self) -> str:
        """Sign a token for the instant of the clock."""
        state = self.service.app.state
        return tokens.issue(
            state.keys, self.client_id, sorted(acts_of(self.role)), issuer=state.settings.issuer, now=state.clock()
        )

    async def get(self, path: str, *, headers: Any = None, **params: Any) -> httpx.Response:
        """Call GET."""
        return await self.service.http.get(path, params=params, headers=self._with_token(headers))

    async def post(self, path: str, json: Any, *, headers: dict[str, str] | None = None) -> httpx.Response:
        """Call POST with a new idempotency key, unless the headers bring one."""
        sent = {"Idempotency-Key": f"test-{next(_numbers)}", **(headers or {})}
        return await self.service.http.post(path, json=json, headers=self._with_token(sent))

    async def patch(self, path: str, json: Any, *, headers: dict[str, str] | None = None) -> httpx.Response:
        """Call PATCH."""
        return await self.service.http.patch(path, json=json, headers=self._with_token(headers))

    async def delete(self, path: str, *, headers: dict[str, str] | None = None) -> httpx.Response:
        """Call DELETE."""
        return await self.service.http.delete(path, headers=self._with_token(headers))

    async def send(
        self, path: str, content: bytes, *, method: str = "POST", headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Send bytes as they are, said to be JSON unless the headers say otherwise."""
        sent = {"Content-Type": "application/json", **(headers or {})}
        return await self.service.http.request(method, path, content=content, headers=self._with_token(sent))

    async def report(
        self, obligation_id: UUID, state: str = "completed", *, headers: Any = None, **fields: Any
    ) -> httpx.Response:
        """Post an update; `headers` are as loose as the fields, which tests spread from dictionaries."""
        sent = {"state": state, "summary": "Đã triển khai theo kế hoạch.", **fields}
        return await self.post(f"/v1/obligations/{obligation_id}/updates", sent, headers=headers)

    async def bulk(self, *items: Any, headers: dict[str, str] | None = None, atomic: bool = False) -> httpx.Response:
        """Post many updates at once."""
        return await self.post(f"/v1/updates?atomic={str(atomic).lower()}", {"items": items}, headers=headers)

    async def judge(
        self, path: str, *items: Any, headers: dict[str, str] | None = None, **asked: bool
    ) -> httpx.Response:
        """Review, extend or annul many at once."""
        query = "&".join(f"{name}={str(value).lower()}" for name, value in asked.items())
        return await self.post(f"/v1/{path}?{query}", {"items": items}, headers=headers)

    async def attach(self, obligation_id: UUID, *, headers: Any = None, **fields: Any) -> httpx.Response:
        """Attach an evidence, a document unless the fields say otherwise."""
        return await self.post(f"/v1/obligations/{obligation_id}/evidence", DOCUMENT | fields, headers=headers)

    async def review(
        self, obligation_id: UUID, outcome: str, reason: str = "Đã xem xét.", *, headers: Any = None, **fields: Any
    ) -> httpx.Response:
        """Accept or return a claim."""
        sent = {"outcome": outcome, "reason": reason, **fields}
        return await self.post(f"/v1/obligations/{obligation_id}/reviews", sent, headers=headers)

    async def extend(self, obligation_id: UUID, before: str, *, headers: Any = None, **fields: Any) -> httpx.Response:
        """Move a deadline to before a day."""
        sent = {"due_before_on": before, "reason": "Theo đề nghị.", **fields}
        return await self.post(f"/v1/obligations/{obligation_id}/extensions", sent, headers=headers)

    async def ask_for(self, obligation_id: UUID, before: str, **fields: Any) -> httpx.Response:
        """Ask for a later deadline."""
        sent = {"due_before_on": before, "reason": "Chờ hướng dẫn.", **fields}
        return await self.post(f"/v1/obligations/{obligation_id}/extension-requests", sent)

    async def refuse(self, obligation_id: UUID, reason: str = "Không đủ căn cứ.") -> httpx.Response:
        """Refuse the request for a later deadline that is pending."""
        return await self.post(f"/v1/obligations/{obligation_id}/extension-refusals", {"reason": reason})

    async def annul(
        self, obligation_id: UUID, act: str, reason: str = "Gửi nhầm kỳ.", *, headers: Any = None, **fields: Any
    ) -> httpx.Response:
        """Take an act back."""
        sent = {"act": act, "reason": reason, **fields}
        return await self.post(f"/v1/obligations/{obligation_id}/annulments", sent, headers=headers)

    async def withdraw(self, evidence_id: str, reason: str = "Đính kèm nhầm.") -> httpx.Response:
        """Withdraw an evidence."""
        return await self.post(f"/v1/evidence/{evidence_id}/withdrawal", {"reason": reason})

    async def history(self, obligation_id: UUID, **params: Any) -> list[dict[str, Any]]:
        """Read the acts on an obligation."""
        response = await self.get(f"/v1/obligations/{obligation_id}/history", **params)
        assert response.status_code == 200, response.text
        acts: list[dict[str, Any]] = response.json()["items"]
        return acts

    async def announce(
        self, obligation_id: UUID, content: bytes, *, headers: Any = None, **fields: Any
    ) -> httpx.Response:
        """Announce a file whose bytes will follow."""
        sent = FILE | {"size": len(content)} | fields
        return await self.post(f"/v1/obligations/{obligation_id}/evidence", sent, headers=headers)

    async def put(
        self, evidence_id: str, content: bytes | AsyncIterator[bytes], *, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Send the bytes of a file, said to be a PDF unless the headers say otherwise."""
        sent = {"Content-Type": "application/pdf", **(headers or {})}
        path = f"/v1/evidence/{evidence_id}/content"
        return await self.service.http.put(path, content=content, headers=self._with_token(sent))

    async def upload(self, obligation_id: UUID, content: bytes, **fields: Any) -> dict[str, Any]:
        """Announce a file and send its bytes."""
        announced = await self.announce(obligation_id, content, **fields)
        assert announced.status_code == 201, announced.text
        kind = {"Content-Type": announced.json()["media_type"]}
        answer = await self.put(announced.json()["id"], content, headers=kind)
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    async def standing(self, obligation_id: UUID, **params: Any) -> dict[str, Any]:
        """Read where an obligation stands."""
        response = await self.get(f"/v1/obligations/{obligation_id}", **params)
        assert response.status_code == 200, response.text
        shown: dict[str, Any] = response.json()
        return shown

    def _with_token(self, headers: dict[str, str] | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token()}", **(headers or {})}


def item(obligation_id: UUID, state: str = "in_progress", **fields: Any) -> dict[str, Any]:
    """Spell one update among many."""
    return {"obligation": str(obligation_id), "state": state, "summary": "Đang triển khai.", **fields}


async def act_of(
    who: Caller, kind: type[SQLModel], obligation_id: UUID, *, at: datetime | None = None, **fields: Any
) -> UUID:
    """Write an act that has no call yet straight into the history: a review, an extension, a withdrawal."""
    state = who.service.app.state
    row = {
        "id": new_id(),
        "plan_id": stable_id(PLAN),
        "obligation_id": obligation_id,
        "client_id": who.client_id,
        "received_at": at or state.clock(),
        **fields,
    }
    async with state.database.writing(SYSTEM) as connection:
        await connection.execute(insert(table(kind)).values(row))
    return UUID(str(row["id"]))


DOCUMENT = {
    "kind": "document",
    "title": "Báo cáo kết quả thực hiện",
    "classification": "internal",
    "number": "115/BC-CATP",
    "issued_on": "2021-06-10",
    "issuer": "Công an thành phố",
}
FILE = {
    "kind": "file",
    "title": "Biên bản nghiệm thu lớp tập huấn",
    "classification": "internal",
    "file_name": "bien-ban-nghiem-thu.pdf",
    "media_type": "application/pdf",
}
LINK = {
    "kind": "link",
    "title": "Trang tin về hội nghị tập huấn",
    "classification": "public",
    "url": "https://example.org/tap-huan",
}


@cache
def trusted() -> ssl.SSLContext:
    """Return whom the system trusts: reading that takes longer than most tests that never call anybody."""
    return ssl.create_default_context()


_idle: list[FastAPI] = []
"""Applications that have served a test, and can serve another one with another database and other settings."""


@dataclass
class Service:
    """The service in this process, its clock, and the characters."""

    app: FastAPI
    http: httpx.AsyncClient
    clock: Clock
    cast: Mapping[str, NewClient]

    @classmethod
    @asynccontextmanager
    async def over(
        cls, database: Database, keys_dir: Path, cast: Mapping[str, NewClient], settings: Settings | None = None
    ) -> AsyncIterator["Service"]:
        """Serve a database; errors of ours reach the test as they reach a caller, as answers."""
        clock = Clock()
        usual = Settings(keys_dir_or_default=keys_dir, data_dir=keys_dir / "data", webhook_targets=HOOKS)
        chosen = settings or usual
        # All that an application is built of; the rest it is given.
        alike = (chosen.max_working, chosen.max_waiting) == (usual.max_working, usual.max_waiting)
        # The first request of an application works out its routes, which takes longer than most tests do.
        app = _idle.pop() if alike and _idle else create_app(chosen, database, clock)
        furnish(app, chosen, database, clock)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
            yield cls(app, http, clock, cast)
        if alike:
            _idle.append(app)

    @property
    def jobs(self) -> Scheduler:
        """The duties of this service; a test does them when it wants them done."""
        state = self.app.state
        targets = state.settings.targets
        outgoing = Outgoing(targets.may_connect, context=trusted())
        deliverer = Deliverer(state.database, targets, state.secret_box, state.clock, outgoing=outgoing)
        importer = Importer(state.database, state.secret_box.open, state.clock, state.parts)
        mailer = Mailer.of(state.settings, state.database, state.clock)
        sign, files = state.checkpoint_keys.sign, (state.store, state.parts)
        return Scheduler(state.database, sign, state.clock, deliverer, importer, *files, mailer)

    async def events(self, after: int = 0) -> list[dict[str, Any]]:
        """Number what waits, and read the change feed, all of which a coordinator sees."""
        await self.jobs.number()
        response = await self.coordinator.get("/v1/events", after=after, limit=500)
        assert response.status_code == 200, response.text
        found: list[dict[str, Any]] = response.json()["items"]
        return found

    def __getattr__(self, name: str) -> Caller:
        """Let a character call: `service.police`, `service.coordinator`."""
        if name not in CHARACTERS:
            raise AttributeError(name)
        client = self.cast[name]
        return Caller(self, client.id, client.role, client.secret)
