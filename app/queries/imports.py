"""What a form is checked by before it is recorded, and how far an import has come that is recorded later."""

from uuid import UUID

from sqlalchemy import bindparam, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.builders import among
from app.database.keyset import KeysetCursor
from app.database.statements import Row, Statement, fetch_all
from app.domain.imports import LineResult
from app.models import (
    Body,
    Client,
    ClientBody,
    Cycle,
    Duty,
    FormImport,
    FormImportLine,
    FormImportPart,
    Obligation,
    Plan,
    Target,
)
from app.models.base import table
from app.schemas.columns import NAMES

obligations, plans, clients, grants = (table(model) for model in (Obligation, Plan, Client, ClientBody))
cycles, duties, bodies = table(Cycle), table(Duty), table(Body)
targets = table(Target)
imports, parts, lines = table(FormImport), table(FormImportPart), table(FormImportLine)
SORT_COLUMNS = ("line",)
"""The order in which lines are listed."""


async def of_another_plan(connection: AsyncConnection, plan: str, ids: list[UUID]) -> set[UUID]:
    """Return which of some obligations belong to another plan than one."""
    return {row["id"] for row in await fetch_all(connection, _of_another_plan, plan=plan, ids=ids)}


async def names_of(connection: AsyncConnection, ids: list[UUID]) -> dict[UUID | None, dict[str, str]]:
    """Return by which codes some obligations are named, by their ids."""
    rows = await fetch_all(connection, _names, ids=ids)
    return {row["id"]: {name: row[name] for name in NAMES} for row in rows}


async def targets_of(connection: AsyncConnection, plan: str, codes: list[str]) -> list[Row]:
    """Return what some targets of a plan ask for, by their codes."""
    return await fetch_all(connection, _targets, plan=plan, codes=codes)


def plan_named(slug: str) -> Statement:
    """Select the id of a plan."""
    return select(plans.c.id).where(plans.c.slug == bindparam("slug", slug))


def one(client_id: UUID, slug: str, import_id: UUID) -> Statement:
    """Select an import of a client."""
    found = select(*imports.c, plans.c.slug.label("plan")).join(plans, plans.c.id == imports.c.plan_id)
    mine = (imports.c.client_id == bindparam("client_id", client_id), plans.c.slug == bindparam("slug", slug))
    return found.where(imports.c.id == bindparam("import_id", import_id), *mine)


def page(import_id: UUID, result: LineResult | None, limit: int, after: KeysetCursor | None) -> Statement:
    """Select one page of what became of the lines of an import, and one row more."""
    found = select(lines.c.line, lines.c.content).where(lines.c.import_id == bindparam("import_id", import_id))
    if result is not None:
        found = found.where(lines.c.result == result)
    if after is not None:
        found = found.where(tuple_(lines.c.line) > after.row([lines.c.line]))
    return found.order_by(lines.c.line).limit(bindparam("limit", limit) + 1)


def sender(client_id: UUID, plan_id: UUID) -> Statement:
    """Select what the client that sent a form may do by now, and how the plan is called that it is of."""
    body_ids = select(func.array_agg(grants.c.body_id)).where(grants.c.client_id == clients.c.id).scalar_subquery()
    slug = select(plans.c.slug).where(plans.c.id == bindparam("plan_id", plan_id)).scalar_subquery()
    shown = (clients.c[name] for name in ("id", "name", "role", "scopes", "disabled_at"))
    found = select(*shown, body_ids.label("body_ids"), slug.label("plan"))
    return found.where(clients.c.id == bindparam("client_id", client_id))


def piece(import_id: UUID, n: int) -> Statement:
    """Select a piece of a form as it is kept."""
    mine = (parts.c.import_id == bindparam("import_id", import_id), parts.c.n == bindparam("n", n))
    return select(parts.c.content).where(*mine)


def _of_another_plan(plan: str, ids: list[UUID]) -> Statement:
    found = select(obligations.c.id).join(plans, plans.c.id == obligations.c.plan_id)
    return found.where(among(obligations.c.id, "ids", ids), plans.c.slug != bindparam("plan", plan))


def _targets(plan: str, codes: list[str]) -> Statement:
    found = select(*(targets.c[name] for name in ("code", "value", "unit")))
    found = found.join(plans, plans.c.id == targets.c.plan_id).where(plans.c.slug == bindparam("plan", plan))
    return found.where(among(targets.c.code, "codes", codes))


def _names(ids: list[UUID]) -> Statement:
    joined = obligations.join(plans, plans.c.id == obligations.c.plan_id)
    joined = joined.join(cycles, cycles.c.id == obligations.c.cycle_id)
    joined = joined.join(duties, duties.c.id == obligations.c.duty_id)
    joined = joined.join(bodies, bodies.c.id == obligations.c.owner_id)
    coded = (cycles.c.code.label("cycle"), duties.c.code.label("duty"), bodies.c.code.label("owner"))
    found = select(obligations.c.id, plans.c.slug.label("plan"), *coded).select_from(joined)
    return found.where(among(obligations.c.id, "ids", ids))
