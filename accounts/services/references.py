"""Reference data of a region: its organisations and professions, from one versioned file per region."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import Organisation, Profession

FOLDER = Path(settings.BASE_DIR) / "data"

ORGANISATION_FIELDS = ("genre", "nom", "sigle", "departements", "courriel", "telephone", "adresse")


@transaction.atomic
def load(*, path: Path) -> dict[str, int]:
    """Create or update every organisation and profession of the file; return how many of each.

    Idempotent: rows are known by their code. What is not in the file is left alone. An address typed in the portal
    survives as long as the file leaves it blank.
    """
    data = json.loads(path.read_text(encoding="utf-8"))
    region = data["region"]["code"]
    organisations = {row["code"]: _load_organisation(row, region) for row in data["organisations"]}
    for row in data["organisations"]:
        if row.get("parent"):
            Organisation.objects.filter(code=row["code"]).update(parent=organisations[row["parent"]])
    for order, row in enumerate(data["professions"], start=1):
        _load_profession(row, order, organisations)
    return {"organisations": len(organisations), "professions": len(data["professions"])}


def file_of_region(code: str) -> Path:
    """The file that describes that region. Raises LookupError when there is none."""
    for path in sorted(FOLDER.glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(content, dict) and content.get("region", {}).get("code") == code and "organisations" in content:
            return path
    raise LookupError(f"no reference file for region {code} in {FOLDER}")


def _load_organisation(row: dict[str, Any], region: str) -> Organisation:
    values = {name: row[name] for name in ORGANISATION_FIELDS if row.get(name)}
    organisation, _ = Organisation.objects.update_or_create(code=row["code"], defaults={**values, "region": region})
    return organisation


def _load_profession(row: dict[str, Any], order: int, organisations: dict[str, Organisation]) -> None:
    Profession.objects.update_or_create(
        code=row["code"],
        defaults={
            "libelle": row["libelle"],
            "categorie": row["categorie"],
            "urps": organisations.get(row.get("urps", "")),
            "ordre": order,
        },
    )
