"""Hostile parameters and paths, at every address that the document names: refused, and nothing is repeated."""

import re
from typing import Any
from urllib.parse import quote, unquote

import httpx
import pytest

from tests.api.asking import problem_of, rows_of
from tests.api.hostile import MARKER, PLACES, filled, operations, refused
from tests.given import TRAINING, Service

FREE_TEXT = {"q"}
TEXTS: dict[str, str] = {
    "NUL": f"%00{MARKER}",
    "NUL at the end": f"{MARKER}%00",
    "huge": MARKER * 500,
}
WRONG: dict[str, str] = {
    **TEXTS,
    "lone surrogate": f"%ED%A0%80{MARKER}",
    "no UTF-8": f"%FF%FE{MARKER}",
    "10^400 with an exponent": "1e400",
    "10^400 in full": "1" + "0" * 400,
    "10^5000 in full": "1" + "0" * 5_000,
    "NaN": "NaN%20" + MARKER,
    "JSON": quote(f'{{"{MARKER}": [1]}}'),
    "SQL": quote(f"' OR 1=1 --{MARKER}"),
    "digits of another script": quote("２０２１-０６-１４"),
    "a format": quote("%s{0}%n" + MARKER),
    "lines": quote(f"2021-06-14\r\nX-{MARKER}: 1"),
    "path": quote(f"../../{MARKER}", safe=""),
}
wrong_values = pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)


async def get(service: Service, target: str) -> httpx.Response:
    """Call GET with a target that is escaped already."""
    return await service.coordinator.send(target, b"", method="GET")


def may_be(parameter: dict[str, Any], value: str) -> bool:
    """Say whether a parameter may hold a value: any text that can be written, or whatever is spelled like a code."""
    if parameter["name"] in FREE_TEXT:
        return value not in TEXTS.values()
    patterns = re.findall(r"'pattern': '([^']+)'", str(parameter["schema"]))
    return any(re.match(pattern, unquote(value)) for pattern in patterns)


@wrong_values
async def test_a_parameter_that_cannot_be_is_refused(lived_in: Service, value: str) -> None:
    tried = 0

    for path, operation in operations(lived_in.app, "get").items():
        for parameter in operation.get("parameters", ()):
            if parameter.get("in") == "query" and not may_be(parameter, value):
                refused(await get(lived_in, f"{filled(path)}?{parameter['name']}={value}"))
                tried += 1

    assert tried > 20


@wrong_values
async def test_a_search_may_be_for_anything_that_can_be_written(lived_in: Service, value: str) -> None:
    for path in ("/v1/obligations", f"/v1/plans/{PLACES['plan']}/duties"):
        response = await get(lived_in, f"{path}?q={value}")

        assert response.status_code == 200 or refused(response)


async def test_an_unknown_parameter_is_refused_and_not_repeated(lived_in: Service) -> None:
    for path in operations(lived_in.app, "get"):
        for name in (MARKER, f"%00{MARKER}", MARKER * 500, f"%FF{MARKER}", f"{MARKER}[]"):
            if path.startswith("/v1/"):
                refused(await get(lived_in, f"{filled(path)}?{name}=1"))


async def test_very_many_parameters_are_refused(lived_in: Service) -> None:
    many = "&".join(f"{MARKER}{n}=" for n in range(1_500))

    for path in ("/v1/obligations", "/v1/plans"):
        refused(await get(lived_in, f"{path}?{many}"))


@pytest.mark.parametrize("name", ["as_of", "limit", "cycle", "sort", "q", "count"])
async def test_a_parameter_that_comes_twice_is_refused(lived_in: Service, name: str) -> None:
    good = {"as_of": "2021-06-14", "limit": "5", "cycle": "2026", "sort": "duty", "q": "a", "count": "true"}[name]

    response = await get(lived_in, f"/v1/obligations?{name}={good}&{name}={good}")

    assert problem_of(response, 422, "malformed-content")["errors"][0]["pointer"] == f"query: {name}"


@wrong_values
async def test_a_part_of_a_path_that_cannot_be_is_refused(lived_in: Service, value: str) -> None:
    paths = [path for path in operations(lived_in.app, "get") if "{" in path]
    assert len(paths) > 5

    for path in paths:
        for name in re.findall(r"{(\w+)}", path):
            refused(await get(lived_in, filled(path.replace(f"{{{name}}}", value))))
    for path in ("/problems/", "/docs/static/", "/v1/", "/"):
        refused(await get(lived_in, path + value))


@pytest.mark.parametrize(
    "wrong",
    [
        MARKER,
        f"{TRAINING}{MARKER}",
        "00000000-0000-0000-0000-00000000000",
        "{00000000-0000-0000-0000-000000000000",
        "0" * 33,
        "urn:uuid:" + MARKER,
        "null",
        "-1",
        "1",
    ],
)
async def test_what_is_no_id_is_refused(lived_in: Service, wrong: str) -> None:
    before = await rows_of(lived_in)

    for path in operations(lived_in.app, "get"):
        if "{id}" in path:
            refused(await get(lived_in, path.replace("{id}", wrong)))
    for path in operations(lived_in.app, "post"):
        if "{id}" in path:
            refused(await lived_in.coordinator.post(path.replace("{id}", wrong), {"code": MARKER}))

    assert await rows_of(lived_in) == before


@pytest.mark.parametrize("size", [300, 8_000, 60_000])
async def test_a_very_long_path_leads_nowhere(lived_in: Service, size: int) -> None:
    for path in ("/", "/v1/plans/", "/v1/obligations/", "/problems/", "/docs/static/"):
        refused(await get(lived_in, path + (MARKER * size)[:size]))
    refused(await get(lived_in, f"/{MARKER}" * 500))


@pytest.mark.parametrize("path", ["/v1/plans/", "/v1/obligations/", "/problems/", "/docs/", "//v1/plans", "/v1//plans"])
async def test_another_spelling_of_an_address_leads_nowhere(lived_in: Service, path: str) -> None:
    response = await lived_in.http.get(path, headers={"Host": f"{MARKER}.example"})

    problem_of(response, 404, "not-found")
    refused(response)


async def test_an_instant_in_another_script_is_refused_without_repeating_it(lived_in: Service) -> None:
    written = "2021-06-14T00:00:00"
    wide = written.translate({ord("0") + digit: ord("０") + digit for digit in range(10)})

    for value in (wide, f"{wide}Z", wide[:10], f"{written}+99:99", f"{written} 9999"):
        response = await lived_in.coordinator.get("/v1/obligations", as_of=value)

        refused(response)
        assert value not in response.text
