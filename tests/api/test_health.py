"""/healthz and /readyz."""

from sqlalchemy import text

from app.database.engine import Database
from embedded_postgres import Address
from tests.api.asking import problem_of
from tests.conftest import as_owner
from tests.given import Service


async def test_the_process_says_that_it_lives(service: Service) -> None:
    response = await service.http.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


async def test_the_service_says_that_it_is_ready(service: Service) -> None:
    response = await service.http.get("/readyz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


async def test_a_service_whose_database_lacks_a_migration_is_not_ready(
    own_service: Service, own_database: Database, address: Address
) -> None:
    name = own_database.engine.url.database
    assert name is not None
    async with as_owner(address, name) as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))

    response = await own_service.http.get("/readyz")

    problem_of(response, 503, "service-unavailable")
    assert int(response.headers["retry-after"]) > 0
    assert (await own_service.http.get("/healthz")).status_code == 200
