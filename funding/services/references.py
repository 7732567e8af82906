"""Load the reference data of money: idempotent, from the files shipped with the project.

What is dated is never rewritten: a row that exists for its key and its day stays as an administrator left it.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from dossiers.models import Fondement, Reglage
from funding.models import Bareme, LigneNomenclature, SeuilTaille
from funding.nomenclature import nomenclature
from funding.states import StatutBareme

DATA = Path(__file__).resolve().parent.parent.parent / "data"


@transaction.atomic
def load(*, region: str = "76") -> None:
    """Load accounts, barèmes, articles and the settings of the region. Running it again changes nothing."""
    commun = _read(DATA / "fir.json")
    load_nomenclature()
    for bareme in commun["baremes"]:
        _load_bareme(bareme)
    for fondement in commun["fondements"]:
        _once(Fondement, fondement)
    for reglage in _read(DATA / "regions" / f"{region}-fir.json")["reglages"]:
        _once(Reglage, reglage)


def load_nomenclature() -> None:
    """Write the lines of the form as the shipped file has them."""
    form = nomenclature()
    LigneNomenclature.objects.bulk_create(
        [
            LigneNomenclature(
                code=ligne.code,
                edition=f"{form.formulaire} – {form.edition}",
                compte=ligne.compte,
                sens=ligne.sens,
                volontaire=ligne.volontaire,
                demande=ligne.demande,
                libelle=ligne.libelle,
            )
            for ligne in form.lignes.values()
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["edition", "compte", "sens", "volontaire", "demande", "libelle"],
    )


def _load_bareme(brut: dict[str, Any]) -> None:
    """A barème is written as a draft with its thresholds, then published: from then on it is immutable."""
    if Bareme.objects.filter(code=brut["code"]).exists():
        return
    bareme = Bareme.objects.create(
        code=brut["code"],
        titre=brut["titre"],
        applicable_du=date.fromisoformat(brut["applicable_du"]),
        source=brut["source"],
        doute=brut["doute"],
    )
    SeuilTaille.objects.bulk_create([SeuilTaille(bareme=bareme, **seuil) for seuil in brut["seuils"]])
    Bareme.objects.filter(pk=bareme.pk).update(statut=StatutBareme.PUBLIE)


def _once(model: type[Fondement] | type[Reglage], brut: dict[str, Any]) -> None:
    key = {"cle": brut["cle"], "applicable_du": date.fromisoformat(brut["applicable_du"])}
    model._default_manager.get_or_create(**key, defaults={k: v for k, v in brut.items() if k not in key})


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
