"""Who may do what: two tables and one question, deny by default.

`MAY` says which roles an act is open to at all, `REPORTERS_REACH` how far a reporter's goes; everybody else's goes to
every obligation.  Sets are filtered by the same two tables (`standing/reach.py`), and the database refuses once more
(row-level security, migrations 0008 and on).  Source: docs/concepts.md, "Who may do what".
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a client is."""

    REPORTER = "reporter"
    COORDINATOR = "coordinator"
    INTEGRATOR = "integrator"
    AUDITOR = "auditor"
    ADMIN = "admin"


PEOPLES_ROLES = frozenset(Role) - {Role.INTEGRATOR}
"""What a person can be: an integrator is a system."""


class Permission(StrEnum):
    """What a client can ask for; the value is the OAuth scope's name."""

    READ_PLANS = "plans:read"
    READ_STANDING = "standing:read"
    READ_HISTORY = "history:read"
    READ_REPORTS = "reports:read"
    READ_EVIDENCE = "evidence:read"
    USE_CALENDARS = "calendars:use"
    REPORT = "updates:write"
    ATTACH = "evidence:write"
    CONTRIBUTE = "contributions:write"
    REVIEW = "reviews:write"
    REQUEST_EXTENSION = "extension-requests:write"
    EXTEND = "extensions:write"
    DECIDE_CONDITIONS = "conditions:write"
    INSTRUCT = "instructions:write"
    ANNUL = "annulments:write"
    ANNUL_MANY = "bulk-annulments:write"
    ENTER_PAPER_REPORTS = "paper-reports:write"
    RECORD_SUCCESSIONS = "successions:write"
    EDIT_CALENDAR = "holidays:write"
    EDIT_LETTERHEAD = "letterheads:write"
    URGE = "reminder-letters:write"
    OPEN_CYCLES = "cycles:write"
    READ_EVENTS = "events:read"
    READ_CHECKPOINTS = "audit:read"
    MANAGE_WEBHOOKS = "webhooks:manage"
    READ_CLIENTS = "clients:read"
    MANAGE_CLIENTS = "clients:write"
    READ_READS = "evidence-reads:read"
    ERASE = "evidence:erase"


class Classification(StrEnum):
    """Who may read an evidence: `public` any integrator, `internal` partners too, `restricted` owner only.

    Whoever attached an evidence may read it, whatever it is, and whoever owes by now what it is on; a coordinator and
    an auditor read every one.
    """

    PUBLIC = "public"
    INTERNAL = "internal"
    RESTRICTED = "restricted"


class Reach(StrEnum):
    """Which obligations an act of a reporter can be on: those that its bodies own, or coordinate as well.

    What it may read reaches further: to those of the bodies that its own have succeeded in the duty.
    """

    OWN = "own"
    INVOLVED = "involved"
    FOLLOWED = "followed"


_EVERYONE = frozenset(Role)
_COORDINATORS = frozenset({Role.COORDINATOR})
_OVERSEERS = _COORDINATORS | {Role.AUDITOR}
"""Who reads everything; an auditor records nothing."""
_CONCERNED = _COORDINATORS | {Role.REPORTER}
_FOLLOWERS = _CONCERNED | {Role.INTEGRATOR}
_READERS = _FOLLOWERS | _OVERSEERS
MAY: Mapping[Permission, frozenset[Role]] = {
    Permission.READ_PLANS: _EVERYONE,
    Permission.READ_STANDING: _READERS,
    Permission.READ_HISTORY: _CONCERNED | _OVERSEERS,
    Permission.READ_REPORTS: _OVERSEERS,
    Permission.READ_EVIDENCE: _READERS,
    Permission.USE_CALENDARS: _CONCERNED,
    Permission.REPORT: _CONCERNED,
    Permission.ATTACH: _CONCERNED,
    Permission.CONTRIBUTE: frozenset({Role.REPORTER}),
    Permission.REVIEW: _COORDINATORS,
    Permission.REQUEST_EXTENSION: _CONCERNED,
    Permission.EXTEND: _COORDINATORS,
    Permission.DECIDE_CONDITIONS: _COORDINATORS,
    Permission.INSTRUCT: _COORDINATORS,
    Permission.ANNUL: _CONCERNED,
    Permission.ANNUL_MANY: _COORDINATORS,
    Permission.ENTER_PAPER_REPORTS: _COORDINATORS,
    Permission.RECORD_SUCCESSIONS: _COORDINATORS,
    Permission.EDIT_CALENDAR: _COORDINATORS,
    Permission.EDIT_LETTERHEAD: _COORDINATORS,
    Permission.URGE: _COORDINATORS,
    Permission.OPEN_CYCLES: _COORDINATORS,
    Permission.READ_EVENTS: _READERS,
    Permission.READ_CHECKPOINTS: _EVERYONE,
    Permission.MANAGE_WEBHOOKS: _FOLLOWERS,
    Permission.READ_CLIENTS: frozenset({Role.ADMIN}),
    Permission.MANAGE_CLIENTS: frozenset({Role.ADMIN}),
    Permission.READ_READS: _OVERSEERS,
    Permission.ERASE: _COORDINATORS,
}
REPORTERS_REACH: Mapping[Permission, Reach] = {
    Permission.READ_STANDING: Reach.FOLLOWED,
    Permission.READ_HISTORY: Reach.FOLLOWED,
    Permission.READ_EVIDENCE: Reach.FOLLOWED,
    Permission.READ_EVENTS: Reach.FOLLOWED,
    Permission.REPORT: Reach.OWN,
    Permission.ATTACH: Reach.INVOLVED,
    Permission.CONTRIBUTE: Reach.INVOLVED,
    Permission.REQUEST_EXTENSION: Reach.OWN,
    Permission.ANNUL: Reach.OWN,
    Permission.USE_CALENDARS: Reach.OWN,
}
"""An act that is not here reaches no obligation."""

SUMMARIES: Mapping[Permission, str] = {
    Permission.READ_PLANS: "Read plans, bodies, duties and cycles",
    Permission.READ_STANDING: "Read standings and totals",
    Permission.READ_HISTORY: "Read histories with their narratives",
    Permission.READ_REPORTS: "Read consolidated reports",
    Permission.READ_EVIDENCE: "Read evidence, by classification",
    Permission.USE_CALENDARS: "Get, give and revoke the addresses of calendars",
    Permission.REPORT: "Post updates for obligations one owns, or enter paper reports",
    Permission.ATTACH: "Attach evidence to obligations one owns or coordinates",
    Permission.CONTRIBUTE: "Post notes and evidence on obligations one coordinates",
    Permission.REVIEW: "Accept or return what owners claim",
    Permission.REQUEST_EXTENSION: "Ask for a later deadline",
    Permission.EXTEND: "Move a deadline, or refuse to",
    Permission.DECIDE_CONDITIONS: "Decide whether conditions are met",
    Permission.INSTRUCT: "Enter the words of leaders",
    Permission.ANNUL: "Take back what was recorded by mistake",
    Permission.ANNUL_MANY: "Take back much at once that was recorded by mistake",
    Permission.ENTER_PAPER_REPORTS: "Enter papers that report on many duties, and take them back",
    Permission.RECORD_SUCCESSIONS: "Record what becomes of bodies: successions, members of classes, partners",
    Permission.EDIT_CALENDAR: "Mark days off",
    Permission.EDIT_LETTERHEAD: "Say under whose name papers go out",
    Permission.URGE: "Make letters that urge bodies, and say which numbers they got",
    Permission.OPEN_CYCLES: "Open reporting cycles, move their deadlines, close them",
    Permission.READ_EVENTS: "Follow what changes",
    Permission.READ_CHECKPOINTS: "Read what was signed of the events",
    Permission.MANAGE_WEBHOOKS: "Have the events that one may read sent to addresses of one's own",
    Permission.READ_CLIENTS: "Read clients and people, and what they may do",
    Permission.MANAGE_CLIENTS: "Add, change and disable clients and their secrets, and people, and invite them",
    Permission.READ_READS: "Read who was given the bytes of evidence",
    Permission.ERASE: "Erase evidence by law",
}


def acts_of(role: Role) -> frozenset[Permission]:
    """Return all that a role may do."""
    return frozenset(act for act, roles in MAY.items() if role in roles)


def granted(role: Role, scopes: Collection[str] | None) -> frozenset[Permission]:
    """Return what a client may do: all that its role may, or what its own scopes leave of that."""
    return frozenset(act for act in acts_of(role) if scopes is None or act in scopes)


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A client that has proved who it is; people know it by its name.

    `scopes` is what both its token and its local grant allow, `body_ids` are the bodies that it may report for.
    """

    client_id: UUID
    role: Role
    name: str = ""
    scopes: frozenset[Permission] = frozenset()
    body_ids: frozenset[UUID] = frozenset()

    def may(self, act: Permission) -> bool:
        """Say whether the caller may do the act at all; on which obligations, the queries say."""
        return authorize(self, act)

    @property
    def sees_everything(self) -> bool:
        """A reporter sees what it owns or coordinates; the other roles see every obligation."""
        return self.role is not Role.REPORTER

    @property
    def reads_everything(self) -> bool:
        """A coordinator and an auditor read every word and every evidence."""
        return self.role in _OVERSEERS


@dataclass(frozen=True, kw_only=True)
class Resource:
    """An obligation, or an evidence on one, as far as permission depends on it.

    An evidence has a classification, and the body on whose behalf it was attached.  `follower_ids` are the bodies that
    have succeeded the owner in the duty.
    """

    owner_id: UUID
    partner_ids: frozenset[UUID] = frozenset()
    follower_ids: frozenset[UUID] = frozenset()
    classification: Classification | None = None
    attached_by: UUID | None = None


def authorize(caller: Caller, act: Permission, resource: Resource | None = None) -> bool:
    """Say whether a caller may do an act, on a resource or, without one, at all."""
    if act not in caller.scopes or caller.role not in MAY[act]:
        return False
    if resource is None or (act is Permission.READ_EVIDENCE and resource.attached_by in caller.body_ids):
        return True
    return _reaches(caller, act, resource) and _is_cleared(caller, resource)


def _reaches(caller: Caller, act: Permission, resource: Resource) -> bool:
    if caller.sees_everything:
        return True
    owns = resource.owner_id in caller.body_ids
    coordinates = not caller.body_ids.isdisjoint(resource.partner_ids)
    match REPORTERS_REACH.get(act):
        case Reach.OWN:
            return owns
        case Reach.INVOLVED:
            return owns or coordinates
        case Reach.FOLLOWED:
            return owns or coordinates or _follows(caller, resource)
        case _:
            return False


def _follows(caller: Caller, resource: Resource) -> bool:
    return not caller.body_ids.isdisjoint(resource.follower_ids)


def _is_cleared(caller: Caller, resource: Resource) -> bool:
    """Say whether the classification of an evidence lets the caller have it; what is no evidence has none."""
    if resource.classification is None or caller.reads_everything:
        return True
    if caller.role is Role.REPORTER:
        owns = resource.owner_id in caller.body_ids or _follows(caller, resource)
        return owns or resource.classification is not Classification.RESTRICTED
    return resource.classification is Classification.PUBLIC
