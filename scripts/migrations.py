"""`makemigrations --check` against an embedded PostgreSQL: the check also compares with the migrations applied."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.settings.test")

from tests.stage import servers  # noqa: E402


def main() -> None:
    servers.start(ROOT / "var")
    try:
        import django
        from django.core.management import call_command

        django.setup()
        call_command("makemigrations", check_changes=True, dry_run=True)
        call_command("check", fail_level="WARNING")
    finally:
        servers.stop()


if __name__ == "__main__":
    main()
