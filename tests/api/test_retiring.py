"""An operation that is going away says so in every answer, also in one that refuses."""

from datetime import UTC, datetime

import httpx

from app.web.middleware.retiring import Retirement, Retiring
from tests.given import PLAN, Service

GOING = Retirement(datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 7, 1, tzinfo=UTC), "/docs/guide/integrating")


async def test_an_operation_that_is_going_away_says_so_in_every_answer(service: Service) -> None:
    told = Retiring(service.app, {"getPlan": GOING}, "/ke-hoach")
    sent = {"Authorization": f"Bearer {service.coordinator.token()}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(told), base_url="http://dondoc.test") as http:
        plan, refused, other = [
            await http.get(path, headers=sent) for path in (f"/v1/plans/{PLAN}", "/v1/plans/none", "/healthz")
        ]

    for answer in (plan, refused):
        assert answer.headers["deprecation"] == "@1798761600"
        assert answer.headers["sunset"] == "Thu, 01 Jul 2027 00:00:00 GMT"
        assert '</ke-hoach/docs/guide/integrating>; rel="deprecation"' in answer.headers["link"]
    assert not {"deprecation", "sunset", "link"} & other.headers.keys()
