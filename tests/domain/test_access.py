"""Who may do what: the table of docs/concepts.md, said again act by act."""

from uuid import UUID

import pytest

from app.domain.access import MAY, SUMMARIES, Caller, Permission, Role

ALLOWED = {
    Role.REPORTER: {
        Permission.READ_PLANS,
        Permission.READ_STANDING,
        Permission.READ_HISTORY,
        Permission.READ_EVIDENCE,
        Permission.USE_CALENDARS,
        Permission.READ_EVENTS,
        Permission.READ_CHECKPOINTS,
        Permission.MANAGE_WEBHOOKS,
        Permission.REPORT,
        Permission.ATTACH,
        Permission.REQUEST_EXTENSION,
        Permission.ANNUL,
        Permission.CONTRIBUTE,
    },
    Role.COORDINATOR: {
        Permission.READ_PLANS,
        Permission.READ_STANDING,
        Permission.READ_HISTORY,
        Permission.READ_REPORTS,
        Permission.READ_EVIDENCE,
        Permission.USE_CALENDARS,
        Permission.READ_EVENTS,
        Permission.READ_CHECKPOINTS,
        Permission.MANAGE_WEBHOOKS,
        Permission.REPORT,
        Permission.ATTACH,
        Permission.REVIEW,
        Permission.REQUEST_EXTENSION,
        Permission.ANNUL,
        Permission.ANNUL_MANY,
        Permission.ENTER_PAPER_REPORTS,
        Permission.EXTEND,
        Permission.DECIDE_CONDITIONS,
        Permission.INSTRUCT,
        Permission.EDIT_CALENDAR,
        Permission.RECORD_SUCCESSIONS,
        Permission.EDIT_LETTERHEAD,
        Permission.URGE,
        Permission.OPEN_CYCLES,
        Permission.READ_READS,
        Permission.ERASE,
    },
    Role.INTEGRATOR: {
        Permission.READ_PLANS,
        Permission.READ_STANDING,
        Permission.READ_EVIDENCE,
        Permission.READ_EVENTS,
        Permission.READ_CHECKPOINTS,
        Permission.MANAGE_WEBHOOKS,
    },
    Role.AUDITOR: {
        Permission.READ_PLANS,
        Permission.READ_STANDING,
        Permission.READ_HISTORY,
        Permission.READ_REPORTS,
        Permission.READ_EVIDENCE,
        Permission.READ_EVENTS,
        Permission.READ_CHECKPOINTS,
        Permission.READ_READS,
    },
    Role.ADMIN: {
        Permission.READ_PLANS,
        Permission.READ_CHECKPOINTS,
        Permission.READ_CLIENTS,
        Permission.MANAGE_CLIENTS,
    },
}


def caller(role: Role) -> Caller:
    return Caller(client_id=UUID(int=1), role=role, scopes=frozenset(Permission))


@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_what_the_table_says_and_nothing_else(role: Role) -> None:
    assert {act for act in Permission if caller(role).may(act)} == ALLOWED[role]


def test_every_act_has_its_roles_and_a_summary() -> None:
    assert set(MAY) == set(SUMMARIES) == set(Permission)
    assert all(MAY.values())


def test_an_integrator_reads_no_narratives_and_writes_nothing() -> None:
    integrator = caller(Role.INTEGRATOR)

    assert not integrator.may(Permission.READ_HISTORY)
    assert not any(integrator.may(act) for act in Permission if act.value.endswith(":write"))


def test_an_admin_reads_no_reports_and_writes_none() -> None:
    known = {Permission.READ_PLANS, Permission.READ_CHECKPOINTS, Permission.READ_CLIENTS, Permission.MANAGE_CLIENTS}

    assert not any(caller(Role.ADMIN).may(act) for act in Permission if act not in known)


@pytest.mark.parametrize(
    "act",
    [
        Permission.REVIEW,
        Permission.ANNUL_MANY,
        Permission.ENTER_PAPER_REPORTS,
        Permission.EXTEND,
        Permission.DECIDE_CONDITIONS,
        Permission.EDIT_CALENDAR,
        Permission.RECORD_SUCCESSIONS,
        Permission.OPEN_CYCLES,
    ],
)
def test_what_a_coordinator_decides_nobody_else_does(act: Permission) -> None:
    assert [role for role in Role if caller(role).may(act)] == [Role.COORDINATOR]


def test_only_a_reporter_sees_less_than_everything() -> None:
    assert [role for role in Role if not caller(role).sees_everything] == [Role.REPORTER]


def test_a_caller_reports_for_no_body_unless_it_is_bound_to_one() -> None:
    assert caller(Role.REPORTER).body_ids == frozenset()


def test_an_auditor_reads_every_word_and_writes_none() -> None:
    reading = {act for act in Permission if act.value.endswith(":read")} - {Permission.READ_CLIENTS}

    assert {act for act in Permission if caller(Role.AUDITOR).may(act)} == reading
    assert [role for role in Role if caller(role).reads_everything] == [Role.COORDINATOR, Role.AUDITOR]
