"""Serving: on a server of the operator's, or on the embedded PostgreSQL once it is prepared."""

import asyncio
import gc
import signal
from collections.abc import Callable
from dataclasses import dataclass
from socket import socket
from typing import Any

import uvicorn
from fastapi import FastAPI

from app import logs
from app.database.engine import connect
from app.jobs.scheduler import Scheduler, working
from app.jobs.webhooks import Deliverer
from app.main import create_app
from app.security import checkpoint_keys, token_keys
from app.security.secret_box import SECRETS, SecretBox
from app.server.workers import Supervised, Supervisor
from app.settings import Settings
from app.stores.opening import open_parts, open_store
from app.web.auth.rate_limit import CountedElsewhere, TokenLimits, counting
from app.web.clock import system_clock
from app.web.feed.position import Feed
from app.web.middleware.headers import MAX_HEAD_BYTES
from app.web.middleware.wire import Wire

Say = Callable[[str], None]


def serve(settings: Settings, *, say: Say) -> None:
    """Serve until told to stop."""
    logs.configure(settings.log_level)
    if settings.database_url:
        _listen(settings, lambda: say(f"Dondoc serves {settings.issuer} (documentation: {settings.issuer}/docs)"))
        return
    # Whoever has a database needs no PostgreSQL, no migrations and no seeds of ours.
    from app.server.first_run import prepared  # noqa: PLC0415

    with prepared(settings, say) as url:
        _listen(settings.model_copy(update={"database_url": url}), lambda: _welcome(settings, say))


def work(settings: Settings) -> None:
    """Do the service's own duties, apart from any process that serves, until told to stop."""
    logs.configure(settings.log_level)
    asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    assert settings.database_url is not None, "the address of a database is needed"  # noqa: S101  The CLI does.
    database = connect(settings.database_url.get_secret_value(), pool_size=2)
    secret_box = SecretBox(token_keys.load(settings.keys_dir).subkey(SECRETS))
    deliverer = Deliverer(database, settings.targets, secret_box, system_clock)
    sign, files = checkpoint_keys.load(settings.keys_dir).sign, (open_store(settings), open_parts(settings))
    scheduler = Scheduler(database, sign, system_clock, deliverer, *files)
    stopped = asyncio.Event()
    for told in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(told, stopped.set)
    async with working(*scheduler.jobs):
        await stopped.wait()
    await database.close()


def _welcome(settings: Settings, say: Say) -> None:
    base = settings.issuer
    say(
        f"\nDondoc is ready.\n"
        f"  documentation   {base}/docs\n"
        f"  demo clients    {settings.data_dir / 'clients.json'} (ids and secrets: one a role, one a reporting body)\n"
        f"  a first call    curl {base}/readyz\n"
        f"  the guide       {base}/docs/guide\n"
    )


def _listen(settings: Settings, ready: Callable[[], None]) -> None:
    if settings.workers > 1:
        _listen_side_by_side(settings, ready)
        return
    app = create_app(settings)
    Server(listening(app, settings), app.state.feed, ready).run()


def _listen_side_by_side(settings: Settings, ready: Callable[[], None]) -> None:
    """Listen once, and let several processes take what comes."""
    # What keeps every process from starting is said once, in words.
    token_keys.load(settings.keys_dir)
    checkpoint_keys.load(settings.keys_dir)
    open_store(settings)
    with listening("", settings).bind_socket() as shared:
        worker = Worker(settings, shared)
        Supervisor(settings.workers, worker, answer=counting(), ready=ready).run()


@dataclass(frozen=True)
class Worker:
    """One of several processes that serve; the first does the service's own duties, too, unless they are done apart."""

    settings: Settings
    shared: socket

    def __call__(self, supervised: Supervised, number: int) -> None:
        """Serve until told to stop, or until nobody looks after us any more."""
        logs.configure(self.settings.log_level)
        mine = self.settings if number == 0 else self.settings.model_copy(update={"jobs": "apart"})
        app = create_app(mine)
        if mine.counts_in_memory:
            app.state.token_limits = TokenLimits(mine, CountedElsewhere(supervised.ask))
        server = Server(listening(app, mine), app.state.feed, lambda: supervised.begin(server.stop))
        server.run(sockets=[self.shared])


def listening(app: FastAPI | str, settings: Settings) -> uvicorn.Config:
    """Say how an app is served: by the parser that bounds the size of a request's head, and with no WebSockets."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=Wire,
        ws="none",
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=20,
    )


class Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config, feed: Feed, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._feed, self._ready = feed, ready

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            # What is loaded stays: looking for garbage among it would stop the loop for longer than most answers take.
            gc.collect()
            gc.freeze()
            self._ready()

    def stop(self) -> None:
        """Take nothing more, and end when what is under way has been answered."""
        self.should_exit = True

    async def shutdown(self, sockets: Any = None) -> None:
        """Let those go who wait for news, or they would keep us for as long as they wait."""
        await self._feed.close()
        await super().shutdown(sockets)
