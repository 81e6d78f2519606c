"""The database is away, or fails at the last moment: nothing is promised that was not committed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.engine import SYSTEM, Database, Identity, connect
from tests.api.asking import problem_of, rows_of
from tests.conftest import Trusting
from tests.given import DOCUMENT, PLAN, TRAINING, Service

READS = ["/v1/plans", "/v1/obligations", f"/v1/obligations/{TRAINING}", f"/v1/plans/{PLAN}/status", "/readyz"]


class FailsToCommit(Trusting):
    """A database that does everything, and then cannot keep it."""

    @asynccontextmanager
    async def writing(self, identity: Identity = SYSTEM) -> AsyncIterator[AsyncConnection]:
        async with super().writing(identity) as connection:
            yield connection
            raise ConnectionResetError


@pytest.fixture
async def away() -> AsyncIterator[Database]:
    """Give a database that nobody answers for: no service listens on the port for "discard"."""
    nowhere = connect("postgresql://nobody:nothing@127.0.0.1:9/nowhere")
    yield nowhere
    await nowhere.close()


@pytest.mark.parametrize("path", READS)
async def test_without_its_database_the_service_is_unavailable(service: Service, away: Database, path: str) -> None:
    service.app.state.database = away

    response = await service.police.get(path)

    problem_of(response, 503, "service-unavailable")
    assert int(response.headers["retry-after"]) > 0


async def test_without_its_database_the_service_takes_no_report_and_gives_no_token(
    service: Service, away: Database
) -> None:
    police, grant = service.police, {"grant_type": "client_credentials"}
    service.app.state.database = away

    problem_of(await police.report(TRAINING), 503, "service-unavailable")
    token = await service.http.post("/v1/oauth/token", data=grant, auth=(str(police.client_id), police.secret))
    problem_of(token, 503, "service-unavailable")


async def test_without_its_database_the_process_still_lives(service: Service, away: Database) -> None:
    service.app.state.database = away

    assert (await service.http.get("/healthz")).status_code == 200


async def test_the_service_recovers_without_a_restart(service: Service, away: Database) -> None:
    database, service.app.state.database = service.app.state.database, away
    problem_of(await service.police.get("/v1/plans"), 503, "service-unavailable")

    service.app.state.database = database

    assert (await service.police.get("/v1/plans")).status_code == 200


async def test_connections_that_were_cut_are_made_anew(own_service: Service, own_database: Database) -> None:
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    await own_service.police.get("/v1/plans")
    async with own_database.reading(SYSTEM) as connection:
        await connection.execute(text(f"{others} AND pid <> pg_backend_pid()"))

    answers = [await own_service.police.get("/v1/plans") for _ in range(4)]

    assert {answer.status_code for answer in answers} == {200}


async def test_a_write_that_was_not_committed_is_not_answered_as_done(
    own_service: Service, own_database: Database
) -> None:
    before = await rows_of(own_service)
    own_service.app.state.database = FailsToCommit(own_database.engine)

    for response in (
        await own_service.police.report(TRAINING, evidence=[DOCUMENT]),
        await own_service.police.attach(TRAINING),
        await own_service.coordinator.post(f"/v1/plans/{PLAN}/cycles", {"code": "2027"}),
    ):
        problem_of(response, 503, "service-unavailable")

    assert await rows_of(own_service) == before


async def test_what_was_answered_as_done_is_there_for_the_next_connection(own_service: Service) -> None:
    response = await own_service.police.report(TRAINING, "in_progress")

    assert await own_service.police.standing(TRAINING) == response.json()["obligation"]
