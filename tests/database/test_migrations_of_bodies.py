"""What the migrations of bodies and members make of a plan that they find: what was known, and who owes, stays."""

from typing import Any

from anyio import to_thread

from app.database import migrations
from app.database.engine import Database
from embedded_postgres import OWNER, Address
from tests.api.asking import listed
from tests.api.test_members import add, annul, end, members_of
from tests.api.test_successions import BODIES, NINH_KIEU, SUCCESSIONS, decide
from tests.conftest import url_of
from tests.given import Service

BEFORE = "2022-01-01"


async def bodies(service: Service, **asked: Any) -> set[str]:
    """Return the codes of all bodies."""
    found = (await service.integrator.get(BODIES, **asked)).json()["items"]
    return {one["code"] for body in found for one in (body, *body["members"])}


async def said(service: Service) -> dict[str, Any]:
    """Return who there is and was, what has become of whom, and who owes what."""
    owed = await listed(service.coordinator, cycle="2026")
    return {
        "bodies": await bodies(service),
        "successions": (await service.integrator.get(SUCCESSIONS)).json(),
        "owed": [(one["id"], one["owner"]["code"], one["inherited_from"], one["status"]) for one in owed],
        "known": [one["id"] for one in await listed(service.coordinator, cycle="2021", known_at=BEFORE)],
    }


async def test_what_stood_in_the_plan_was_always_known_and_is_owed_by_the_same(
    own_service: Service, own_database: Database, address: Address
) -> None:
    confirmed = await decide(own_service.coordinator, NINH_KIEU, successor={"code": "xa-0", "name": "UBND xã số 0"})
    assert confirmed.status_code == 201, confirmed.text
    url, before = url_of(address, OWNER, str(own_database.engine.url.database)), await said(own_service)

    await to_thread.run_sync(migrations.downgrade, url, "0019")
    await to_thread.run_sync(migrations.upgrade, url)

    await own_database.engine.dispose()
    after = await said(own_service)
    assert after == before
    assert after["bodies"] - await bodies(own_service, known_at=BEFORE) == {"xa-0"}
    assert ("xa-0", "ubnd-ninh-kieu") in {one[1:3] for one in after["owed"]}


async def test_of_several_endings_the_way_down_keeps_the_one_that_counts(
    own_service: Service, own_database: Database, address: Address
) -> None:
    coordinator = own_service.coordinator
    await add(coordinator)
    right = (await end(coordinator, "2026-12-31")).json()["ending"]["id"]
    mistaken = (await annul(coordinator, right)).json()["annulment"]["id"]
    typed = (await end(coordinator, "2036-12-31")).json()["ending"]["id"]
    await annul(coordinator, typed)
    assert (await annul(coordinator, mistaken)).status_code == 201
    url, before = url_of(address, OWNER, str(own_database.engine.url.database)), await members_of(own_service)

    await to_thread.run_sync(migrations.downgrade, url, "0022")
    await to_thread.run_sync(migrations.upgrade, url)

    await own_database.engine.dispose()
    assert await members_of(own_service) == before == [("thanh-tra", "2026-11-20", "2026-12-31")]
    assert (await annul(coordinator, right)).json()["membership"]["ending"] is None
