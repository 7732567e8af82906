"""A letter written quickly for the tests is the letter the services write."""

from typing import Any

import pytest

from funding.models import LigneBudget
from portal.demonstration.ecriture import write_letter
from portal.demonstration.reponses import COMMUNES
from projects.models import LettreIntention
from tests.factories.accounts import NOW
from tests.factories.projects import porteur, ready_letter

pytestmark = pytest.mark.django_db
OWN = ("id", "lettre_id", "demande_id", "modifie_par_id")


@pytest.mark.parametrize("demande", [True, False])
def test_a_letter_written_quickly_is_the_letter_the_services_write(demande: bool) -> None:
    quick = ready_letter(demande=demande)
    slow = write_letter(by=porteur(), region="76", now=NOW, nom="CPTS des Coteaux", communes=COMMUNES, demande=demande)
    written, expected = rows(quick), rows(slow)
    assert written.keys() == expected.keys()
    apart = {what: (written[what], row) for what, row in expected.items() if written[what] != row}
    assert apart == {}


def rows(lettre: LettreIntention) -> dict[str, Any]:
    found: dict[str, Any] = {section.cle: told(section, lettre) for section in lettre.sections.all()}
    if lettre.demande:
        found |= {f"demande {section.cle}": told(section, lettre) for section in lettre.demande.sections.all()}
        lines = LigneBudget.objects.filter(budget__demande=lettre.demande).order_by("budget__genre", "ligne")
        found["budget"] = list(lines.values_list("budget__genre", "budget__exercice", "ligne", "montant"))
        found["montant"] = [lettre.demande.montant_demande, lettre.demande.etat, lettre.demande.objet]
    return found


def told(section: Any, lettre: LettreIntention) -> dict[str, Any]:
    values = {name: value for name, value in vars(section).items() if name not in OWN and not name.startswith("_")}
    values["contenu"] = {
        name: value if value != str(lettre.dossier.association) else "the association"
        for name, value in section.contenu.items()
    }
    return values
