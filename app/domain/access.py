"""Who may do what: one table, deny by default."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a client is."""

    REPORTER = "reporter"
    COORDINATOR = "coordinator"
    INTEGRATOR = "integrator"
    ADMIN = "admin"


class Act(StrEnum):
    """What a client can ask for; the value is the OAuth scope's name."""

    READ_PLANS = "plans:read"
    READ_STANDING = "standing:read"
    READ_HISTORY = "history:read"
    READ_EVIDENCE = "evidence:read"
    REPORT = "updates:write"
    ATTACH = "evidence:write"
    CONTRIBUTE = "contributions:write"
    REVIEW = "reviews:write"
    REQUEST_EXTENSION = "extension-requests:write"
    EXTEND = "extensions:write"
    DECIDE_CONDITIONS = "conditions:write"
    EDIT_CALENDAR = "holidays:write"
    OPEN_CYCLES = "cycles:write"


class Classification(StrEnum):
    """Who may read an evidence: `public` any integrator, `internal` partners too, `restricted` owner only."""

    PUBLIC = "public"
    INTERNAL = "internal"
    RESTRICTED = "restricted"


_EVERYONE = frozenset(Role)
_COORDINATORS = frozenset({Role.COORDINATOR})
_CONCERNED = _COORDINATORS | {Role.REPORTER}
_READERS = _CONCERNED | {Role.INTEGRATOR}
MAY: Mapping[Act, frozenset[Role]] = {
    Act.READ_PLANS: _EVERYONE,
    Act.READ_STANDING: _READERS,
    Act.READ_HISTORY: _CONCERNED,
    Act.READ_EVIDENCE: _READERS,
    Act.REPORT: _CONCERNED,
    Act.ATTACH: _CONCERNED,
    Act.CONTRIBUTE: frozenset({Role.REPORTER}),
    Act.REVIEW: _COORDINATORS,
    Act.REQUEST_EXTENSION: _CONCERNED,
    Act.EXTEND: _COORDINATORS,
    Act.DECIDE_CONDITIONS: _COORDINATORS,
    Act.EDIT_CALENDAR: _COORDINATORS,
    Act.OPEN_CYCLES: _COORDINATORS,
}

SUMMARIES: Mapping[Act, str] = {
    Act.READ_PLANS: "Read plans, bodies, duties and cycles",
    Act.READ_STANDING: "Read standings and totals",
    Act.READ_HISTORY: "Read histories with their narratives",
    Act.READ_EVIDENCE: "Read evidence, by classification",
    Act.REPORT: "Post updates for obligations one owns, or enter paper reports",
    Act.ATTACH: "Attach evidence to obligations one owns or coordinates",
    Act.CONTRIBUTE: "Post notes and evidence on obligations one coordinates",
    Act.REVIEW: "Accept or return what owners claim",
    Act.REQUEST_EXTENSION: "Ask for a later deadline",
    Act.EXTEND: "Move a deadline, or refuse to",
    Act.DECIDE_CONDITIONS: "Decide whether conditions are met",
    Act.EDIT_CALENDAR: "Mark days off",
    Act.OPEN_CYCLES: "Open reporting cycles, move their deadlines, close them",
}


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A client that has proved who it is, and the bodies that it may report for."""

    client_id: UUID
    role: Role
    body_ids: frozenset[UUID] = frozenset()

    def may(self, act: Act) -> bool:
        """Say whether the caller's role allows the act at all; which obligations, the queries say."""
        return self.role in MAY[act]

    @property
    def sees_everything(self) -> bool:
        """A reporter sees what it owns or coordinates; the other roles see every obligation."""
        return self.role is not Role.REPORTER
