"""Writing a letter of intent, section by section, and what a section changes beyond itself."""

from datetime import datetime
from typing import Any

import rules
from django.db import transaction

from accounts.acteur import Acteur
from accounts.models import Organisation
from accounts.selectors import organisations_for
from dossiers.models import Dossier, Section
from dossiers.questions import Manque
from dossiers.services.naming import index
from dossiers.services.sections import save_section
from funding.models import DemandeFir
from funding.services.requests import create_request, prefill
from funding.states import EtatDemandeFir
from guichet.kernel.lifecycle import Refused
from guichet.kernel.text import normalise
from projects.carrying import SOURCE, request_values
from projects.lifecycles import LETTRE
from projects.models import LettreIntention
from projects.sections import ASSOCIATION, FINANCEMENT
from projects.states import EtatLettre
from projects.territory_blocs import territory_summary

ECRITURE = (EtatLettre.BROUILLON, EtatLettre.INCOMPLETE)
AVEC = "avec"
SANS = "sans"


def lock_for_writing(lettre: LettreIntention, *, by: Acteur) -> LettreIntention:
    """The letter, locked after its file, when `by` may still write it; Refused otherwise."""
    locked: LettreIntention = LETTRE.lock(lettre)
    if not rules.test_rule("lettre.rediger", by, locked):
        raise Refused("Vous n’avez pas le droit d’écrire dans cette lettre.")
    if locked.etat not in ECRITURE:
        raise Refused(not_writable(locked))
    return locked


def not_writable(lettre: LettreIntention) -> str:
    return f"Cette lettre est «\u00a0{lettre.get_etat_display()}\u00a0»\u00a0: elle ne se modifie plus."


@transaction.atomic
def save_letter_section(
    *,
    lettre: LettreIntention,
    cle: str,
    contenu: dict[str, Any],
    manques: list[Manque],
    version: int,
    by: Acteur,
    now: datetime,
) -> Section:
    """Save one section of a draft. Raises VersionConflict (nothing written) or Refused."""
    locked = lock_for_writing(lettre, by=by)
    section = locked.sections.get(cle=cle)
    saved = save_section(section, contenu=contenu, manques=manques, version=version, by=by, now=now)
    if cle == ASSOCIATION:
        _name_association(locked, contenu)
    if cle == FINANCEMENT:
        _choose_funding(locked, contenu, by=by, now=now)
    if locked.demande and not locked.sans_demande and locked.demande.etat == EtatDemandeFir.BROUILLON:
        _carry_to_request(locked, locked.demande, by=by, now=now)
    return saved


def _name_association(lettre: LettreIntention, contenu: dict[str, Any]) -> None:
    """What names the file everywhere is typed once, here."""
    if nom := contenu["nom_cpts"]:
        Dossier.objects.filter(pk=lettre.dossier_id).update(nom=nom, nom_normalise=normalise(nom))
    if contenu["nom"]:
        address = "\n".join(filter(None, [contenu["adresse"], f"{contenu['code_postal']} {contenu['ville']}".strip()]))
        Organisation.objects.filter(pk=lettre.dossier.association_id).update(
            nom=contenu["nom"],
            sigle=contenu["sigle"],
            courriel=contenu["courriel"],
            telephone=contenu["telephone"],
            adresse=address,
        )
    index(lettre.dossier)


def _choose_funding(lettre: LettreIntention, contenu: dict[str, Any], *, by: Acteur, now: datetime) -> None:
    """ "With" opens the request once; "without" keeps its draft aside, so that a change of mind loses nothing."""
    if contenu["demande"] == AVEC and lettre.demande is None:
        financeur = organisations_for(lettre.dossier.region, "ars").get()
        lettre.demande = create_request(dossier=lettre.dossier, by=by, now=now, financeur=financeur)
    aside = contenu["demande"] == SANS
    if aside and lettre.demande and lettre.demande.etat not in (EtatDemandeFir.BROUILLON, EtatDemandeFir.RETIREE):
        raise Refused("La demande de subvention est déjà déposée\u00a0: elle part avec la lettre.")
    lettre.sans_demande = aside
    LettreIntention.objects.filter(pk=lettre.pk).update(demande=lettre.demande, sans_demande=lettre.sans_demande)


def _carry_to_request(lettre: LettreIntention, demande: DemandeFir, *, by: Acteur, now: datetime) -> None:
    """The sections of the request nobody has saved yet follow the letter."""
    answers = {section.cle: section.contenu for section in lettre.sections.all()}
    draft = lettre.dossier.territoires.filter(fige_at=None).first()
    names = ", ".join(territory_summary(draft)["parties"]) if draft else ""
    values = request_values(answers, territoire=names, population=draft.population if draft else 0)
    prefill(demande=demande, valeurs=values, source=SOURCE, by=by, now=now)
