"""Loading the missions that the project ships: idempotent."""

import json
from pathlib import Path

from django.conf import settings
from django.db import transaction

from projects.models import Mission

FILE = Path(settings.BASE_DIR) / "data" / "missions.json"


@transaction.atomic
def load() -> dict[str, int]:
    """Insert the missions not yet known; return how many the file has."""
    rows = json.loads(FILE.read_text())["missions"]
    for row in rows:
        Mission.objects.get_or_create(code=row["code"], applicable_du=row["applicable_du"], defaults=row)
    return {"missions": len(rows)}
