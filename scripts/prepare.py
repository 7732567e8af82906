"""Bring the database up to date and load its data: one process, so that a second start is quick.

With --reset the demonstration starts again: the database is made anew, files and mails are removed. Embedded servers
only: a database that DATABASE_URL names is never dropped. Standard output is what the demonstration says: its accounts.
"""

import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def main() -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    create_database(anew="--reset" in sys.argv)
    if "--reset" in sys.argv:
        for name in ("media", "mails"):
            shutil.rmtree(Path(settings.VAR_DIR) / name, ignore_errors=True)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("charger_territoires", stdout=sys.stderr)
    call_command("charger_references", stdout=sys.stderr)
    call_command("charger_demonstration")


def create_database(*, anew: bool) -> None:
    """Create the database of the settings on the embedded server if it is not there."""
    if os.environ.get("GUICHET_EMBEDDED") != "1":
        return
    import psycopg
    from django.db import connection
    from psycopg import sql

    name = sql.Identifier(str(connection.settings_dict["NAME"]))
    parameters = {**connection.get_connection_params(), "dbname": "postgres"}
    known = ("host", "port", "user", "password", "dbname")
    with psycopg.connect(**{key: parameters[key] for key in known if key in parameters}, autocommit=True) as server:
        if anew:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        row = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [connection.settings_dict["NAME"]])
        if row.fetchone() is None:
            server.execute(sql.SQL("CREATE DATABASE {}").format(name))


if __name__ == "__main__":
    main()
