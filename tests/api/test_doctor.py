"""What `dondoc doctor` finds out of the database: cycles that nobody opened, and webhooks that may go nowhere."""

from datetime import timedelta

import pytest

from app.cli import databases
from app.database.engine import SYSTEM
from app.domain.webhooks import Targets
from tests.given import HOOKS, TODAY, Service
from tests.receiving import subscribe

LATER = TODAY + timedelta(days=60)


async def test_the_doctor_names_cycles_that_should_be_open_and_are_not(service: Service) -> None:
    async with service.app.state.database.reading(SYSTEM) as connection:
        assert "all are open" in await databases.look_at_cycles(connection, TODAY)
        with pytest.raises(databases.Unwell, match=r"2027 of 115-kh-ubnd-2021 should be open by now"):
            await databases.look_at_cycles(connection, LATER)


async def test_the_doctor_names_webhooks_that_may_go_nowhere_by_their_hosts_alone(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def inside(host: str, port: int) -> list[str]:
        return ["10.1.2.3"]

    monkeypatch.setattr(databases, "resolve", inside)
    webhook = await subscribe(service.integrator, f"{HOOKS}/a-secret-path")
    host = HOOKS.removeprefix("https://")
    async with service.app.state.database.reading(SYSTEM) as connection:
        for targets, said in (
            (Targets(), f"DONDOC_WEBHOOK_TARGETS does not let one go to {host}"),
            (Targets.read(HOOKS), f"{host} is in a network that DONDOC_WEBHOOK_TARGETS does not name"),
        ):
            with pytest.raises(databases.Unwell) as found:
                await databases.look_at_webhooks(connection, targets)
            assert str(found.value) == said

    await service.integrator.patch(f"/v1/webhooks/{webhook['id']}", {"disabled": True})
    async with service.app.state.database.reading(SYSTEM) as connection:
        assert await databases.look_at_webhooks(connection, Targets()) == "0 webhooks may be sent to"
