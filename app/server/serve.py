"""Serving: on a server of the operator's, or on the embedded PostgreSQL once it is prepared."""

import asyncio
import gc
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from socket import AI_PASSIVE, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, getaddrinfo, socket
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.datastructures import State

from app import logs
from app.database.engine import connect, prove
from app.domain.errors import Hindrance
from app.jobs.imports import Importer
from app.jobs.mailing import Mailer
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
from app.web.middleware.wire import Wire

Say = Callable[[str], None]


def serve(settings: Settings, *, say: Say) -> None:
    """Serve until told to stop."""
    logs.configure(settings.log_level)
    with bound(settings.host, settings.port) as shared:
        if settings.database_url:
            asyncio.run(_proven(settings.database_url.get_secret_value(), *settings.replica_urls))
            started = f"Dondoc serves {settings.issuer} (documentation: {settings.issuer}/docs)"
            _listen(settings, shared, lambda: say(started))
            return
        # Whoever has a database needs no PostgreSQL, no migrations and no seeds of ours.
        from app.server.first_run import links, prepared  # noqa: PLC0415

        with prepared(settings, say) as url:
            mine = settings.model_copy(update={"database_url": url})
            invited = asyncio.run(links(mine))
            _listen(mine, shared, lambda: _welcome(settings, say, invited))


async def _proven(*urls: str) -> None:
    """Find out whether we can work with each of some databases; one that is away may come back."""
    for url in urls:
        await prove(url)


@contextmanager
def bound(host: str, port: int) -> Iterator[socket]:
    """Take the port before anything else is begun; nobody is let in until we listen.

    Raises:
        Hindrance: somebody else has it, or nobody may.
    """
    try:
        family, kind, number, _, place = getaddrinfo(host, port, type=SOCK_STREAM, flags=AI_PASSIVE)[0]
        taken = socket(family, kind, number)
    except OSError as error:
        raise Hindrance(f"HOST={host} is no address of this machine ({error.strerror}).") from None
    with taken:
        taken.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        try:
            taken.bind(place)
        except OSError as error:
            reason = f"Dondoc cannot listen on port {port} of {host} ({error.strerror}): choose another PORT or HOST."
            raise Hindrance(reason) from None
        taken.set_inheritable(True)
        yield taken


def work(settings: Settings) -> None:
    """Do the service's own duties, apart from any process that serves, until told to stop."""
    logs.configure(settings.log_level)
    asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    assert settings.database_url is not None, "the address of a database is needed"  # noqa: S101  The CLI does.
    await prove(settings.database_url.get_secret_value())
    database = connect(settings.database_url.get_secret_value(), pool_size=2)
    secret_box = SecretBox(token_keys.load(settings.keys_dir).subkey(SECRETS))
    deliverer = Deliverer(database, settings.targets, secret_box, system_clock)
    sign, files = checkpoint_keys.load(settings.keys_dir).sign, (open_store(settings), open_parts(settings))
    importer = Importer(database, secret_box.open, system_clock, files[1])
    mailer = Mailer.of(settings, database, system_clock)
    scheduler = Scheduler(database, sign, system_clock, deliverer, importer, *files, mailer)
    stopped = asyncio.Event()
    for told in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(told, stopped.set)
    async with working(*scheduler.jobs):
        await stopped.wait()
    await database.close()


def _welcome(settings: Settings, say: Say, invited: Mapping[str, str]) -> None:
    base = settings.issuer
    doors = "".join(f"\n    {name}: {base}/desk/sign-in/{secret}" for name, secret in invited.items())
    say(
        f"\nDondoc is ready.\n"
        f"  the desk        each link works once, within 15 minutes (later: dondoc person invite){doors}\n"
        f"  documentation   {base}/docs\n"
        f"  demo clients    {settings.data_dir / 'clients.json'} (ids and secrets: one a role, one a reporting body)\n"
        f"  a first call    curl {base}/readyz\n"
        f"  the guide       {base}/docs/guide\n"
    )


def _listen(settings: Settings, shared: socket, ready: Callable[[], None]) -> None:
    if settings.workers > 1:
        _listen_side_by_side(settings, shared, ready)
        return
    app = create_app(settings)
    Server(listening(app), app.state, ready).run(sockets=[shared])


def _listen_side_by_side(settings: Settings, shared: socket, ready: Callable[[], None]) -> None:
    """Listen once, and let several processes take what comes."""
    # What keeps every process from starting is said once, in words.
    token_keys.load(settings.keys_dir)
    checkpoint_keys.load(settings.keys_dir)
    open_store(settings)
    Supervisor(settings.workers, Worker(settings, shared), answer=counting(), ready=ready).run()


@dataclass(frozen=True)
class Worker:
    """One of several processes that serve; the first does the service's own duties, too, unless they are done apart."""

    settings: Settings
    shared: socket

    def __call__(self, supervised: Supervised, number: int) -> None:
        """Serve until told to stop, or until nobody looks after us any more."""
        logs.configure(self.settings.log_level)
        mine = self._of(number)
        app = create_app(mine)
        if mine.counts_in_memory:
            app.state.token_limits = TokenLimits(mine, CountedElsewhere(supervised.ask))
        server = Server(listening(app), app.state, lambda: supervised.begin(server.stop))
        server.run(sockets=[self.shared])

    def _of(self, number: int) -> Settings:
        """Return what one of the processes does otherwise than the others."""
        changes: dict[str, Any] = {} if number == 0 else {"jobs": "apart"}
        if self.settings.metrics_port:
            changes["metrics_port"] = self.settings.metrics_port + number
        return self.settings.model_copy(update=changes)


def listening(app: FastAPI) -> uvicorn.Config:
    """Say how an app is served: by the parser that bounds the size of a request's head, and with no WebSockets."""
    return uvicorn.Config(
        app,
        http=Wire,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=20,
    )


class Server(uvicorn.Server):
    """Says when it listens, and ends as it is told to: not ready at once, and gone when all is answered."""

    def __init__(self, config: uvicorn.Config, state: State, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._state, self._ready = state, ready

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            # What is loaded stays: looking for garbage among it would stop the loop for longer than most answers take.
            gc.collect()
            gc.freeze()
            self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002  As uvicorn calls it.
        """Do as told, and end as one that did: uvicorn would have itself killed by the signal afterwards."""
        if self._state.leaving and sig == signal.SIGINT:
            self.force_exit = True
        self.stop()

    def stop(self) -> None:
        """Say that we are not ready, give who sends us requests the time to notice, and then take nothing more."""
        self._state.leaving = True
        if seconds := self._state.settings.drain_seconds:
            asyncio.get_running_loop().call_later(seconds, self._leave)
        else:
            self._leave()

    def _leave(self) -> None:
        self.should_exit = True

    async def shutdown(self, sockets: Any = None) -> None:
        """Let those go who wait for news, or they would keep us for as long as they wait."""
        await self._state.feed.close()
        await super().shutdown(sockets)
