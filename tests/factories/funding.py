"""Funding requests for tests, written through the services. Invented names only."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.acteur import Acteur
from dossiers.models import Dossier, Section
from funding.models import DemandeFir
from funding.questions import request_form
from funding.sections import ATTESTATIONS, BUDGETS, CHIFFRAGE, DEMANDE, MOYENS
from funding.services.budgets import save_budget
from funding.services.requests import create_request, save_request_section
from funding.states import GenreBudget
from tests.factories.accounts import NOW, OrganisationFactory
from tests.factories.dossiers import DossierFactory, porteur

REPONSES: dict[str, dict[str, str]] = {
    DEMANDE: {
        "montant": "25 000 €",
        "forme": "numeraire",
        "frequence": "premiere",
        "objet": "projet",
        "periode": "annuelle",
        "intitule": "Écrire le projet de santé des Collines",
        "objectifs": "Réunir les professionnels.",
        "description": "Dix réunions et un diagnostic.",
        "beneficiaires": "Les habitants du territoire.",
        "territoire": "Quatre communes.",
        "date_debut": "2027-01-04",
        "date_fin": "2027-12-17",
        "moyens": "Une coordinatrice à mi-temps.",
        "evaluation": "Le projet est écrit à la fin de l’année.",
    },
    MOYENS: {
        "utilite_publique": "non",
        "impots_commerciaux": "non",
        "benevoles": "14",
        "salaries": "0",
        "adherents": "32",
        "adherents_hommes": "12",
        "adherents_femmes": "20",
    },
    ATTESTATIONS: {
        "obligations": "on",
        "engagement_republicain": "on",
        "charte": "on",
        "exactitude": "on",
        "aides_publiques": "Aucune.",
        "lieu": "Auterive",
        "signataire_nom": "Dominique Essai",
        "signataire_qualite": "Présidente",
    },
}
CHIFFRAGE_POSTE = {
    "temps-0-nature": "coordination_salariee",
    "temps-0-personnes": "1",
    "temps-0-heures": "300",
    "temps-0-taux": "28,35",
    "temps-1-nature": "indemnisation",
    "temps-1-personnes": "12",
    "temps-1-heures": "7,5",
    "temps-1-taux": "61,11",
    "reunions-0-nature": "salle",
    "reunions-0-nombre": "6",
    "reunions-0-cout": "45,90",
    "forfaits-0-nature": "consultant",
    "forfaits-0-montant": "4 999,99",
}
PROJET = {"62_honoraires": "15000", "64_remuneration": "12000", "74_ars": "25000", "75_cotisations": "2000"}
ASSOCIATION = {"61_assurance": "400", "62_honoraires": "25000", "74_ars": "25000", "75_cotisations": "400"}


def demande_vide(*, dossier: Dossier | None = None, by: Acteur | None = None) -> tuple[DemandeFir, Acteur]:
    """A draft request with nothing written, and a member of the association who writes and deposits."""
    dossier = dossier or DossierFactory()
    by = by or porteur(dossier)
    ars = OrganisationFactory(code="ars-occitanie", genre="ars", nom="ARS Occitanie")
    return create_request(dossier=dossier, by=by, now=NOW, financeur=ars), by


def write(demande: DemandeFir, cle: str, reponses: dict[str, str], *, by: Acteur, now: datetime = NOW) -> Section:
    """Save one section through its form; AssertionError when an answer is not valid."""
    form = request_form(cle, demande=demande, jour=now.date(), data=reponses)
    assert form.is_valid(), form.errors
    return save_request_section(
        demande=demande,
        cle=cle,
        contenu=form.contenu(),
        manques=form.manques(),
        version=demande.sections.get(cle=cle).version,
        by=by,
        now=now,
    )


def write_budget(
    demande: DemandeFir, genre: GenreBudget, montants: dict[str, str], *, by: Acteur, now: datetime = NOW, **kwargs: Any
) -> Section:
    """Save one budget, in whole euros by line."""
    kwargs.setdefault("version", demande.sections.get(cle=BUDGETS[genre]).version)
    return save_budget(
        demande=demande,
        genre=genre,
        exercice=2027,
        montants={code: Decimal(montant) for code, montant in montants.items()},
        details={},
        by=by,
        now=now,
        **kwargs,
    )


def demande_prete(**kwargs: Any) -> tuple[DemandeFir, Acteur]:
    """A draft that waits only for its deposit."""
    demande, by = demande_vide(**kwargs)
    for cle, reponses in REPONSES.items():
        write(demande, cle, reponses, by=by)
    write(demande, CHIFFRAGE, CHIFFRAGE_POSTE, by=by)
    write_budget(demande, GenreBudget.PROJET, PROJET, by=by)
    write_budget(demande, GenreBudget.ASSOCIATION, ASSOCIATION, by=by)
    demande.refresh_from_db()
    return demande, by


def section_url(demande: DemandeFir, cle: str) -> str:
    return reverse("funding:section", args=[demande.pk, cle])


def signed_in(by: Acteur) -> Client:
    """A browser session of that person."""
    client = Client()
    client.force_login(by.user)
    return client
