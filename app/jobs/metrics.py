"""Measuring: looks up what the database knows of how things go, and gives it beside the numbers of this process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Thread
from wsgiref.simple_server import WSGIServer

from prometheus_client import start_http_server
from sqlalchemy import QueuePool

from app.database.engine import SYSTEM, Database
from app.database.statements import fetch_only
from app.domain.errors import Hindrance
from app.queries.measures import measured
from app.web import metrics

MEASURED_EVERY_SECONDS = 10


async def measure(database: Database, clock: Callable[[], datetime]) -> None:
    """Look everything up that only the database knows."""
    async with database.reading(SYSTEM) as connection:
        row = await fetch_only(connection, measured)
    now = clock()
    metrics.FEED.set(row["feed"])
    metrics.SIGNED.set(row["signed"] or 0)
    metrics.UNNUMBERED.set(_age(row["unnumbered"], now))
    metrics.UNDELIVERED.set(_age(row["undelivered"], now))
    metrics.MAILS.set(row["mails"])
    metrics.WATCHED.set(row["watched"].timestamp() if row["watched"] else 0)
    if isinstance(pool := database.engine.pool, QueuePool):
        metrics.CONNECTIONS.set(pool.checkedout())


def _age(since: datetime | None, now: datetime) -> float:
    return max((now - since).total_seconds(), 0) if since else 0


@contextmanager
def shown(host: str, port: int) -> Iterator[None]:
    """Give the numbers to whoever asks, on a port of their own.

    Raises:
        Hindrance: somebody else has the port.
    """
    try:
        server, thread = start_http_server(port, host)
    except OSError as error:
        reason = f"Dondoc cannot show its metrics on port {port} of {host} ({error.strerror}): choose another one."
        raise Hindrance(reason) from None
    try:
        yield
    finally:
        _end(server, thread)


def _end(server: WSGIServer, thread: Thread) -> None:
    server.shutdown()
    server.server_close()
    thread.join()
