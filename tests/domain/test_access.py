"""Who may do what: DOMAIN.md's table, said again act by act."""

from uuid import UUID

import pytest

from app.domain.access import MAY, SUMMARIES, Act, Caller, Role

ALLOWED = {
    Role.REPORTER: {
        Act.READ_PLANS,
        Act.READ_STANDING,
        Act.READ_HISTORY,
        Act.READ_EVIDENCE,
        Act.USE_CALENDARS,
        Act.READ_EVENTS,
        Act.READ_CHECKPOINTS,
        Act.MANAGE_WEBHOOKS,
        Act.REPORT,
        Act.ATTACH,
        Act.REQUEST_EXTENSION,
        Act.CONTRIBUTE,
    },
    Role.COORDINATOR: {
        Act.READ_PLANS,
        Act.READ_STANDING,
        Act.READ_HISTORY,
        Act.READ_EVIDENCE,
        Act.USE_CALENDARS,
        Act.READ_EVENTS,
        Act.READ_CHECKPOINTS,
        Act.MANAGE_WEBHOOKS,
        Act.REPORT,
        Act.ATTACH,
        Act.REVIEW,
        Act.REQUEST_EXTENSION,
        Act.EXTEND,
        Act.DECIDE_CONDITIONS,
        Act.EDIT_CALENDAR,
        Act.RECORD_SUCCESSIONS,
        Act.OPEN_CYCLES,
        Act.READ_READS,
        Act.ERASE,
    },
    Role.INTEGRATOR: {
        Act.READ_PLANS,
        Act.READ_STANDING,
        Act.READ_EVIDENCE,
        Act.READ_EVENTS,
        Act.READ_CHECKPOINTS,
        Act.MANAGE_WEBHOOKS,
    },
    Role.ADMIN: {Act.READ_PLANS, Act.READ_CHECKPOINTS, Act.READ_CLIENTS, Act.MANAGE_CLIENTS},
}


def caller(role: Role) -> Caller:
    return Caller(client_id=UUID(int=1), role=role, scopes=frozenset(Act))


@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_what_the_table_says_and_nothing_else(role: Role) -> None:
    assert {act for act in Act if caller(role).may(act)} == ALLOWED[role]


def test_every_act_has_its_roles_and_a_summary() -> None:
    assert set(MAY) == set(SUMMARIES) == set(Act)
    assert all(MAY.values())


def test_an_integrator_reads_no_narratives_and_writes_nothing() -> None:
    integrator = caller(Role.INTEGRATOR)

    assert not integrator.may(Act.READ_HISTORY)
    assert not any(integrator.may(act) for act in Act if act.value.endswith(":write"))


def test_an_admin_reads_no_reports_and_writes_none() -> None:
    known = {Act.READ_PLANS, Act.READ_CHECKPOINTS, Act.READ_CLIENTS, Act.MANAGE_CLIENTS}

    assert not any(caller(Role.ADMIN).may(act) for act in Act if act not in known)


@pytest.mark.parametrize(
    "act", [Act.REVIEW, Act.EXTEND, Act.DECIDE_CONDITIONS, Act.EDIT_CALENDAR, Act.RECORD_SUCCESSIONS, Act.OPEN_CYCLES]
)
def test_what_a_coordinator_decides_nobody_else_does(act: Act) -> None:
    assert [role for role in Role if caller(role).may(act)] == [Role.COORDINATOR]


def test_only_a_reporter_sees_less_than_everything() -> None:
    assert [role for role in Role if not caller(role).sees_everything] == [Role.REPORTER]


def test_a_caller_reports_for_no_body_unless_it_is_bound_to_one() -> None:
    assert caller(Role.REPORTER).body_ids == frozenset()
