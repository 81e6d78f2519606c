"""create_app(): wiring, nothing else."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from functools import partial

from fastapi import FastAPI
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from app import __version__
from app.database.engine import Database, connect
from app.database.replicas import LOOK_SECONDS, Reads
from app.inspection.clamav import Scanner
from app.jobs import metrics
from app.jobs.imports import Importer
from app.jobs.mailing import Mailer
from app.jobs.scheduler import Scheduler, again_and_again, working
from app.jobs.webhooks import Deliverer
from app.pages import account, acts, bodies, door, further, obligation, overview, papers, proofs, reporting, ways_in
from app.pages import changes as page_changes
from app.pages import obligations as obligation_list
from app.pages import reviews as review_queue
from app.routers import (
    annulments,
    calendars,
    changes,
    clients,
    conditions,
    contributions,
    cycles,
    events,
    evidence,
    explanations,
    exports,
    extensions,
    forms,
    health,
    holidays,
    imports,
    inbox,
    instructions,
    letterheads,
    members,
    oauth,
    obligations,
    paper_reports,
    people,
    plans,
    receipts,
    reminder_letters,
    reminders,
    reports,
    reviews,
    status,
    successions,
    updates,
    webhooks,
    well_known,
    withdrawals,
)
from app.security import checkpoint_keys, token_keys
from app.security.provider import Provider
from app.security.secret_box import SECRETS, SecretBox
from app.settings import Settings
from app.stores.opening import open_parts, open_store
from app.web import documentation
from app.web import metrics as numbers
from app.web.auth.callers import Callers
from app.web.auth.rate_limit import TokenLimits
from app.web.clock import Clock, system_clock
from app.web.feed.position import Feed
from app.web.middleware import headers, place, request_log, retiring
from app.web.middleware.admission import AdmissionControl
from app.web.openapi import document
from app.web.problems import handlers
from app.web.response_cache import ResponseCache

MAX_BODY_BYTES = 1024 * 1024
ROUTERS = (
    plans,
    status,
    calendars,
    events,
    webhooks,
    updates,
    forms,
    imports,
    exports,
    obligations,
    contributions,
    reviews,
    extensions,
    conditions,
    instructions,
    evidence,
    withdrawals,
    annulments,
    paper_reports,
    cycles,
    holidays,
    clients,
    people,
    members,
    successions,
    changes,
    explanations,
    inbox,
    reminders,
    reports,
    receipts,
    letterheads,
    reminder_letters,
    oauth,
    health,
    well_known,
)


PAGES = (
    door.router,
    ways_in.router,
    account.router,
    page_changes.router,
    overview.router,
    bodies.router,
    obligation_list.router,
    obligation.router,
    acts.router,
    review_queue.router,
    papers.router,
    proofs.router,
    reporting.router,
    *further.ROUTERS,
    door.nowhere,
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
        app.router.routes.extend(module.router.routes)
    for pages in PAGES:
        app.router.routes.extend(pages.routes)
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=MAX_BODY_BYTES)
    app.add_middleware(headers.HeadGuard)
    for part in (handlers, documentation, document):
        part.install(app)
    app.add_middleware(
        AdmissionControl,
        working=settings.max_working,
        waiting=settings.max_waiting,
        largest_body=MAX_BODY_BYTES,
        transfers=settings.max_transfers,
    )
    app.add_middleware(retiring.Retiring, prefix=settings.prefix)
    app.add_middleware(place.Heads)
    app.add_middleware(request_log.RequestLog)
    app.add_middleware(place.Place, state=app.state)
    return app


def furnish(app: FastAPI, settings: Settings, database: Database | None, clock: Clock) -> None:
    """Give the service what it works with."""
    state = app.state
    state.settings, state.clock, state.leaving = settings, clock, False
    state.parts, state.store = open_parts(settings), open_store(settings)
    state.scanner = Scanner(settings.clamav_address) if settings.clamav_address else None
    state.keys = token_keys.load(settings.keys_dir)
    state.checkpoint_keys = checkpoint_keys.load(settings.keys_dir)
    state.secret_box = SecretBox(state.keys.subkey(SECRETS))
    state.callers = Callers(state.keys, settings)
    state.token_limits = TokenLimits(settings)
    state.provider = Provider(settings.login_provider) if settings.login_provider else None
    state.database = database or connect(_address(settings), pool_size=settings.pool_size)
    replicas = [connect(url, pool_size=settings.pool_size) for url in settings.replica_urls]
    state.reads = Reads(state.database, replicas, numbers.count_read)
    numbers.REPLICAS.set_function(lambda: sum(not one.near for one in state.reads.replicas))
    state.feed, state.response_cache = Feed(state.database), ResponseCache(state.database)


def _address(settings: Settings) -> str:
    assert settings.database_url is not None, "the address of a database is needed"  # noqa: S101  `serve` sees to it.
    return settings.database_url.get_secret_value()


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Do the service's own duties while it runs, and give every connection back when it ends."""
    state = app.state
    deliverer = Deliverer(state.database, state.settings.targets, state.secret_box, state.clock)
    importer = Importer(state.database, state.secret_box.open, state.clock, state.parts)
    mailer = Mailer.of(state.settings, state.database, state.clock)
    sign, files = state.checkpoint_keys.sign, (state.store, state.parts)
    scheduler = Scheduler(state.database, sign, state.clock, deliverer, importer, *files, mailer)
    jobs = scheduler.jobs if state.settings.jobs_here else ()
    if state.reads.replicas:
        jobs = (*jobs, partial(again_and_again, state.reads.look_at_replicas, LOOK_SECONDS))
    with ExitStack() as stack:
        if port := state.settings.metrics_port:
            stack.enter_context(metrics.shown(state.settings.host, port))
            jobs = (*jobs, partial(again_and_again, scheduler.measure, metrics.MEASURED_EVERY_SECONDS))
        async with working(*jobs, state.feed.run):
            yield
    await state.feed.close()
    await state.reads.close()
    await state.database.close()
