"""`dondoc doctor`: looks at everything that the service needs, one line a check."""

import asyncio
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Annotated

import typer
from aiosmtplib import SMTPException
from pydantic import ValidationError

import embedded_postgres
from app.cli import databases
from app.cli.databases import Unwell
from app.database.failures import Failure, cause_of, kind_of
from app.domain.errors import Hindrance
from app.inspection.clamav import Scanner
from app.jobs.postbox import Postbox
from app.security import checkpoint_keys, token_keys
from app.settings import Settings
from app.stores.opening import open_store

LEAST_FREE_GIB = 1
OF_DATABASE = {"database", "clock", "replicas", "cycles", "webhook targets"}


@dataclass(frozen=True)
class Finding:
    """What one check has found."""

    check: str
    ok: bool
    said: str


def doctor(as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False) -> None:
    """Look at all that the service needs, from its configuration to the cycles that should be open; 1 if one is bad."""
    found = list(_findings())
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False))
    else:
        typer.echo("\n".join(f"{'ok ' if one.ok else 'BAD'} {one.check}: {one.said}" for one in found))
    if not all(one.ok for one in found):
        raise typer.Exit(1)


def _findings() -> Iterator[Finding]:
    try:
        settings = Settings()
    except ValidationError as error:
        # What was set is not repeated: it may be a secret.
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))} {one['msg']}".strip() for one in error.errors())
        yield Finding("configuration", ok=False, said=wrong)
        return
    yield Finding("configuration", ok=True, said=f"serves {settings.issuer}")
    checks = {
        "database": databases.database,
        "clock": databases.clock,
        "replicas": databases.replicas,
        "cycles": databases.cycles,
        "webhook targets": databases.webhook_targets,
        "keys": _keys,
        "disk": _disk,
        "store": _store,
        "virus scanner": _scanner,
        "mail": _mail,
    }
    for name, check in checks.items():
        yield _looked_at(name, check, settings)


def _looked_at(name: str, check: Callable[[Settings], str], settings: Settings) -> Finding:
    try:
        return Finding(name, ok=True, said=check(settings))
    except (Unwell, Hindrance, embedded_postgres.Hindrance) as error:
        return Finding(name, ok=False, said=str(error))
    except Exception as error:  # noqa: BLE001  Whatever it is, the other checks are of use.
        away = kind_of(error) is Failure.UNAVAILABLE and name in OF_DATABASE
        return Finding(name, ok=False, said=cause_of(error) if away else f"failed ({type(error).__name__})")


def _keys(settings: Settings) -> str:
    if not settings.keys_dir.exists():
        return "none yet; the first start makes them"
    held = token_keys.load(settings.keys_dir)
    checkpoint_keys.load(settings.keys_dir)
    return f"{len(held.all)} to sign tokens, and those of checkpoints"


def _disk(settings: Settings) -> str:
    folder = settings.data_dir.absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free / 2**30
    if free < LEAST_FREE_GIB:
        raise Unwell(f"only {free:.1f} GiB are free where DONDOC_DATA_DIR is")
    return f"{free:.0f} GiB free"


def _store(settings: Settings) -> str:
    kept = sum(1 for _ in open_store(settings).names(older_than=datetime.now(UTC)))
    return f"{kept} files in {'the bucket' if settings.evidence_url else 'the data directory'}"


def _mail(settings: Settings) -> str:
    if settings.mail_server is None:
        return "none is sent"
    asyncio.run(_reached(Postbox(settings.mail_server)))
    return "the server answers"


async def _reached(postbox: Postbox) -> None:
    try:
        await postbox.open()
    except (SMTPException, OSError) as error:
        raise Unwell(f"the server of DONDOC_SMTP_URL does not take mail ({type(error).__name__})") from None
    finally:
        await postbox.close()


def _scanner(settings: Settings) -> str:
    if settings.clamav_address is None:
        return "none is configured"
    asyncio.run(Scanner(settings.clamav_address).ping())
    return "answers"
