"""The other doors of the desk: an account at a provider of identities, and a passkey; and how neither is got round."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from app.security.provider import Provider as Door
from app.settings import LoginProvider, Settings
from app.web.auth import tickets
from tests.desk import HERE, Person, at_desk
from tests.given import INVESTIGATION, Service
from tests.provider import CLIENT, SECRET, Provider, providing

REFUSED = "Không xác nhận được người đăng nhập"


@pytest.fixture(scope="module")
def one_provider() -> Iterator[Provider]:
    with providing() as provider:
        yield provider


@pytest.fixture
def provider(service: Service, one_provider: Provider) -> Provider:
    """Let people come in by a provider, which is honest."""
    one_provider.begin()
    one_provider.at = int(service.clock().timestamp())
    algorithms = frozenset({"RS256", "ES256"})
    service.app.state.provider = Door(LoginProvider(one_provider.address, CLIENT, SECRET, algorithms, "Cổng của tỉnh"))
    return one_provider


class Browser:
    """Somebody's browser: keeps what it is told to keep, and goes where it is led."""

    def __init__(self, service: Service, session: str = "") -> None:
        self.service, self.kept = service, {"dondoc": session} if session else {}

    async def ask(self, method: str, path: str, **how: Any) -> httpx.Response:
        self.service.http.cookies.clear()
        shown = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.kept.items())} if self.kept else {}
        headers = {**shown, **(HERE if method == "POST" else {}), **how.pop("headers", {})}
        answer = await self.service.http.request(method, path, headers=headers, **how)
        self.kept |= answer.cookies
        return answer

    async def goes(self, at: str = "/desk/oidc") -> str:
        """Go to the provider, sign in there, and return where it leads back to."""
        page = await self.ask("POST", at)
        assert page.status_code == 200, page.text
        there = httpx.URL(re.findall(r'href="(http://127[^"]+)"', page.text)[0].replace("&amp;", "&"))
        async with httpx.AsyncClient(trust_env=False) as http:
            place = urlsplit((await http.get(there)).headers["location"])
        assert (place.netloc, place.path) == ("127.0.0.1:8000", "/desk/oidc/back")
        return f"{place.path}?{place.query}"

    async def sees(self) -> str:
        """Return what stands on the first page."""
        return (await self.ask("GET", "/desk")).text


async def with_account(service: Service) -> Person:
    """Let a coordinator come in by a link, and add an account."""
    person = await at_desk(service, "coordinator")
    browser = Browser(service, person.cookie)
    answer = await browser.ask("GET", await browser.goes("/desk/account/oidc"))
    assert answer.headers.get("location") == "/desk/account?done=1", answer.text
    return person


async def test_who_has_added_an_account_comes_in_by_it_into_a_session_of_its_own(
    service: Service, provider: Provider
) -> None:
    person = await with_account(service)
    browser = Browser(service)

    doors = await browser.ask("GET", "/desk/sign-in")
    answer = await browser.ask("GET", await browser.goes(), headers={"Sec-Fetch-Site": "cross-site"})

    assert "Đăng nhập bằng Cổng của tỉnh" in doors.text
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    assert browser.kept["dondoc"] not in {"", person.cookie}
    assert any(one.startswith('dondoc-oidc="";') for one in answer.headers.get_list("set-cookie"))
    assert "Người dùng coordinator" in await browser.sees()
    page = await person.read("/account")
    assert "Nguyễn Thị Thử" in page
    end = re.findall(r'action="/desk(/account/ways/[^"]+/end)"', page)[0]
    assert (await (await at_desk(service, "clerk")).post(end)).status_code == 404
    assert (await person.post(end)).status_code == 303
    late = Browser(service)
    assert REFUSED in (await late.ask("GET", await late.goes())).text


LIES: Mapping[str, dict[str, Any]] = {
    "for another application": {"aud": "another"},
    "for two, and nobody says for whom": {"aud": [CLIENT, "another"]},
    "given to another application": {"azp": "another"},
    "of another provider": {"iss": "https://example.org"},
    "of another round": {"nonce": "0" * 64},
    "of no round": {"nonce": None},
    "of nobody": {"sub": None},
    "of an empty name": {"sub": ""},
    "of a number": {"sub": 7},
    "ended": {"exp": 1_600_000_000, "iat": 1_599_999_000},
    "from days to come": {"iat": 4_000_000_000, "exp": 4_000_000_300},
    "for ever": {"exp": 4_000_000_000},
}


@pytest.mark.parametrize("name", [*LIES, "unsigned", "by a key it carries", "of somebody unknown", "refused"])
async def test_an_answer_that_is_not_for_us_lets_nobody_in(service: Service, provider: Provider, name: str) -> None:
    await with_account(service)
    browser = Browser(service)
    provider.lies = LIES.get(name, {})
    headers: dict[str, dict[str, Any]] = {"by a key it carries": {"jwk": {"kty": "RSA"}}, "unsigned": {"alg": "none"}}
    provider.header = headers.get(name, {})
    provider.subject = "can-bo-2" if name == "of somebody unknown" else provider.subject
    provider.refuses = name == "refused"

    answer = await browser.ask("GET", await browser.goes())

    assert (answer.status_code, REFUSED in answer.text, "dondoc" in browser.kept) == (401, True, False)


async def test_a_round_is_of_one_browser_once_and_ends(service: Service, provider: Provider) -> None:
    await with_account(service)
    mine, other = Browser(service), Browser(service)
    back = await mine.goes()
    state = re.findall(r"state=([^&]+)", back)[0]
    held = dict(mine.kept)

    async def tried(browser: Browser, path: str, **headers: str) -> int:
        return (await browser.ask("GET", path, headers=headers)).status_code

    # Led to by somebody else, who went there; without the round's name, with another one's, with two providers' names.
    assert await tried(other, back) == 401
    await other.goes()
    assert await tried(other, back) == 401
    for path in (back.replace(state, "x" * 43), back.replace("state=", "no="), re.sub("code=[^&]+", "", back)):
        assert await tried(mine, path) == 401
    assert await tried(mine, re.sub(r"iss=[^&]+", "iss=https%3A%2F%2Fexample.org", back)) == 401
    # Fetched by a picture, in a frame, ahead of time, or as a head.
    for headers in ({"Sec-Fetch-Dest": "image"}, {"Sec-Fetch-Dest": "iframe"}, {"Sec-Purpose": "prefetch"}):
        assert await tried(mine, back, **headers) == 401
    assert (await mine.ask("HEAD", back)).status_code == 401
    # Changed, of another key, too old.
    for ticket in (held["dondoc-oidc"][:-2], "A" * 80, ""):
        mine.kept = {"dondoc-oidc": ticket}
        assert await tried(mine, back) == 401
    mine.kept = dict(held)
    service.clock.now += tickets.LIFETIME
    assert await tried(mine, back) == 401
    service.clock.now -= tickets.LIFETIME
    # As it is meant; and never again, also with another code.
    assert await tried(mine, back) == 303
    mine.kept = dict(held)
    assert await tried(mine, back) == 401


async def test_whoever_is_disabled_comes_in_by_nothing(service: Service, provider: Provider) -> None:
    person = await with_account(service)
    await service.admin.patch(f"/v1/people/{person.id}", {"disabled": True})
    browser = Browser(service)

    assert (await browser.ask("GET", await browser.goes())).status_code == 401


async def test_an_account_is_added_by_whom_it_was_asked_of_alone(service: Service, provider: Provider) -> None:
    first, second = await with_account(service), await at_desk(service, "clerk")
    other = Browser(service, second.cookie)
    back = await other.goes("/desk/account/oidc")

    taken = await other.ask("GET", back)
    provider.subject = "can-bo-2"
    back = await other.goes("/desk/account/oidc")
    other.kept["dondoc"] = first.cookie
    stolen = await other.ask("GET", back)
    nobody = await Browser(service).ask("POST", "/desk/account/oidc")

    assert (taken.status_code, stolen.status_code, nobody.status_code) == (409, 401, 401)


async def test_a_provider_that_is_away_or_somebody_else_is_not_asked(service: Service, provider: Provider) -> None:
    lies = {"issuer": "https://example.org"}, {"token_endpoint": "http://example.org/token"}
    for lie in (*lies, None):
        provider.about_itself = lie or {}
        at = provider.address if lie else "http://127.0.0.1:9"
        service.app.state.provider = Door(LoginProvider(at, CLIENT, SECRET, frozenset({"RS256"}), "Cổng"))
        assert (await Browser(service).ask("POST", "/desk/oidc")).status_code == 503


async def test_without_a_provider_there_is_no_such_door(service: Service) -> None:
    service.app.state.provider = None

    assert (await Browser(service).ask("POST", "/desk/oidc")).status_code == 404
    assert (await Browser(service).ask("GET", "/desk/oidc/back")).status_code == 404
    assert "/desk/oidc" not in (await Browser(service).ask("GET", "/desk/sign-in")).text


@pytest.mark.parametrize(
    "wrong",
    [
        {"oidc_login_issuer": "https://id.example.org"},
        {"oidc_login_client_id": CLIENT},
        {"oidc_login_issuer": "http://id.example.org", "oidc_login_client_id": CLIENT},
    ],
)
def test_a_provider_that_is_half_configured_or_in_the_clear_is_refused_at_the_start(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="DONDOC_OIDC_LOGIN"):
        Settings(**wrong)


ANSWERS = ("", "{}", "[]", "[" * 5000, '{"id": 1}', '{"id": "AAAA", "rawId": "AAAA", "type": "public-key"}', "\x00")


@pytest.mark.parametrize("answer", ANSWERS)
async def test_what_is_no_answer_of_a_passkey_is_refused(service: Service, answer: str) -> None:
    at: dict[str, Any] = {"issuer_or_default": "http://localhost:8000"}
    service.app.state.settings = service.app.state.settings.model_copy(update=at)
    person = await at_desk(service, "coordinator")
    nobody = Person(service, INVESTIGATION)
    outside = re.findall(r'name="ticket" value="([^"]+)"', (await nobody.get("/sign-in")).text)[0]
    inside = re.findall(r'name="ticket" value="([^"]+)"', await person.read("/account"))[0]

    for who, path in ((nobody, "/passkey"), (person, "/account/passkeys")):
        for ticket in (outside, inside, "", "A" * 2000):
            sent = await who.post(path, {"ticket": ticket, "answer": answer})
            assert sent.status_code in {401, 422}, (path, sent.text)
            assert "set-cookie" not in sent.headers
