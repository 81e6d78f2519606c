"""create_app(): wiring, nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

import structlog
from fastapi import Depends, FastAPI
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from app import __version__
from app.commands import idempotency, tokens
from app.commands.tidying import GRACE, tidy
from app.database.engine import SYSTEM, Database, connect
from app.inspection.clamav import Scanner
from app.routers import (
    calendars,
    changes,
    clients,
    conditions,
    contributions,
    cycles,
    evidence,
    explanations,
    exports,
    extensions,
    forms,
    health,
    holidays,
    oauth,
    obligations,
    plans,
    reminders,
    reviews,
    status,
    successions,
    updates,
    withdrawals,
)
from app.settings import Settings
from app.stores.opening import open_parts, open_store
from app.web import headers, keys, logs, openapi, pages, problems
from app.web.callers import Callers
from app.web.clock import Clock, system_clock
from app.web.gate import Gate
from app.web.limits import TokenLimits
from app.web.parameters import refuse_unknown

log = structlog.get_logger()
MAX_BODY_BYTES = 1024 * 1024
ROUTERS = (
    plans,
    status,
    calendars,
    updates,
    forms,
    exports,
    obligations,
    contributions,
    reviews,
    extensions,
    conditions,
    evidence,
    withdrawals,
    cycles,
    holidays,
    clients,
    successions,
    changes,
    explanations,
    reminders,
    oauth,
    health,
)


def create_app(settings: Settings, database: Database | None = None, clock: Clock = system_clock) -> FastAPI:
    """Make the service; `database` and `clock` are given by tests."""
    app = FastAPI(
        title="Dondoc",
        version=__version__,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        # A redirect would repeat the caller's Host header.
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    furnish(app, settings, database, clock)
    for module in ROUTERS:
        app.include_router(module.router, dependencies=[Depends(refuse_unknown)])
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=MAX_BODY_BYTES)
    app.add_middleware(headers.HeadGuard)
    for part in (problems, pages, openapi):
        part.install(app)
    app.add_middleware(Gate, working=settings.max_working, waiting=settings.max_waiting, largest_body=MAX_BODY_BYTES)
    app.add_middleware(logs.RequestLog)
    return app


def furnish(app: FastAPI, settings: Settings, database: Database | None, clock: Clock) -> None:
    """Give the service what it works with."""
    state = app.state
    state.settings, state.clock = settings, clock
    state.parts, state.store = open_parts(settings), open_store(settings)
    state.scanner = Scanner(settings.clamav_address) if settings.clamav_address else None
    state.keys = keys.load(settings.keys_dir)
    state.callers = Callers(state.keys, settings)
    state.token_limits = TokenLimits(settings)
    state.database = database or connect(_address(settings), pool_size=settings.pool_size)


def _address(settings: Settings) -> str:
    assert settings.database_url is not None, "the address of a database is needed"  # noqa: S101
    return settings.database_url.get_secret_value()


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Tidy up while the service runs, and give every connection back when it ends."""
    tidying = asyncio.create_task(_tidy(app))
    yield
    tidying.cancel()
    with suppress(asyncio.CancelledError):
        await tidying
    await app.state.database.close()


async def _tidy(app: FastAPI) -> None:
    while True:
        for chore in (_forget_answers, _remove_orphans):
            try:
                await chore(app, app.state.clock())
            except Exception as error:  # noqa: BLE001  The next hour is another try.
                log.warning("tidying failed", chore=chore.__name__, kind=type(error).__name__)
        await asyncio.sleep(timedelta(hours=1).total_seconds())


async def _forget_answers(app: FastAPI, now: datetime) -> None:
    async with app.state.database.writing(SYSTEM) as connection:
        await idempotency.forget_expired(connection, now=now)
        await tokens.forget_expired(connection, now=now)


async def _remove_orphans(app: FastAPI, now: datetime) -> None:
    async with app.state.database.reading(SYSTEM) as connection:
        await tidy(connection, app.state.store, app.state.parts, before=now - GRACE)
