"""Webhooks: the schedule of attempts, the signature, and where deliveries may go."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.webhooks import WAITS, NoTarget, Targets, address_of, headers_of, origin_of, spelled, wait_after

INTERNAL = Path(__file__).with_name("internal_addresses.txt").read_text("utf-8").split()
PUBLIC = ["8.8.8.8", "1.1.1.1", "192.0.1.1", "223.255.255.255", "2606:4700:4700::1111", "2a00:1450::1", "2001:200::1"]
ORIGIN = "https://hooks.example.org"
ELSEWHERE = [
    "http://hooks.example.org",
    "https://hooks.example.org:8443",
    "https://hooks.example.org.",
    "https://hooks.example.org.evil.example",
    "https://evil.example/hooks.example.org",
    "https://evil.example#hooks.example.org",
    "https://hooks.example.org#@evil.example",
    "https://hooks.example.org@evil.example",
    "https://user:pass@hooks.example.org",
    "https://@hooks.example.org",
    "https:///hooks.example.org",
    "https:hooks.example.org",
    "//hooks.example.org",
    "https://hooks.example.org\\@evil.example",
    "https://hooks.example.org\t.evil.example",
    "https://hooks.example.org\n",
    "https://hooks.example.org %2eevil.example",
    "https://hooks。example。org",
    "https://hooks.example.org:0x1bb",
    "https://hooks.example.org:99999",
    "https://[::1",
    "ftp://hooks.example.org",
    "file:///etc/passwd",
    "gopher://hooks.example.org",
    "javascript:alert(1)",
    "",
    "http://127.0.0.1",
    "http://127.1",
    "http://2130706433",
    "http://0x7f000001",
    "http://0177.0.0.1",
    "http://[::1]",
    "http://[::ffff:127.0.0.1]",
    "http://①②⑦.⓪.⓪.①",
    "http://localhost",
    "http://169.254.169.254/latest/meta-data",
]


def waits(chance: float) -> list[timedelta]:
    return [wait for n in range(1, len(WAITS) + 1) if (wait := wait_after(n, chance))]


def test_attempts_are_made_for_three_days_and_a_bit() -> None:
    least, most = (sum(waits(chance), timedelta()) for chance in (0, 1))

    assert timedelta(days=3) < least < most < timedelta(days=3.5)
    assert len(waits(0)) == len(WAITS)
    assert wait_after(len(WAITS) + 1, 0.5) is None
    assert all(short < long for short, long in zip(waits(0), waits(1), strict=True))


def test_a_delivery_is_signed_as_the_standard_shows() -> None:
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    sent_at = datetime.fromtimestamp(1614265330, UTC)

    headers = headers_of("msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', [secret], sent_at)

    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    assert spelled(secret) == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.mark.parametrize("form", INTERNAL)
def test_no_internal_address_may_be_connected_to(form: str) -> None:
    assert not Targets().may_connect(address_of(form))


def test_there_are_sixty_forms_of_internal_addresses() -> None:
    assert len({*INTERNAL}) >= 60


@pytest.mark.parametrize("form", PUBLIC)
def test_public_addresses_may_be_connected_to(form: str) -> None:
    assert Targets().may_connect(address_of(form))


def test_an_internal_address_may_be_connected_to_where_the_operator_names_it() -> None:
    targets = Targets.read("10.1.2.0/24 fd00:1::/64 64:ff9b::/96")

    assert targets.may_connect(address_of("10.1.2.3"))
    assert targets.may_connect(address_of("64:ff9b::808:808"))
    assert targets.may_connect(address_of("fd00:1::5"))
    assert not targets.may_connect(address_of("10.1.3.3"))
    assert not targets.may_connect(address_of("::ffff:10.1.2.3"))
    assert not targets.may_connect(address_of("::1"))


@pytest.mark.parametrize("url", [ORIGIN, f"{ORIGIN}/", f"{ORIGIN}:443/in?a=1", "HTTPS://Hooks.Example.ORG/In"])
def test_a_delivery_may_go_to_an_origin_of_the_list(url: str) -> None:
    assert Targets.read(ORIGIN).allow(url)


@pytest.mark.parametrize("url", ELSEWHERE)
def test_a_delivery_may_go_nowhere_else(url: str) -> None:
    assert not Targets.read(ORIGIN).allow(url)
    assert not Targets().allow(url)


@pytest.mark.parametrize("text", ["hooks.example.org", f"{ORIGIN}/path", f"{ORIGIN}?a", "10.1.2.3/24", "https://", "*"])
def test_an_allow_list_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(NoTarget):
        Targets.read(text)


def test_the_origin_of_an_address_has_the_port_of_its_scheme() -> None:
    assert origin_of("http://a.example/x") == ("http", "a.example", 80)
    assert origin_of("http://[::1]:8080/x") == ("http", "::1", 8080)
