"""How to reach the server, and as whom."""

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

from embedded_postgres.folder import Folder

DATABASE: Final = "dondoc"
OWNER: Final = "dondoc_owner"
APP: Final = "dondoc_app"
# Nobody else can open the folder of the socket, so the usual port is always free in it.
PORT: Final = 5432


@dataclass(frozen=True)
class Address:
    """Where the server listens; it stays the same while the process lives, however often the server is started."""

    socket_dir: Path
    port: int
    passfile: Path
    owner_password: str = field(repr=False)
    app_password: str = field(repr=False)
    database: str = DATABASE

    def url(self, role: str) -> str:
        """Spell the address for SQLAlchemy, with the role's password in it."""
        where = urlencode({"host": str(self.socket_dir), "port": self.port}, quote_via=quote)
        return f"postgresql+asyncpg://{role}:{quote(self.password(role), safe='')}@/{self.database}?{where}"

    def conninfo(self, role: str) -> str:
        """Spell the address for psql and other programs on libpq; the password stays in its file."""
        where = {"host": str(self.socket_dir), "port": self.port, "passfile": str(self.passfile)}
        return f"postgresql://{role}@/{self.database}?{urlencode(where, quote_via=quote)}"

    def password(self, role: str) -> str:
        """Give the password of one of our two roles."""
        return {OWNER: self.owner_password, APP: self.app_password}[role]


def random_passwords() -> dict[str, str]:
    """Make the two roles' passwords."""
    return {role: secrets.token_hex(32) for role in (OWNER, APP)}


def write_passwords(folder: Folder, passwords: dict[str, str]) -> None:
    """Keep the passwords where libpq can read them, too."""
    folder.write(folder.passfile, "".join(f"*:*:*:{role}:{secret}\n" for role, secret in passwords.items()))


def read_passwords(folder: Folder) -> dict[str, str] | None:
    """Read the passwords back; None if the file is gone or was cut short."""
    if not folder.passfile.exists():
        return None
    lines = (line.split(":") for line in folder.passfile.read_text(encoding="utf-8").splitlines())
    passwords = {line[3]: line[4] for line in lines if len(line) == 5}
    return passwords if passwords.keys() >= {OWNER, APP} else None


def save(folder: Folder, socket_dir: Path) -> None:
    """Note where the server listens."""
    folder.write(folder.address, json.dumps({"socket_dir": str(socket_dir), "port": PORT}) + "\n")


def saved(folder: Folder) -> Address | None:
    """Read where the server listens, or last listened."""
    passwords = read_passwords(folder)
    if passwords is None or not folder.address.exists():
        return None
    noted = json.loads(folder.address.read_text(encoding="utf-8"))
    where = Path(noted["socket_dir"]), noted["port"], folder.passfile
    return Address(*where, owner_password=passwords[OWNER], app_password=passwords[APP])
