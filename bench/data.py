"""The plans that are measured on: copies of the real one, made in the database.

A copy has ids of its own, made from those of the original, so that every reference inside of it holds.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

EACH = 2028
"""How many obligations a plan has."""
PLANS = {"2k": 1, "4k": 2, "10k": 5, "100k": 49, "1m": 493, "10m": 4931}
"""How many plans make a size."""
PLAN = "115-kh-ubnd-2021"
AT_ONCE = 500
"""How many plans one transaction adds."""
TABLES = (
    "plan",
    "body",
    "duty",
    "duty_owner",
    "duty_partner",
    "target",
    "cycle",
    "holiday",
    "letterhead",
    "succession",
    "obligation",
    "standing_facts",
)
"""What the seed fills, in the order in which rows refer to one another."""
_MADE = {"standing_facts"}
"""The database has made its rows already, with the obligations, and they are filled."""
_TOLD = {"event", "sequenced_event"}
"""What happened is the original's; no copy tells it again."""
_COPIED = (
    "id",
    "plan_id",
    "planned_owner_id",
    "body_id",
    "group_id",
    "owner_id",
    "duty_id",
    "cycle_id",
    "predecessor_id",
)
_SPELLED = {("plan", "slug"): "o.slug || '-' || n"}
_FILLED = """
    SELECT c.table_name
    FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = 'public' AND c.column_name = 'plan_id' AND t.table_type = 'BASE TABLE'
"""


async def fill(connection: AsyncConnection, plans: range) -> None:
    """Add copies of the real plan, each with a number of its own."""
    numbers = {"first": plans.start, "last": plans.stop - 1}
    for table in TABLES:
        await connection.execute(text(await _copying(connection, table)), numbers)


def portions(size: str) -> list[range]:
    """Divide the copies that make a size into what one transaction adds."""
    copies = range(1, PLANS[size])
    return [copies[start : start + AT_ONCE] for start in range(0, len(copies), AT_ONCE)]


async def check_complete(connection: AsyncConnection) -> None:
    """Fail if the seed fills a table that is not copied: a copy would be another plan than the one it is taken for."""
    for table in await connection.scalars(text(_FILLED)):
        if table not in {*TABLES, *_TOLD}:
            rows = await connection.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608  A table of ours.
            assert not rows, f"bench/data.py does not copy {table}"


async def _copying(connection: AsyncConnection, table: str) -> str:
    columns = await connection.scalars(
        text("SELECT column_name FROM information_schema.columns WHERE table_name = :table ORDER BY ordinal_position"),
        {"table": table},
    )
    names = list(columns)
    values = [_SPELLED.get((table, name)) or _copied(name) for name in names]
    which = "o.slug" if table == "plan" else "(SELECT slug FROM plan WHERE id = o.plan_id)"
    # Our own names of tables and columns, no text of anybody's.
    made = ", ".join(f"{name} = excluded.{name}" for name in names)
    instead = f" ON CONFLICT (id, plan_id) DO UPDATE SET {made}" if table in _MADE else ""
    return (
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)}"  # noqa: S608
        f" FROM generate_series(CAST(:first AS int), CAST(:last AS int)) n, {table} o"
        f" WHERE {which} = '{PLAN}' ORDER BY n{instead}"
    )


def _copied(name: str) -> str:
    return f"md5(n || o.{name}::text)::uuid" if name in _COPIED else f"o.{name}"
