"""Loading the dated settings and articles that the project ships: idempotent, never overwriting a region's own."""

import json
from pathlib import Path

from django.conf import settings
from django.db import transaction

from dossiers.models import Fondement, Reglage

FILE = Path(settings.BASE_DIR) / "data" / "droit.json"


@transaction.atomic
def load() -> dict[str, int]:
    """Insert what is missing; return how many rows of each kind the file has."""
    told = json.loads(FILE.read_text())
    for row in told["fondements"]:
        Fondement.objects.get_or_create(cle=row["cle"], applicable_du=row["applicable_du"], defaults=row)
    for row in told["reglages"]:
        Reglage.objects.get_or_create(cle=row["cle"], applicable_du=row["applicable_du"], defaults=row)
    return {"fondements": len(told["fondements"]), "reglages": len(told["reglages"])}
