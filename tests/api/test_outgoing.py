"""Where deliveries connect to: the address that was checked, under the name of its host, and nothing internal."""

import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.domain.special_addresses import Address
from app.domain.webhooks import Targets
from app.jobs.http_client import Forbidden, Outgoing, Unreachable, resolve
from tests.domain.test_webhooks import INTERNAL
from tests.given import TRAINING, Service
from tests.receiving import HOST, Receiver, deliverer, leading_to, log_of, receiving, subscribe, to

NUMBERS = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "[::1]",
    "0",
    "[::]",
]
NUMBERS += ["[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "localhost"]


@pytest.mark.parametrize("form", INTERNAL)
async def test_a_name_that_leads_inside_is_not_connected_to(service: Service, form: str) -> None:
    async with receiving() as receiver:
        delivering = deliverer(service, receiver.origin, resolve=leading_to("8.8.8.8", form))
        webhook = await subscribe(service.integrator, receiver.origin)
        await service.police.report(TRAINING)
        await service.jobs.number()
        await delivering.deliver()

    [delivery] = await log_of(service.integrator, webhook["id"])
    assert [(one["outcome"], one["status_code"]) for one in delivery["attempts"]] == [("forbidden", None)]
    assert receiver.connections == 0


@pytest.mark.parametrize("host", NUMBERS)
async def test_no_spelling_of_this_machine_is_connected_to(host: str) -> None:
    async with receiving() as receiver:
        outgoing = Outgoing(Targets().may_connect, resolve=resolve)

        with pytest.raises((Forbidden, Unreachable)):
            await outgoing.post(f"http://{host}:{receiver.port}/", {}, b"")

    assert receiver.connections == 0


async def test_a_name_that_leads_elsewhere_the_next_time_is_connected_to_where_it_was_checked() -> None:
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    async with receiving() as receiver:
        outgoing = Outgoing(Targets.read("127.0.0.1/32").may_connect, resolve=rebinding)
        first = await outgoing.post(f"http://{HOST}:{receiver.port}/", {}, b"")
        once = list(asked)
        with pytest.raises(Forbidden):
            await outgoing.post(f"http://{HOST}:{receiver.port}/", {}, b"")

    assert (first, once, receiver.connections) == (204, [HOST], 1)


async def test_what_was_checked_is_what_is_connected_to() -> None:
    checked: list[Address] = []

    def may_connect(address: Address) -> bool:
        checked.append(address)
        return True

    async with receiving() as receiver:
        outgoing = Outgoing(may_connect, resolve=leading_to("127.0.0.1"))
        await outgoing.post(f"http://{HOST}:{receiver.port}/", {}, b"")

    assert [str(one) for one in checked] == ["127.0.0.1"]
    assert receiver.received[0].headers["host"] == f"{HOST}:{receiver.port}"


async def test_a_name_with_several_addresses_is_asked_where_it_answers() -> None:
    async with receiving() as receiver:
        outgoing = Outgoing(Targets.read("127.0.0.0/8").may_connect, resolve=leading_to("127.0.0.9", "127.0.0.1"))

        assert await outgoing.post(f"http://{HOST}:{receiver.port}/", {}, b"") == 204


async def test_a_name_that_leads_nowhere_is_not_reached() -> None:
    async def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError

    for resolver in (leading_to(), unknown):
        with pytest.raises(Unreachable):
            await Outgoing(Targets().may_connect, resolve=resolver).post("https://hooks.example.org/", {}, b"")


async def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiving() as receiver, receiving() as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        outgoing = Outgoing(Targets.read("127.0.0.1/32").may_connect, resolve=leading_to("127.0.0.1"))
        await outgoing.post(f"http://{HOST}:{receiver.port}/", {}, b"")

    assert (receiver.connections, proxy.connections) == (1, 0)


async def test_an_allow_list_that_has_become_shorter_holds_for_what_was_added_before(service: Service) -> None:
    async with receiving() as receiver:
        deliverer(service, to(receiver))
        webhook = await subscribe(service.integrator, receiver.origin)
        await service.police.report(TRAINING)
        await service.jobs.number()

        await deliverer(service, "127.0.0.1/32").deliver()

    [delivery] = await log_of(service.integrator, webhook["id"])
    assert [one["outcome"] for one in delivery["attempts"]] == ["forbidden"]
    assert receiver.connections == 0


async def test_the_certificate_must_be_for_the_name_and_the_name_is_shown(tmp_path: Path) -> None:
    authority, key, certificate = _certificate_for(HOST, tmp_path)
    receiver = Receiver()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    server.sni_callback = lambda _socket, name, _context: receiver.server_names.append(name)
    await receiver.up(server)
    trusting = ssl.create_default_context(cadata=authority)
    allowed = Targets.read("127.0.0.1/32").may_connect
    ours = Outgoing(allowed, resolve=leading_to("127.0.0.1"), context=trusting)

    reached = await ours.post(f"https://{HOST}:{receiver.port}/", {}, b"{}")
    with pytest.raises(Unreachable):
        await ours.post(f"https://other.test:{receiver.port}/", {}, b"{}")
    with pytest.raises(Unreachable):
        await Outgoing(allowed, resolve=leading_to("127.0.0.1")).post(f"https://{HOST}:{receiver.port}/", {}, b"{}")
    await receiver.down()

    assert reached == 204
    assert receiver.server_names == [HOST, "other.test", HOST]
    assert [one.headers["host"] for one in receiver.received] == [f"{HOST}:{receiver.port}"]


def _certificate_for(host: str, folder: Path) -> tuple[str, Path, Path]:
    """Make a certificate that signs itself; return it as an authority, and the files of its key and of itself."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    paths = folder / "key.pem", folder / "certificate.pem"
    for path, content in zip(paths, (private, made), strict=True):
        path.write_bytes(content)
    return made.decode(), *paths
