"""The letters of the desks, and the cards of those that are on their way."""

from typing import Any

import rules
from django.db.models import Case, QuerySet, When
from django.http import HttpRequest
from django.urls import reverse

from dossiers.models import Delai
from dossiers.selectors.listes import rank_of, running_day
from dossiers.views.choix import Cellule, Colonne, Filtre, cellule, cellule_delai, filtre_charge, jour_delai
from dossiers.views.listes import ListeView
from guichet.kernel.civil import civil_day
from projects.models import LettreIntention
from projects.selectors.listes import ETATS, coming, letters_joined, letters_listed
from projects.states import EtatLettre
from projects.views import presenters
from territories.models import Departement

TAILLES = [(str(n), f"Taille\u00a0{n}") for n in (1, 2, 3, 4)]
ARS = ("ars", "dd_ars")

ETAPES = {
    EtatLettre.DEPOSEE: "Lettre déposée au Guichet",
    EtatLettre.INCOMPLETE: "Lettre déposée au Guichet",
    EtatLettre.EN_CONSULTATION: "Consultation en cours",
    EtatLettre.AVIS_RENDU: "Consultation terminée",
}
"""How far a letter is, for those who may not open it."""


class LettresView(ListeView):
    """Deposited letters: those the Guichet received, those sent to the ARS and the Assurance Maladie, those on which a
    body is or was consulted.
    """

    regle = "lettres.lister"
    adresse = "projects:lettres"
    model = LettreIntention
    titre = "Lettres d’intention"
    mots = ("Aucune lettre", "lettre", "lettres")
    tri_defaut = "-depot"
    vide = (
        "Aucune lettre pour l’instant",
        "Les lettres arrivent ici, avec leur demande de subvention, dès qu’elles vous sont adressées.",
    )

    def rows(self, request: HttpRequest) -> QuerySet[LettreIntention]:
        return letters_listed(request.acteur)

    def joined(self, request: HttpRequest, rows: QuerySet[LettreIntention]) -> QuerySet[LettreIntention]:
        return letters_joined(rows, delai=request.acteur.genre in ARS)

    def colonnes(self, request: HttpRequest) -> list[Colonne]:
        return [CPTS, ASSOCIATION, TERRITOIRE, DEPOT, ETAT, *([_delai(request)] if request.acteur.genre in ARS else [])]

    def filtres(self, request: HttpRequest) -> list[Filtre]:
        acteur, jour = request.acteur, civil_day(request.now)
        return [
            Filtre("etat", "État", [(etat.value, etat.label) for etat in ETATS], lambda rows, v: rows.filter(etat=v)),
            Filtre(
                "departement",
                "Département pilote",
                departements(request),
                lambda rows, v: rows.filter(dossier__departement_pilote=v),
            ),
            Filtre("taille", "Taille", TAILLES, lambda rows, v: rows.filter(territoire__taille=v), tous="Toutes"),
            filtre_charge(acteur, jour),
        ]

    def onglets(self, request: HttpRequest) -> list[dict[str, Any]]:
        return tabs(request, self.adresse)


class AVenirView(ListeView):
    """Cards: the name, the territory and the stage of what is on its way. No link, no search, no file."""

    regle = "lettres.a_venir"
    adresse = "projects:a_venir"
    model = LettreIntention
    titre = "Bientôt transmis"
    chapeau = (
        "Les dossiers déposés dans votre territoire, que le Guichet n’a pas encore transmis. "
        "Vous les ouvrirez dès leur transmission."
    )
    mots = ("Aucun dossier", "dossier", "dossiers")
    tri_defaut = "nom"
    cherche = ""
    garde = False
    vide = (
        "Aucun dossier en route",
        "Dès qu’une association dépose une lettre dans votre territoire, son nom est annoncé ici.",
    )

    def rows(self, request: HttpRequest) -> QuerySet[LettreIntention]:
        return coming(request.acteur)

    def joined(self, request: HttpRequest, rows: QuerySet[LettreIntention]) -> QuerySet[LettreIntention]:
        return rows.select_related("dossier__departement_pilote", "territoire").only(
            "etat", "dossier__nom", "dossier__departement_pilote__nom", "territoire__population", "territoire__taille"
        )

    def colonnes(self, request: HttpRequest) -> list[Colonne]:
        return CARTE

    def filtres(self, request: HttpRequest) -> list[Filtre]:
        return [
            Filtre(
                "departement",
                "Département pilote",
                departements(request),
                lambda rows, v: rows.filter(dossier__departement_pilote=v),
            )
        ]

    def onglets(self, request: HttpRequest) -> list[dict[str, Any]]:
        return tabs(request, self.adresse)


def tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """The lists of letters this person reads; none when there is only one."""
    known = [
        ("lettres.lister", "projects:lettres", "Lettres reçues"),
        ("lettres.a_venir", "projects:a_venir", "Bientôt transmis"),
    ]
    found = [
        {"label": label, "url": reverse(name), "current": name == current, "nombre": None}
        for rule, name, label in known
        if rules.test_rule(rule, request.acteur)
    ]
    return found if len(found) > 1 else []


def departements(request: HttpRequest) -> list[tuple[str, str]]:
    """Those of the region, by name: one query."""
    found = Departement.objects.filter(region=request.acteur.region).order_by("nom")
    return [(departement.code, departement.nom) for departement in found]


def _cpts(lettre: LettreIntention) -> Cellule:
    url = reverse("projects:lettre", args=[lettre.pk])
    return cellule(lettre.dossier.nom, url=url, note=lettre.dossier.reference or "")


def _territoire(lettre: LettreIntention) -> Cellule:
    return cellule(_pilote(lettre), note=presenters.size_of(lettre), libelle="Territoire")


def _pilote(lettre: LettreIntention) -> str:
    return lettre.dossier.departement_pilote.nom if lettre.dossier.departement_pilote else ""


def _etat(lettre: LettreIntention) -> Cellule:
    return cellule(lettre.get_etat_display(), ton=presenters.tag_of(lettre)["ton"], libelle="État")


def _etape(lettre: LettreIntention) -> str:
    return ETAPES[EtatLettre(lettre.etat)]


NOMS_DE_TERRITOIRE = (
    ("Département pilote", _pilote),
    ("Habitants", lambda lettre: lettre.territoire.population if lettre.territoire else None),
    ("Taille", lambda lettre: lettre.territoire.taille if lettre.territoire else None),
)

CPTS = Colonne(
    "CPTS",
    _cpts,
    (("CPTS", lambda lettre: lettre.dossier.nom), ("Référence", lambda lettre: lettre.dossier.reference)),
    tri="nom",
    ordre=("dossier__nom_normalise",),
)
ASSOCIATION = Colonne(
    "Association",
    lambda lettre: cellule(lettre.dossier.association.nom, libelle="Association"),
    (("Association", lambda lettre: lettre.dossier.association.nom),),
)
TERRITOIRE = Colonne(
    "Territoire",
    _territoire,
    NOMS_DE_TERRITOIRE,
    tri="population",
    ordre=("territoire__population",),
    sens=("du moins au plus peuplé", "du plus au moins peuplé"),
    decroissant=True,
)
DEPOT = Colonne(
    "Déposée le",
    lambda lettre: cellule(presenters.day_of(lettre.deposee_at), libelle="Déposée le"),
    (("Déposée le", lambda lettre: civil_day(lettre.deposee_at)),),
    tri="depot",
    ordre=("deposee_at",),
    sens=("plus anciennes d’abord", "plus récentes d’abord"),
    decroissant=True,
)
ETAT = Colonne(
    "État",
    _etat,
    (("État", lambda lettre: lettre.get_etat_display()),),
    tri="etat",
    ordre=("rang", "-deposee_at"),
    calcule={"rang": rank_of("etat", ETATS)},
    sens=("du dépôt à la décision", "de la décision au dépôt"),
)
CARTE = [
    Colonne(
        "CPTS",
        lambda lettre: cellule(lettre.dossier.nom),
        (),
        tri="nom",
        ordre=("dossier__nom_normalise",),
    ),
    Colonne("Territoire", _territoire, ()),
    Colonne("Étape", lambda lettre: cellule(_etape(lettre), libelle="Étape", ton=""), ()),
]


def _sent_period(lettre: LettreIntention) -> Delai | None:
    """The period of the request once it is sent: a délégation only consulted does not read the request."""
    return lettre.demande.delai if lettre.demande and lettre.transmise_at else None


def _delai(request: HttpRequest) -> Colonne:
    """The last day of the period of the request, while it runs."""
    jour = civil_day(request.now)
    return Colonne(
        "Dernier jour",
        lambda lettre: cellule_delai(_sent_period(lettre), jour=jour),
        (("Dernier jour", lambda lettre: jour_delai(_sent_period(lettre))),),
        tri="dernier-jour",
        ordre=("dernier_jour",),
        calcule={"dernier_jour": Case(When(transmise_at__isnull=False, then=running_day("demande__delai__")))},
        sens=("le plus proche d’abord", "le plus lointain d’abord"),
        peut_manquer=True,
    )
