"""Backups: the database as of one instant, every file that it promises, the keys, and a manifest of what is there.

The database comes first, then the files: one too many is nobody's, one too few would be a promise broken.  A backup is
written beside its name and gets it when it is whole; nothing is restored that differs from its manifest, and nothing
over anything that is there already.
"""

import asyncio
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from app import __version__
from app.database.revision import head
from app.domain.errors import Hindrance
from app.server import dumps
from app.stores import Store
from app.stores.base import ContentLost

DUMP, KEYS, FILES, MANIFEST = "database.dump", "keys", "files", "manifest.json"


class NotABackup(Hindrance):
    """The folder holds no whole backup, or one that was changed."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: the version that made it, when, how far the database and the feed were, and each digest."""

    version: str
    made_at: str
    revision: str
    position: int
    digests: Mapping[str, str]
    erased: Sequence[str] = ()
    """Files that were erased while the backup was made, after the instant of the database: they stay erased."""

    @property
    def names(self) -> list[str]:
        """The names under which a store keeps the files."""
        return [name.removeprefix(f"{FILES}/") for name in self.digests if name.startswith(f"{FILES}/")]


@dataclass(frozen=True)
class Place:
    """What is backed up, or restored to: a database, as its owner, a store with its folder of parts, and the keys."""

    url: str
    store: Store
    parts: Path
    keys: Path
    programs: Path | None = None
    """Where pg_dump and pg_restore are; by default those of the embedded server, or of the system."""


async def back_up(place: Place, folder: Path, *, now: datetime) -> Manifest:
    """Make a backup in a folder that is not there yet.

    Raises:
        Hindrance: it is there, or something that belongs into the backup is not.
    """
    if await asyncio.to_thread(folder.exists):
        raise Hindrance(f"{folder.name} is there already: name a folder that is not.")
    draft = folder.with_name(f".{folder.name}.{token_hex(4)}")
    draft.mkdir(mode=0o700)
    try:
        manifest = await _write(place, draft, now)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return manifest


async def _write(place: Place, folder: Path, now: datetime) -> Manifest:
    seen = await dumps.dump(place.url, folder / DUMP, place.programs)
    await asyncio.to_thread(_copy, place, folder, seen.promised)
    digests = await asyncio.to_thread(_digests, folder)
    erased = [name for name in seen.promised if f"{FILES}/{name}" not in digests]
    lost = await dumps.promised_by(place.url) if erased else {}
    if missing := lost.keys() & erased:
        raise Hindrance(f"The database promises {len(missing)} files that are not in the store: no backup was made.")
    made = Manifest(__version__, now.isoformat(), seen.revision, seen.position, digests, erased)
    (folder / MANIFEST).write_text(json.dumps(asdict(made), indent=1) + "\n", "utf-8")
    return made


def _copy(place: Place, folder: Path, promised: Mapping[str, int]) -> None:
    (folder / KEYS).mkdir(mode=0o700)
    for key in filter(Path.is_file, place.keys.iterdir()):
        shutil.copy2(key, folder / KEYS)
    for name, size in promised.items():
        path = folder / FILES / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with path.open("wb") as file:
                file.writelines(place.store.open(name, 0, size))
        except ContentLost:
            path.unlink()


def check(folder: Path) -> Manifest:
    """Read a backup's manifest and hold everything beside it.

    Raises:
        NotABackup: something is missing, too much, or not what it was.
    """
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        raise NotABackup(f"{folder.name} holds no whole backup: its manifest cannot be read.") from None
    found = _digests(folder)
    wrong = sorted(name for name in found.keys() | manifest.digests if found.get(name) != manifest.digests.get(name))
    if wrong:
        raise NotABackup("\n".join(["The backup is not what it was:", *(f"  {name}" for name in wrong[:20])]))
    return manifest


async def restore(place: Place, folder: Path) -> Manifest:
    """Restore a backup to where nothing is yet, and verify what came of it.

    Raises:
        NotABackup: it is not whole.
        Hindrance: something is there already, or the backup is of a later version.
    """
    manifest = await asyncio.to_thread(check, folder)
    if manifest.revision > head():
        raise Hindrance(f"The backup is of version {manifest.version}, which is later than this one.")
    if place.keys.exists() and any(place.keys.iterdir()):
        raise Hindrance("There are keys already; name a folder for them that is empty, by DONDOC_KEYS_DIR.")
    await _restore_database(place, folder, manifest)
    await asyncio.to_thread(_put_back, place, folder, manifest)
    return manifest


async def _restore_database(place: Place, folder: Path, manifest: Manifest) -> None:
    seen = await dumps.load(place.url, folder / DUMP, place.programs)
    if (seen.revision, seen.position) != (manifest.revision, manifest.position):
        raise NotABackup("What was restored is not what the manifest says.")
    if missing := seen.promised.keys() - {*manifest.names, *manifest.erased}:
        raise NotABackup(f"The database was restored, and promises {len(missing)} files that the backup does not hold.")


def _put_back(place: Place, folder: Path, manifest: Manifest) -> None:
    place.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = place.keys.stat()
    for path in sorted((folder / KEYS).iterdir()):
        copied = Path(shutil.copy2(path, place.keys))
        if os.geteuid() == 0:
            # Whoever runs the service reads them, also when root restores.
            os.chown(copied, owner.st_uid, owner.st_gid)
    place.parts.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in manifest.names:
        place.store.keep(Path(shutil.copyfile(folder / FILES / name, place.parts / "restored.part")), name)
    lost = [name for name in manifest.names if _kept(place.store, name, folder) != manifest.digests[f"{FILES}/{name}"]]
    if lost:
        raise NotABackup(f"All is restored, and {len(lost)} files are not in the store as they are in the backup.")


def _kept(store: Store, name: str, folder: Path) -> str | None:
    """Return the digest of what a store gives back."""
    digest = hashlib.sha256()
    try:
        for chunk in store.open(name, 0, (folder / FILES / name).stat().st_size):
            digest.update(chunk)
    except ContentLost:
        return None
    return digest.hexdigest()


def _digests(folder: Path) -> dict[str, str]:
    return dict(sorted(_every_digest(folder)))


def _every_digest(folder: Path) -> Iterator[tuple[str, str]]:
    for path in folder.rglob("*"):
        if path.is_file() and path != folder / MANIFEST:
            with path.open("rb") as file:
                yield path.relative_to(folder).as_posix(), hashlib.file_digest(file, "sha256").hexdigest()
