"""The reference data of a test database: loaded once, kept aside, put back after a test that emptied the tables."""

import io
from collections.abc import Sequence

from django.core.management import call_command, get_commands
from django.db import connection

KEPT = "kept"
LEFT_TO_DJANGO = ("django_", "auth_")


def load(departements: Sequence[str]) -> None:
    """Load the reference data, with the communes of these départements only."""
    if "charger_territoires" in get_commands():
        from territories.services import loading

        loading.load(departements=list(departements))
    if "charger_references" in get_commands():
        call_command("charger_references", stdout=io.StringIO())


def keep() -> None:
    """Copy each table that holds rows into a schema that a flush does not touch."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {KEPT} CASCADE; CREATE SCHEMA {KEPT}")
        for table in connection.introspection.table_names(cursor):
            if table.startswith(LEFT_TO_DJANGO):
                continue
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}")')
            if cursor.fetchone()[0]:
                cursor.execute(f'CREATE TABLE {KEPT}."{table}" AS TABLE public."{table}"')


def restore() -> None:
    """Put back every kept table that a flush emptied."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = %s", [KEPT])
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute("SET session_replication_role = replica")
        for table in tables:
            columns = _plain_columns(cursor, table)
            cursor.execute(
                f'INSERT INTO public."{table}" ({columns}) SELECT {columns} FROM {KEPT}."{table}" '
                f'WHERE NOT EXISTS (SELECT 1 FROM public."{table}")'
            )
        cursor.execute("SET session_replication_role = DEFAULT")


def _plain_columns(cursor: object, table: str) -> str:
    """The columns that are written, not generated."""
    cursor.execute(  # type: ignore[attr-defined]
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
        [table],
    )
    return ", ".join(f'"{name}"' for (name,) in cursor.fetchall())  # type: ignore[attr-defined]
