"""Where programs and people look first: the catalog of what there is, and whom to tell of a hole in the service."""

from datetime import datetime

import pytest

from tests.api.asking import problem_of
from tests.given import Service

CATALOG, SECURITY = "/.well-known/api-catalog", "/.well-known/security.txt"


async def test_the_catalog_leads_to_descriptions_and_to_how_the_service_is(service: Service) -> None:
    answer = await service.http.get(CATALOG)

    assert answer.headers["content-type"].startswith("application/linkset+json; profile=")
    assert answer.headers["link"] == f'<{CATALOG}>; rel="api-catalog"'
    catalog, api = answer.json()["linkset"]
    assert [one["href"] for one in catalog["item"]] == [api["anchor"]]
    for link in [*api["service-desc"], *api["service-doc"], *api["status"]]:
        assert (await service.http.get(link["href"])).status_code == 200, link
    assert (await service.http.head(CATALOG)).headers["link"] == answer.headers["link"]


async def test_who_is_to_be_told_of_a_hole_is_said_where_the_operator_names_somebody(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem_of(await service.http.get(SECURITY), 404, "not-found")
    settings = service.app.state.settings
    named = settings.model_copy(update={"security_contact": "mailto:security@example.org"})
    monkeypatch.setattr(service.app.state, "settings", named)

    answer = await service.http.get(SECURITY)

    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert fields["Contact"] == "mailto:security@example.org"
    assert fields["Canonical"] == f"{settings.issuer}{SECURITY}"
    assert 0 < (datetime.fromisoformat(fields["Expires"]) - service.clock.now).days < 365
