"""Tamperings: what whoever owns the database can do to it, each kind with what must be named when it is found."""

# ruff: noqa: S608  What the statements are made of stands in this file.

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.events import tell_of_no_plan
from app.database.statements import fetch_all
from app.domain.events import EventType
from app.jobs.sequencer import FIRST_TRANSACTION, sequence
from app.models.base import new_id
from app.queries import record as queries
from app.queries.evidence import every_promised
from app.stores.base import name_of
from tests.given import TODAY, Service

DISARM = """
    DO $$ DECLARE one record; BEGIN
        FOR one IN SELECT conrelid::regclass AS of, conname FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace AND contype IN ('f', 'c', 'u')
            ORDER BY contype <> 'f'
        LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.of, one.conname); END LOOP;
        FOR one IN SELECT DISTINCT tgrelid::regclass AS of FROM pg_trigger WHERE NOT tgisinternal
        LOOP EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', one.of); END LOOP;
    END $$
"""
"""Takes away whatever keeps the owner from writing anything anywhere unseen."""
BESIDE = {"version", "updated_at"}
"""What counts acts, and is no part of the record."""
CHANGED = {
    "uuid": "gen_random_uuid()",
    "bool": "NOT coalesce({0}, false)",
    "varchar": "CASE WHEN coalesce({0}, '') = '' THEN 'x' ELSE overlay({0} placing '~' from 1 for 1) END",
    "int4": "coalesce({0}, 0) + 1",
    "int8": "coalesce({0}, 0) + 100",
    "numeric": "coalesce({0}, 0) + 0.5",
    "date": "coalesce({0}, current_date) + 1",
    "timestamptz": "coalesce({0}, now()) + interval '1 microsecond'",
    "bytea": "CASE WHEN length({0}) > 0 THEN set_byte({0}, 0, get_byte({0}, 0) # 1) ELSE 'x' END",
    "jsonb": "jsonb_build_object('x', {0})",
    "xid8": "({0}::text::bigint + 1)::text::xid8",
    "_varchar": "array_append({0}, 'x')",
    "_uuid": "array_append({0}, gen_random_uuid())",
    "_timestamptz": "array_append({0}, now())",
    "_numeric": "array_append({0}, 1)",
}
"""How a value of each type is made another one."""


@dataclass
class World:
    """Where something is tampered with, by what chance, and how to undo what no database undoes."""

    owner: AsyncConnection
    service: Service
    chance: Random
    undo: list[Callable[[], Any]] = field(default_factory=list)

    async def run(self, statement: str) -> None:
        """Do something."""
        await self.owner.execute(text(statement))

    async def pick(self, table: str, where: str = "true") -> tuple[str, str]:
        """Pick a row by chance: return how to find it, and what names it."""
        these = f"SELECT t.ctid::text, dondoc_row_id(to_jsonb(t))::text FROM {table} t WHERE {where} ORDER BY 1"
        place, row_id = self.chance.choice((await self.owner.execute(text(these))).all())
        return f"ctid = '{place}'::tid", f"{table} {row_id}"

    async def change(self, table: str, column: str, where: str = "true", to: str | None = None) -> str:
        """Change a column of a row, and return what names the row."""
        row, name = await self.pick(table, where)
        await self.run(f"UPDATE {table} SET {column} = {to or await self.another(table, column)} WHERE {row}")
        return name

    async def another(self, table: str, column: str) -> str:
        """Spell another value for a column."""
        kind = "SELECT udt_name FROM information_schema.columns WHERE table_name = :table AND column_name = :column"
        found = await self.owner.scalar(text(kind), {"table": table, "column": column})
        return CHANGED[str(found)].format(column)

    async def remove(self, table: str, where: str = "true") -> str:
        """Take a row away, and return what names it."""
        row, name = await self.pick(table, where)
        await self.run(f"DELETE FROM {table} WHERE {row}")
        return name

    async def copy(self, table: str, row_id: str, **also: str) -> str:
        """Put in a row like one that is there, with another id; return what names it."""
        row, _ = await self.pick(table)
        columns = await self.columns(table)
        anew = {"id": f"'{row_id}'::uuid", **also}
        told = ", ".join(anew.get(name, name) for name in columns)
        await self.run(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {told} FROM {table} WHERE {row}")
        return f"{table} {row_id}"

    async def columns(self, table: str) -> list[str]:
        """Name the columns of a table that are of the record."""
        named = "SELECT column_name::text FROM information_schema.columns WHERE table_name = :table ORDER BY 1"
        found = (await self.owner.execute(text(named), {"table": table})).scalars()
        return [name for name in found if table in queries.NOT_KEPT or name not in BESIDE]


Tamper = Callable[[World], Awaitable[str]]


def changed(table: str, *columns: str, where: str = "true", to: str | None = None) -> Tamper:
    """Change one of some columns of a row."""
    return lambda world: world.change(table, world.chance.choice(columns), where, to)


def removed(*tables: str) -> Tamper:
    """Take a row of one of some tables away."""
    return lambda world: world.remove(world.chance.choice(tables))


def put_in(*tables: str) -> Tamper:
    """Put a row into one of some tables."""
    return lambda world: world.copy(world.chance.choice(tables), str(new_id()))


def whole(name: str, *statements: str) -> Tamper:
    """Do some things, after which something must be named."""

    async def tamper(world: World) -> str:
        for statement in statements:
            await world.run(statement)
        return name

    return tamper


async def any_column(world: World) -> str:
    """Change any column of any table that is kept."""
    table = world.chance.choice(sorted(queries.kept()))
    return await world.change(table, world.chance.choice(await world.columns(table)))


async def openly(world: World) -> str:
    """Change what has no history while the triggers stand, as with psql: they say so, and no event tells of it."""
    table, column = world.chance.choice([("duty", "text"), ("client", "name"), ("target", "value"), ("body", "name")])
    await world.run(f"ALTER TABLE {table} ENABLE TRIGGER kept")
    return await world.change(table, column)


async def laundered(world: World) -> str:
    """Change something behind the back, and then something else of the same row openly and told of."""
    name = await world.change("client", "scopes")
    of_client = f"client SET name = name || '.' WHERE id = '{name.removeprefix('client ')}'"
    for statement in ("ALTER TABLE client ENABLE TRIGGER kept", f"UPDATE {of_client}"):
        await world.run(statement)
    await tell_of_no_plan(world.owner, EventType.CLIENT_CHANGED, UUID(name.removeprefix("client ")))
    return name


async def said_of_a_row(world: World) -> str:
    """Change what was said of a row, or take that away."""
    row = f"id = {await world.owner.scalar(text('SELECT id FROM row_digest ORDER BY random() LIMIT 1'))}"
    column = world.chance.choice(["before", "after", "table_name", "row_id", "xid", "began_at"])
    changing = f"UPDATE row_digest SET {column} = {await world.another('row_digest', column)}"
    await world.run(f"{world.chance.choice([changing, 'DELETE FROM row_digest'])} WHERE {row}")
    return "its transaction wrote something else"


async def with_its_digest(world: World) -> str:
    """Change a row, and what was said of it."""
    name = await world.change("review", "reason")
    row_id = name.removeprefix("review ")
    await world.run(
        "UPDATE row_digest SET after = (SELECT dondoc_digest('review', to_jsonb(t)) FROM review t"
        f" WHERE t.id = '{row_id}') WHERE row_id = '{row_id}'"
    )
    return "its transaction wrote something else"


async def back_then(world: World) -> str:
    """Put a report in as of last year, with all its traces, and have it numbered: all or only the report say so.

    What tells of it may also be something that tells of much.
    """
    row_id, last_year = str(new_id()), "now() - interval '1 year'"
    name = await world.copy("progress_update", row_id, recorded_at=last_year, received_at=last_year)
    then, named = world.chance.choice([(last_year, "recorded long before"), ("now()", name)])
    await world.run(
        "INSERT INTO row_digest (table_name, row_id, after, began_at) SELECT 'progress_update', id,"
        f" dondoc_digest('progress_update', to_jsonb(t)), {then} FROM progress_update t WHERE id = '{row_id}'"
    )
    told_as = world.chance.choice(["update.reported", "plan.amended"])
    await world.run(
        "INSERT INTO event (id, plan_id, type, act_id, obligation_id, occurred_at, recorded_at, began_at)"
        f" SELECT gen_random_uuid(), plan_id, '{told_as}', id, obligation_id, received_at, {then}, {then}"
        f" FROM progress_update WHERE id = '{row_id}'"
    )
    await sequence(world.owner, world.service.app.state.checkpoint_keys.sign, FIRST_TRANSACTION, now=TODAY)
    return named


async def on_the_disk(world: World) -> str:
    """Change, lengthen, shorten or remove the bytes of a file."""
    content = world.chance.choice(await fetch_all(world.owner, every_promised))
    path = world.service.app.state.settings.evidence_dir / "files" / name_of(content["id"], content["sha256"])
    kept: bytes = path.read_bytes()
    world.undo.append(lambda: path.write_bytes(kept))
    place = world.chance.randrange(len(kept))
    other = kept[:place] + bytes([kept[place] ^ 1]) + kept[place + 1 :]
    path.write_bytes(world.chance.choice([other, kept + b"\n", kept[:place]]))
    if world.chance.random() < 0.25:
        path.unlink()
    return f"evidence_content {content['content_id']}: the bytes of evidence {content['evidence_id']}"


FACTS = ("owner_id", "due_before", "claim_state", "completed_at", "proven_since", "evidence_count", "silent", "owed")
KINDS: dict[str, Tamper] = {
    "the words of a report": changed("progress_update", "summary", "late_reason"),
    "what a report says": changed("progress_update", "percent", "state", "document_number"),
    "when an act was received": changed("progress_update", "received_at"),
    "when an act was recorded": changed("evidence", "recorded_at"),
    "who acted": changed("review", "client_id"),
    "a figure": changed("measurement", "value", "cases", "target_id"),
    "the words of evidence": changed("evidence_text", "title", "url", "issuer", "file_name", "salt"),
    "restricted made public": changed("evidence", "classification", to="'public'", where="classification <> 'public'"),
    "whose evidence it is": changed("evidence", "of_owner", "body_id"),
    "what is promised of a file": changed("evidence_content", "sha256", "size"),
    "a review": changed("review", "outcome", "waives", "update_id"),
    "a letter that moves a deadline": changed("cycle_deadline", "due_before", "decided_on"),
    "an extension": changed("extension", "due_before", "document_number"),
    "the deadline of a cycle": changed("cycle", "due_before", "ends_on"),
    "an obligation": changed("obligation", "due_before", "owner_id", "force"),
    "what was annulled": changed("annulled_act", "counts", "act_id"),
    "an annulment taken away": removed("annulment", "annulled_act"),
    "to whom something passed": changed("transfer", "owner_id", "received_at"),
    "a succession": changed("succession", "effective_on", "act_title"),
    "a decision on a succession": changed("succession_decision", "outcome", "reason"),
    "a member": changed("membership", "member_id", "from_on"),
    "a partner": changed("partner_naming", "body_id"),
    "a paper that reports on many": changed("paper_report", "number", "received_on", "classification"),
    "a letter that urges": changed("reminder_letter", "sha256", "content", "kind"),
    "the number of a letter": changed("reminder_number", "number", "issued_on"),
    "whose scan it is": changed("evidence_content", "kept_as", "media_type"),
    "a seal": changed("seal", "digest", "reason", "known_at"),
    "a sealed figure": changed("sealed_standing", "status", "digest"),
    "a letter that reopened": removed("reopening"),
    "a day off": changed("holiday", "observed", "observed_on"),
    "a duty's text": changed("duty", "text", "title_vi", "recurrence"),
    "a target": changed("target", "value", "comparator"),
    "the plan": changed("plan", "max_extensions", "cycle_rules"),
    "a client's role": changed("client", "role", "scopes", "disabled_at"),
    "a client's body": removed("client_body"),
    "a secret": changed("client_secret", "digest"),
    "a calendar's address": changed("calendar_feed", "revoked_at"),
    "a read taken away": removed("evidence_read"),
    "the log of reads emptied": whole("evidence_read", "DELETE FROM evidence_read"),
    "an act taken away": removed(
        *("progress_update", "evidence", "review", "withdrawal", "contribution", "erasure", "paper_report")
    ),
    "an act put in": put_in("progress_update", "evidence", "review", "extension", "condition_decision", "annulment"),
    "any column of any table": any_column,
    "any row taken away": lambda world: world.remove(world.chance.choice(sorted(queries.kept()))),
    "what was said of a row": said_of_a_row,
    "a row with what was said of it": with_its_digest,
    "a change that nobody told of": openly,
    "a change behind another": laundered,
    "a report as of long ago": back_then,
    "stored facts": changed("standing_facts", *FACTS, where="settled_from < 'infinity'"),
    "stored facts taken away": removed("standing_facts"),
    "whose stored facts they are": changed("standing_facts", "duty_id", "force", "position"),
    "the bytes of a file": on_the_disk,
}
"""Each kind by its name."""
