"""Addresses of databases: every parameter of libpq works, or is refused by its name."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, func, select

from app.database.address import read
from app.database.engine import SYSTEM, connect
from app.domain.errors import Hindrance
from embedded_postgres import APP, Address
from tests.conftest import url_of

LIBPQ = {
    *("host", "hostaddr", "port", "dbname", "user", "password", "passfile", "require_auth", "channel_binding"),
    *("connect_timeout", "client_encoding", "options", "application_name", "fallback_application_name", "keepalives"),
    *("keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout", "replication", "gssencmode"),
    *("sslmode", "requiressl", "sslnegotiation", "sslcompression", "sslcert", "sslkey", "sslpassword", "sslcertmode"),
    *("sslrootcert", "sslcrl", "sslcrldir", "sslsni", "requirepeer", "ssl_min_protocol_version", "krbsrvname"),
    *("ssl_max_protocol_version", "gsslib", "gssdelegation", "service", "target_session_attrs", "load_balance_hosts"),
}
"""Every parameter that the manual of PostgreSQL 17 names (section 34.1.2)."""
REFUSED = {
    *("hostaddr", "require_auth", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout"),
    *("requiressl", "sslcertmode", "sslcrldir", "requirepeer", "gssdelegation"),
    *("channel_binding", "client_encoding", "gssencmode", "keepalives", "load_balance_hosts", "replication"),
    *("sslcompression", "sslsni", "connect_timeout", "options"),
}
"""What cannot be done at all, and what cannot be done with the value `odd`."""


@pytest.mark.parametrize("name", sorted(LIBPQ))
def test_every_parameter_of_libpq_is_known_or_refused_by_its_name(name: str) -> None:
    files = {"sslcert", "sslkey", "sslrootcert", "sslcrl", "passfile"}
    value = __file__ if name in files else "odd"
    url = f"postgresql://me:secret@host/db?{name}={value}"

    if name not in REFUSED:
        read(url)
        return
    with pytest.raises(Hindrance, match=rf"\b{name}\b") as refused:
        read(url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("name", ["sslcert", "sslkey", "sslrootcert", "sslcrl", "passfile"])
def test_a_file_that_cannot_be_read_is_named_by_its_parameter(name: str, tmp_path: Path) -> None:
    with pytest.raises(Hindrance, match=name):
        read(f"postgresql://me@host/db?{name}={tmp_path}/none")


@pytest.mark.parametrize("url", ["", "host/db", "mysql://host/db", "postgresql://[::1/db", "postgresql:/x?a=%"])
def test_what_is_no_address_is_refused_in_words(url: str) -> None:
    if url.startswith("postgresql:/x"):
        url += "&sslsni=2"
    with pytest.raises(Hindrance, match="address"):
        read(url)


def test_a_password_may_hold_anything() -> None:
    found = read("postgresql://me:p%40ss%3Aw%2Frd@host:5433/db")

    assert (found.login["user"], found.login["password"]) == ("me", "p@ss:w/rd")
    assert "ss" not in found.place
    assert "p@ss" not in repr(found)


def test_an_address_may_name_several_hosts_in_either_spelling() -> None:
    for url in (
        "postgresql://me@one:5433,two:5434/db?target_session_attrs=read-write",
        "postgresql+asyncpg://me@/db?host=one:5433&host=two:5434&target_session_attrs=read-write",
    ):
        place = read(url).place.replace("%3A", ":").replace("%2C", ",")
        assert "one:5433,two:5434" in place
        assert "target_session_attrs=read-write" in place


@pytest.mark.parametrize(("said", "seconds"), [("", 5), ("?connect_timeout=9", 9), ("?connect_timeout=1", 2)])
def test_connecting_takes_as_long_as_the_address_says(said: str, seconds: float) -> None:
    assert read(f"postgresql://me@host/db{said}").timeout == seconds
    assert read("postgresql://me@host/db?connect_timeout=0").timeout is None


async def test_what_an_address_sets_holds_and_our_own_settings_win(address: Address, template: str) -> None:
    options = "-c%20work_mem=7MB%20--search_path=public%20-c%20statement_timeout=1"
    url = f"{url_of(address, APP, template)}&application_name=tr%E1%BB%B1c&options={options}"
    database = connect(url)

    async with database.reading(SYSTEM) as connection:
        asked: list[Any] = [
            await connection.scalar(_setting(name)) for name in ("work_mem", "statement_timeout", "search_path", "role")
        ]
    await database.close()

    assert asked == ["7MB", "20s", "public", "dondoc_app"]


def _setting(name: str) -> Select[Any]:
    return select(func.current_setting(name))
