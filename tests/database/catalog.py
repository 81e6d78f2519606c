"""What PostgreSQL itself says of a database: all that migrations make."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from embedded_postgres import APP

SCHEMA = """
    SELECT 'column', table_name, concat_ws(' ', column_name, data_type, udt_name, character_maximum_length,
        numeric_precision, numeric_scale, is_nullable, column_default)
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL
    SELECT 'constraint', conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'index', tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT 'trigger', tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT 'function', proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'grant', table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = :app
    UNION ALL
    SELECT 'grant', table_name || '.' || column_name, privilege_type
    FROM information_schema.role_column_grants WHERE grantee = :app
    UNION ALL
    SELECT 'schema', nspname, nspacl::text FROM pg_namespace WHERE nspname = 'public'
"""


async def schema_of(connection: AsyncConnection) -> set[tuple[Any, ...]]:
    """Return columns, constraints, indexes, triggers, functions and grants, each as its kind, its table and itself."""
    return {tuple(row) for row in await connection.execute(text(SCHEMA), {"app": APP})}
