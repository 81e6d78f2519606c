"""A process that numbers events until it is killed: `python -m tests.database.numbering FOLDER < address`."""

import asyncio
import sys
from pathlib import Path

from app.database.engine import connect
from app.domain.mail import Hours
from app.domain.webhooks import Targets
from app.jobs.imports import Importer
from app.jobs.mailing import Mailer
from app.jobs.scheduler import Scheduler, again_and_again
from app.jobs.webhooks import Deliverer
from app.security import checkpoint_keys
from app.security.secret_box import SecretBox
from app.stores.local import LocalStore
from app.stores.parts import Parts
from app.web.clock import system_clock


async def number(url: str, folder: Path) -> None:
    """Number events as the service does, only with less rest."""
    database = connect(url, pool_size=1)
    deliverer = Deliverer(database, Targets(), SecretBox(bytes(32)), system_clock)
    files = LocalStore(folder / "files"), Parts(folder / "parts")
    importer = Importer(database, SecretBox(bytes(32)).open, system_clock, files[1])
    mailer = Mailer(database, None, system_clock, hours=Hours(8, 17), issuer="")
    jobs = Scheduler(database, checkpoint_keys.load(folder).sign, system_clock, deliverer, importer, *files, mailer)
    await again_and_again(jobs.number, 0.02)


if __name__ == "__main__":
    # The address holds a password, and arguments can be seen by everybody on the machine.
    asyncio.run(number(sys.stdin.readline().strip(), Path(sys.argv[1])))
