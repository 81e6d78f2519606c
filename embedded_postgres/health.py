"""Whether the server is alive: it is when it answers a real SELECT 1, as the role that the service uses."""

import asyncio
import errno
from enum import Enum, auto

import asyncpg

from embedded_postgres.address import APP, Address

_PATIENCE_SECONDS = 5.0
# The driver's last one is neither of the others: a server that dies in the middle of an answer confuses it.
_TROUBLES = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
# We could not even ask, and a restart of the server would not help.
_OUR_OWN_WANT = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)


class Health(Enum):
    """What the server said to SELECT 1; undecided while it starts, or when we could not ask."""

    ANSWERS = auto()
    UNDECIDED = auto()
    REFUSES = auto()
    SILENT = auto()


def ask(address: Address) -> tuple[Health, str]:
    """Ask once, on a new connection; give its words of refusal, too.  It needs a thread without an event loop."""
    try:
        asyncio.run(_select_one(address))
    except asyncpg.TooManyConnectionsError:
        # A full server is alive, and a restart would end everybody's work.
        return Health.ANSWERS, ""
    except (OSError, *_TROUBLES) as error:
        return _judge(error), str(error)
    return Health.ANSWERS, ""


def _judge(error: Exception) -> Health:
    if isinstance(error, asyncpg.CannotConnectNowError):
        # A shutdown that we did not ask for waits for every client to leave, so it counts as silence.
        return Health.SILENT if "shutting down" in str(error) else Health.UNDECIDED
    if isinstance(error, OSError) and error.errno in _OUR_OWN_WANT:
        return Health.UNDECIDED
    if isinstance(error, asyncpg.OperatorInterventionError | asyncpg.PostgresConnectionError):
        return Health.SILENT
    return Health.REFUSES if isinstance(error, asyncpg.PostgresError) else Health.SILENT


async def _select_one(address: Address) -> None:
    """Connect with every parameter given, so that no PG* variable of the caller's decides anything."""
    connection = await asyncpg.connect(
        host=str(address.socket_dir),
        port=address.port,
        user=APP,
        password=address.password(APP),
        database=address.database,
        ssl=False,
        target_session_attrs="any",
        timeout=_PATIENCE_SECONDS,
        command_timeout=_PATIENCE_SECONDS,
    )
    try:
        await connection.fetchval("SELECT 1")
    finally:
        await connection.close(timeout=_PATIENCE_SECONDS)
