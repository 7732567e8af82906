"""A new request from one that ended."""

from datetime import datetime

from django.db import transaction

from accounts.acteur import Acteur
from funding.models import BudgetPrevisionnel, DemandeFir, LigneBudget
from funding.sections import ATTESTATIONS
from funding.services.requests import create_request

SOURCE = "la demande précédente"


@transaction.atomic
def copy_request(*, demande: DemandeFir, by: Acteur, now: datetime) -> DemandeFir:
    """A draft with the answers and the budgets of `demande`; what was attested is declared anew."""
    copy = create_request(dossier=demande.dossier, by=by, now=now, financeur=demande.financeur, objet=demande.objet)
    for section in demande.sections.exclude(cle=ATTESTATIONS).order_by("pk"):
        copy.sections.filter(cle=section.cle).update(
            contenu=section.contenu,
            etat=section.etat,
            manques=section.manques,
            repris_de=SOURCE if section.contenu else "",
        )
    DemandeFir.objects.filter(pk=copy.pk).update(montant_demande=demande.montant_demande)
    copy.montant_demande = demande.montant_demande
    for budget in demande.budgets.order_by("pk"):
        copied = BudgetPrevisionnel.objects.create(demande=copy, genre=budget.genre, exercice=budget.exercice)
        LigneBudget.objects.bulk_create(
            LigneBudget(budget=copied, ligne_id=ligne.ligne_id, detail=ligne.detail, montant=ligne.montant)
            for ligne in budget.lignes.order_by("pk")
        )
    return copy
