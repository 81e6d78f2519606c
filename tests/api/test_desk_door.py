"""The door of the desk: who comes in, who stays, and forty ways in which nobody does."""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts

from app.commands import people
from app.settings import Settings
from tests.desk import Person, at_desk, introduced, link_of
from tests.given import INVESTIGATION, TODAY, Service

NOT_SIGNED_IN = "Chưa đăng nhập"
SPENT = "Liên kết đăng nhập đã được sử dụng"
ELSEWHERE = "Yêu cầu không được gửi từ trang của hệ thống này."
OPEN = {
    *("/desk/style.css", "/desk/script.js", "/desk/icon.svg", "/desk/sign-in", "/desk/sign-in/{secret}"),
    *("/desk/sign-out", "/desk/language", "/desk/oidc/back"),
}
"""What is shown, or done, also for somebody who is not signed in."""


def screens(service: Service) -> list[str]:
    """Return the addresses of all pages that are opened."""
    found = []
    for route in iter_route_contexts(service.app.routes):
        path = str(getattr(route, "path_format", None) or route.path)
        if path.startswith("/desk") and path not in {*OPEN, "/desk/{rest}"} and "GET" in (route.methods or ()):
            path = path.replace("{body}", "cong-an").replace("{cycle}", "2026")
            found.append(re.sub(r"\{\w*id\}", str(INVESTIGATION), path))
    return found


async def test_nobody_sees_a_screen_without_a_session(service: Service) -> None:
    token = {"Authorization": f"Bearer {service.coordinator.token()}"}

    for path in screens(service):
        for headers in ({}, token, {"Cookie": f"dondoc={service.coordinator.token()}"}):
            answer = await service.http.get(path, headers=headers)
            assert (answer.status_code, NOT_SIGNED_IN in answer.text) == (401, True), path
            assert answer.headers["content-type"] == "text/html; charset=utf-8"


async def test_a_session_is_no_token(service: Service) -> None:
    coordinator = await at_desk(service, "coordinator")

    shown = {"Cookie": f"dondoc={coordinator.cookie}"}
    with_cookie = await service.http.get("/v1/obligations", headers=shown)
    as_token = await service.http.get("/v1/obligations", headers={"Authorization": f"Bearer {coordinator.cookie}"})
    as_secret = await service.http.post(
        "/v1/oauth/token", data={"grant_type": "client_credentials"}, auth=(str(coordinator.id), coordinator.cookie)
    )

    assert [one.status_code for one in (with_cookie, as_token, as_secret)] == [401, 401, 401]


async def test_a_page_tells_browsers_what_it_may_do(service: Service) -> None:
    coordinator = await at_desk(service, "coordinator")

    headers = (await coordinator.get("")).headers

    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'; img-src 'self';")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert {"unsafe-inline", "http:", "https:", "*"} & set(headers["content-security-policy"].split()) == set()
    assert (headers["x-frame-options"], headers["x-content-type-options"]) == ("DENY", "nosniff")
    assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "same-origin")
    assert "strict-transport-security" not in headers


async def test_over_https_the_cookie_is_of_this_host_alone(service: Service) -> None:
    https: dict[str, Any] = {"issuer_or_default": "https://dondoc.example.org"}
    service.app.state.settings = service.app.state.settings.model_copy(update=https)
    person = await introduced(service, "coordinator")

    answer = await person.get(await link_of(service, person.id))

    (cookie,) = answer.headers.get_list("set-cookie")
    assert cookie.startswith("__Host-dondoc=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert "domain" not in cookie.lower()
    assert answer.headers["strict-transport-security"]
    plain = {"Cookie": f"dondoc={answer.cookies['__Host-dondoc']}"}
    assert (await service.http.get("/desk", headers=plain)).status_code == 401


async def test_over_a_network_in_the_clear_nobody_comes_in(service: Service) -> None:
    plain: dict[str, Any] = {"issuer_or_default": "http://dondoc.example.org"}
    service.app.state.settings = service.app.state.settings.model_copy(update=plain)
    person = await introduced(service, "coordinator")

    answer = await person.get(await link_of(service, person.id))

    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


Try = Callable[[Service, Person], Awaitable[Any]]


async def used_twice(service: Service, person: Person) -> Any:
    link = await link_of(service, person.id)
    await Person(service, person.id).get(link)
    return await Person(service, person.id).get(link)


async def too_late(service: Service, person: Person) -> Any:
    link = await link_of(service, person.id)
    service.clock.now += people.INVITED_FOR
    return await Person(service, person.id).get(link)


async def of_a_disabled_person(service: Service, person: Person) -> Any:
    link = await link_of(service, person.id)
    await service.admin.patch(f"/v1/people/{person.id}", {"disabled": True})
    return await Person(service, person.id).get(link)


async def of_a_person_who_was_disabled_meanwhile(service: Service, person: Person) -> Any:
    link = await link_of(service, person.id)
    for disabled in (True, False):
        await service.admin.patch(f"/v1/people/{person.id}", {"disabled": disabled})
    return await Person(service, person.id).get(link)


def made_up(secret: str) -> Try:
    async def follow(service: Service, person: Person) -> Any:
        return await Person(service, person.id).get(f"/sign-in/{secret}")

    return follow


def fetched(**headers: str) -> Try:
    async def follow(service: Service, person: Person) -> Any:
        link = await link_of(service, person.id)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await Person(service, person.id).get(link, headers=sent)
        assert (await Person(service, person.id).get(link)).status_code == 303, "it was used up"
        return answer

    return follow


async def asked_for_its_head(service: Service, person: Person) -> Any:
    link = await link_of(service, person.id)
    answer = await service.http.head(f"/desk{link}")
    assert (await Person(service, person.id).get(link)).status_code == 303, "it was used up"
    return answer


LINKS: Mapping[str, Try] = {
    "used twice": used_twice,
    "too late": too_late,
    "of a disabled person": of_a_disabled_person,
    "of a person who was disabled meanwhile": of_a_person_who_was_disabled_meanwhile,
    "empty but for a tilde": made_up("~"),
    "guessed": made_up("A" * 43),
    "long": made_up("A" * 3000),
    "of another script": made_up("%E1%BB%87" * 20),
    "with a NUL": made_up("abc%00def"),
    "a statement": made_up("'%20OR%201=1--"),
    "its head alone": asked_for_its_head,
    "as a picture": fetched(Sec_Fetch_Mode="no-cors", Sec_Fetch_Dest="image"),
    "as a script": fetched(Sec_Fetch_Mode="no-cors", Sec_Fetch_Dest="script"),
    "in a frame": fetched(Sec_Fetch_Mode="navigate", Sec_Fetch_Dest="iframe"),
    "by fetch": fetched(Sec_Fetch_Mode="cors", Sec_Fetch_Dest="empty"),
    "ahead of time": fetched(Sec_Fetch_Mode="navigate", Sec_Fetch_Dest="document", Sec_Purpose="prefetch"),
}


@pytest.mark.parametrize("name", LINKS)
async def test_a_link_that_is_not_opened_by_whom_it_invites_lets_nobody_in(service: Service, name: str) -> None:
    person = await introduced(service, "coordinator")

    answer = await LINKS[name](service, person)

    assert answer.status_code in {401, 404}
    assert "set-cookie" not in answer.headers
    assert "A" * 43 not in answer.text


async def signed_out(service: Service, person: Person) -> None:
    assert (await person.post("/sign-out")).status_code == 200


async def disabled(service: Service, person: Person) -> None:
    await service.admin.patch(f"/v1/people/{person.id}", {"disabled": True})


async def disabled_and_enabled(service: Service, person: Person) -> None:
    for is_so in (True, False):
        await service.admin.patch(f"/v1/people/{person.id}", {"disabled": is_so})


async def idle_too_long(service: Service, person: Person) -> None:
    service.clock.now += people.IDLE


async def too_long_at_all(service: Service, person: Person) -> None:
    for _ in range(4):
        service.clock.now += people.WHOLE / 4 - timedelta(minutes=1)
        assert (await person.get("")).status_code == 200
    service.clock.now += timedelta(minutes=4)


async def signed_in_anew(service: Service, person: Person) -> None:
    before = person.cookie
    answer = await person.post(await link_of(service, person.id))
    assert answer.cookies["dondoc"] != before


def changed(change: Callable[[str], str]) -> Try:
    async def do(_: Service, person: Person) -> None:
        person.cookie = change(person.cookie)

    return do


ENDS: Mapping[str, Try] = {
    "signed out": signed_out,
    "disabled": disabled,
    "disabled and enabled again": disabled_and_enabled,
    "idle for eight hours": idle_too_long,
    "twelve hours at all": too_long_at_all,
    "replaced by a new sign-in": signed_in_anew,
    "cut": changed(lambda cookie: cookie[:-1]),
    "longer": changed(lambda cookie: f"{cookie}A"),
    "in capitals": changed(str.upper),
    "quoted": changed(lambda cookie: f'"{cookie}"'),
    "given twice": changed(lambda cookie: f"{cookie}; dondoc={cookie}"),
    "given beside a planted one": changed(lambda cookie: f"planted; dondoc={cookie}"),
    "very long": changed(lambda cookie: cookie * 200),
    "an id": changed(lambda _: "00000000-0000-0000-0000-000000000000"),
    "planted before sign-in": changed(lambda _: "A" * 43),
}


@pytest.mark.parametrize("name", ENDS)
async def test_a_session_that_is_over_or_none_shows_nothing(service: Service, name: str) -> None:
    person = await at_desk(service, "coordinator")

    await ENDS[name](service, person)

    answer = await person.get("")
    assert (answer.status_code, NOT_SIGNED_IN in answer.text) == (401, True)


async def test_a_session_that_is_used_lasts_longer_than_one_that_is_not(service: Service) -> None:
    person = await at_desk(service, "coordinator")

    service.clock.now = TODAY + people.IDLE - timedelta(minutes=1)
    assert (await person.get("")).status_code == 200
    service.clock.now = TODAY + people.WHOLE - timedelta(minutes=1)

    assert (await person.get("")).status_code == 200


FROM_ELSEWHERE: Mapping[str, Mapping[str, str]] = {
    "nobody says": {},
    "a form of another site": {"Sec-Fetch-Site": "cross-site", "Origin": "https://example.org"},
    "another site that names us": {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8000"},
    "a sister of ours": {"Sec-Fetch-Site": "same-site"},
    "typed in": {"Sec-Fetch-Site": "none"},
    "an old browser on another site": {"Origin": "https://example.org"},
    "no origin": {"Origin": "null"},
    "our name and more": {"Origin": "http://127.0.0.1:8000.example.org"},
    "our name over https": {"Origin": "https://127.0.0.1:8000"},
    "two at once": {"Sec-Fetch-Site": "same-origin, cross-site"},
    "a referrer alone": {"Referer": "http://127.0.0.1:8000/desk"},
    "our host's name": {"Host": "127.0.0.1:8000"},
}


@pytest.mark.parametrize("name", FROM_ELSEWHERE)
async def test_what_another_site_sends_is_not_done(service: Service, name: str) -> None:
    person = await at_desk(service, "coordinator")

    answers = [await person.post(path, headers=FROM_ELSEWHERE[name]) for path in ("/sign-out", "/sign-in/x")]

    assert [(one.status_code, ELSEWHERE in one.text) for one in answers] == [(403, True)] * 2
    assert (await person.get("")).status_code == 200


async def test_an_old_browser_says_by_its_origin_that_it_is_on_a_page_of_ours(service: Service) -> None:
    person = await at_desk(service, "coordinator")
    settings: Settings = service.app.state.settings

    assert (await person.post("/sign-out", headers={"Origin": settings.issuer})).status_code == 200


BACK = {
    "/desk/obligations?cycle=2026&status=overdue": "/desk/obligations?cycle=2026&status=overdue",
    **dict.fromkeys(
        (
            *("https://example.org/", "//example.org/desk", "/\\example.org", "/desk\\..\\x", "/desk/../docs"),
            *("/desk@example.org", "/desk//example.org", "javascript:alert(1)", "/desk\r\nSet-Cookie: a=b", "/deskx"),
        ),
        "/desk",
    ),
}


@pytest.mark.parametrize("back", BACK)
async def test_nobody_is_led_to_another_site(service: Service, back: str) -> None:
    answer = await Person(service, INVESTIGATION).post("/language", {"language": "en", "back": back})

    assert (answer.status_code, answer.headers["location"]) == (303, BACK[back])


async def test_whose_host_is_named_changes_no_address(service: Service) -> None:
    person = await at_desk(service, "coordinator")

    named = {"Host": "example.org", "X-Forwarded-Host": "example.org"}

    assert "example.org" not in (await person.get("", headers=named)).text


async def test_a_link_asks_whoever_is_signed_in_before_it_takes_their_place(service: Service) -> None:
    coordinator, clerk = await at_desk(service, "coordinator"), await introduced(service, "clerk")
    link = await link_of(service, clerk.id)

    asked = await coordinator.get(link)
    taken = await coordinator.post(link)

    assert (asked.status_code, "set-cookie" in asked.headers) == (200, False)
    assert f'action="/desk{link}"' in asked.text
    clerk.cookie = taken.cookies["dondoc"]
    assert "Người dùng clerk" in await clerk.read("")
    assert (await coordinator.get("")).status_code == 401


async def test_who_tries_links_is_slowed_down(service: Service) -> None:
    settings: Settings = service.app.state.settings
    limited = settings.model_copy(update={"address_limit": "3/minute"})
    service.app.state.token_limits = type(service.app.state.token_limits)(limited)
    nobody = Person(service, INVESTIGATION)

    answers = [await nobody.get(f"/sign-in/{n}") for n in range(4)]

    assert [one.status_code for one in answers] == [401, 401, 401, 429]
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_a_person_can_be_given_no_secret_and_is_no_client(service: Service) -> None:
    person = await introduced(service, "coordinator")

    answers = [
        await service.admin.post(f"/v1/clients/{person.id}/secrets", {}),
        await service.admin.patch(f"/v1/clients/{person.id}", {"name": "Hệ thống"}),
        await service.admin.get(f"/v1/clients/{person.id}"),
    ]
    listed = (await service.admin.get("/v1/clients", limit=500)).json()["items"]

    assert [one.status_code for one in answers] == [404] * 3
    assert str(person.id) not in {one["id"] for one in listed}


async def test_a_page_of_nowhere_is_a_page(service: Service) -> None:
    person = await at_desk(service, "coordinator")

    for path in ("/nowhere", "/obligations/none", "/bodies/nobody", f"/obligations/{person.id}"):
        answer = await person.get(path)
        assert answer.status_code in {404, 422}, path
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
