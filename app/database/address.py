"""The address of a database: what libpq takes, by libpq's names, or a refusal that names what we cannot do.

The driver knows most of it.  A parameter that it does not know it would send to the server as a setting, so that a
promise of the address (`channel_binding=require`) would be broken in silence or fail in words of somebody else.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

import asyncpg

from app.database.failures import DatabaseAway
from app.domain.errors import Hindrance

SCHEMES = {"postgres", "postgresql", "postgresql+asyncpg"}
PATIENCE_SECONDS = 5
_STATEMENTS = {"statement_cache_size": 500, "max_cacheable_statement_size": 0}
"""The driver keeps this many prepared statements a connection, of any length."""
_DRIVERS = {
    *("host", "port", "dbname", "database", "user", "password", "passfile", "service", "target_session_attrs"),
    *("sslmode", "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslpassword", "sslnegotiation"),
    *("ssl_min_protocol_version", "ssl_max_protocol_version", "krbsrvname", "gsslib"),
}
"""What the driver does as libpq would."""
_FILES = ("sslcert", "sslkey", "sslrootcert", "sslcrl", "passfile")
_OURS = {"connect_timeout", "application_name", "fallback_application_name", "options"}
_HARMLESS: Mapping[str, set[str]] = {
    "channel_binding": {"disable", "prefer"},
    "client_encoding": {"utf8", "utf-8", "auto"},
    "gssencmode": {"disable", "prefer"},
    "keepalives": {"1"},
    "load_balance_hosts": {"disable"},
    "replication": {"false", "off", "no", "0"},
    "sslcompression": {"0"},
    "sslsni": {"1"},
}
"""What says no more than what is so anyway, by the values that do."""
_OPTION = re.compile(r"(?:-c\s*|--)([A-Za-z_][\w.-]*)=((?:\\.|[^\\\s])*)(?:\s+|\Z)")
_PROCESS = token_hex(6)
_numbers = count(1)


class Connection(asyncpg.Connection):  # type: ignore[misc]
    """A connection whose prepared statements have names that no other process has.

    Behind a pooler two processes may share a connection to the server: under equal names, one would get the answers to
    the questions of the other.
    """

    entering = ""
    """What every transaction begins with, where settings do not outlive one; it ends with a semicolon."""
    pool = 0
    """How many pools were dropped before the one that it was taken from."""

    def _get_unique_id(self, prefix: str) -> str:
        return f"dondoc_{prefix}_{_PROCESS}_{next(_numbers):x}"


@dataclass(frozen=True)
class Address:
    """Where a database is and how to get in."""

    place: str
    database: str
    login: Mapping[str, str] = field(repr=False)
    timeout: float | None = PATIENCE_SECONDS
    settings: Mapping[str, str] = field(default_factory=dict)
    """What the address itself sets, by `application_name` and `options`."""

    async def connect(self, settings: Mapping[str, str]) -> Connection:
        """Open a connection that begins with some settings.

        Raises:
            DatabaseAway: nobody answers.
        """
        named: dict[str, Any] = {**self.login, "server_settings": dict(settings), "timeout": self.timeout}
        try:
            opened: Connection = await asyncpg.connect(self.place, connection_class=Connection, **named, **_STATEMENTS)
        except asyncpg.ClientConfigurationError as error:
            raise Hindrance(f"The database's address cannot be used: {error}") from None
        except (OSError, TimeoutError) as error:
            raise DatabaseAway(*error.args) from error
        return opened


def read(url: str) -> Address:
    """Read an address, as a URL.

    Raises:
        Hindrance: it is none, or asks for what cannot be done.
    """
    parts = _split(url)
    asked = _joined(parse_qsl(parts.query, keep_blank_values=True))
    for name, value in asked.items():
        _check(name, value)
    login, _, hosts = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    named = {"user": unquote(user), "password": unquote(password)}
    kept = {name: value for name, value in asked.items() if name in _DRIVERS}
    database = unquote(parts.path.removeprefix("/")) or asked.get("dbname") or asked.get("database", "")
    return Address(
        place=_place(hosts, database, kept),
        database=database,
        login={name: value for name, value in named.items() if value},
        timeout=_timeout(asked.get("connect_timeout")),
        settings=_settings(asked),
    )


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise Hindrance("The database's address is no URL.") from None
    if parts.scheme not in SCHEMES:
        raise Hindrance("The database's address must begin with postgresql://, as in postgresql://user@host/database.")
    return parts


def _place(hosts: str, database: str, asked: Mapping[str, str]) -> str:
    """Spell the address without whom we come as: a password may hold what the driver would take for a host."""
    query = f"?{urlencode(asked, quote_via=quote)}" if asked else ""
    return f"postgresql://{hosts}/{quote(database, safe='')}{query}"


def _joined(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Read several hosts also as SQLAlchemy spells them: `host=` more than once."""
    asked: dict[str, str] = {}
    for name, value in pairs:
        again = name in {"host", "port"} and name in asked
        asked[name] = f"{asked[name]},{value}" if again else value
    return asked


def _check(name: str, value: str) -> None:
    if name in _HARMLESS:
        if value.lower() not in _HARMLESS[name]:
            allowed = " or ".join(sorted(_HARMLESS[name]))
            raise Hindrance(f"The database's address asks for {name}; Dondoc can only do {allowed}: leave it out.")
    elif name not in _DRIVERS | _OURS:
        shown = f"for {name}" if re.fullmatch(r"[a-z_]{1,40}", name) else "for something"
        raise Hindrance(f"The database's address asks {shown}, which Dondoc does not know: leave it out.")
    if name in _FILES and value and not os.access(Path(value).expanduser(), os.R_OK):
        raise Hindrance(f"The database's address names a file by {name} that cannot be read.")


def _timeout(text: str | None) -> float | None:
    if text is None:
        return PATIENCE_SECONDS
    if not re.fullmatch(r"-?[0-9]{1,6}", text):
        raise Hindrance("The database's address says in connect_timeout no whole number of seconds.")
    # As libpq has it: nothing, or less, is for ever, and one second is two.
    return max(int(text), 2) if int(text) > 0 else None


def _settings(asked: Mapping[str, str]) -> dict[str, str]:
    """Read the settings that an address asks for."""
    text = asked.get("options", "").strip()
    found = list(_OPTION.finditer(text))
    if "".join(one[0] for one in found) != text:
        raise Hindrance("The database's address says in options something other than `-c name=value`.")
    settings = {one[1].replace("-", "_"): re.sub(r"\\(.)", r"\1", one[2]) for one in found}
    name = asked.get("application_name") or asked.get("fallback_application_name")
    return settings | ({"application_name": name} if name else {})
