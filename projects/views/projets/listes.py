"""The projects of the desks, the nearest last day first."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse

from dossiers.selectors.listes import rank_of, running_day
from dossiers.views.choix import (
    Cellule,
    Colonne,
    Filtre,
    cellule,
    cellule_delai,
    cellule_jour,
    filtre_charge,
    jour_delai,
)
from dossiers.views.listes import ListeView
from guichet.kernel.civil import civil_day
from guichet.kernel.money import nombre
from projects.models import ProjetSante
from projects.selectors.projets import ending, projects_joined, projects_listed, with_arrival
from projects.states import EtatProjet
from projects.views.listes import departements
from projects.views.presenters import day_of
from projects.views.projets import presenters

ETATS = [etat for etat in EtatProjet if etat != EtatProjet.BROUILLON]
ECHEANCES = [("7", "7 jours au plus"), ("15", "15 jours au plus"), ("30", "30 jours au plus")]
A_VERIFIER = "a_verifier"


class ProjetsView(ListeView):
    """What the Guichet follows, what the ARS decides, what the Assurance Maladie gives its opinion on."""

    regle = "projets.lister"
    adresse = "projects:projets"
    model = ProjetSante
    titre = "Projets de santé"
    mots = ("Aucun projet", "projet", "projets")
    tri_defaut = "dernier-jour"
    vide = (
        "Aucun projet pour l’instant",
        "Les projets de santé arrivent ici dès leur dépôt, avec le dernier jour de l’ARS pour s’y opposer.",
    )

    def rows(self, request: HttpRequest) -> QuerySet[ProjetSante]:
        return with_arrival(projects_listed(request.acteur))

    def joined(self, request: HttpRequest, rows: QuerySet[ProjetSante]) -> QuerySet[ProjetSante]:
        return projects_joined(rows)

    def colonnes(self, request: HttpRequest) -> list[Colonne]:
        return [CPTS, TERRITOIRE, DEPOT, ETAT, _delai(request)]

    def filtres(self, request: HttpRequest) -> list[Filtre]:
        jour = civil_day(request.now)
        etats = [*((etat.value, etat.label) for etat in ETATS), (A_VERIFIER, "À vérifier")]
        return [
            Filtre("etat", "État", etats, _in_state),
            Filtre(
                "departement",
                "Département pilote",
                departements(request),
                lambda rows, v: rows.filter(dossier__departement_pilote=v),
            ),
            Filtre(
                "echeance",
                "Échéance",
                ECHEANCES,
                lambda rows, v: ending(rows, within=int(v), on=jour),
                tous="Toutes",
            ),
            filtre_charge(request.acteur, jour),
        ]


def _in_state(rows: QuerySet[ProjetSante], value: str) -> QuerySet[ProjetSante]:
    return rows.filter(a_verifier_at__isnull=False) if value == A_VERIFIER else rows.filter(etat=value)


def _cpts(projet: ProjetSante) -> Cellule:
    url = reverse("projects:projet", args=[projet.pk])
    note = " · ".join(part for part in (projet.dossier.reference, projet.dossier.association.nom) if part)
    return cellule(projet.dossier.nom, url=url, note=note)


def _territoire(projet: ProjetSante) -> Cellule:
    found = projet.territoire
    size = f"{nombre(found.population)}\u00a0habitants, taille\u00a0{found.taille}" if found else ""
    return cellule(_pilote(projet), note=size, libelle="Territoire")


def _pilote(projet: ProjetSante) -> str:
    return projet.dossier.departement_pilote.nom if projet.dossier.departement_pilote else ""


def _etat(projet: ProjetSante) -> Cellule:
    tag = presenters.tag_of(projet)
    return cellule(tag["libelle"], ton=tag["ton"], libelle="État")


def _delai(request: HttpRequest) -> Colonne:
    """The last day of the ARS while the period runs, as the clock of the page says it."""
    jour = civil_day(request.now)
    return Colonne(
        "Dernier jour",
        lambda projet: _dernier_jour(projet, jour),
        (("Dernier jour", lambda projet: projet.dernier_jour_arrive or jour_delai(projet.delai)),),
        tri="dernier-jour",
        ordre=("dernier_jour",),
        calcule={"dernier_jour": Coalesce("dernier_jour_arrive", running_day("delai__"))},
        sens=("le plus proche d’abord", "le plus lointain d’abord"),
        peut_manquer=True,
    )


def _dernier_jour(projet: ProjetSante, jour: date) -> Cellule:
    coming: date | None = projet.dernier_jour_arrive  # type: ignore[attr-defined]
    if coming is None:
        return cellule_delai(projet.delai, jour=jour)
    return cellule_jour(coming, jour=jour, note="pièces arrivées, pas envoyées")


def _number(name: str) -> Any:
    return lambda projet: getattr(projet.territoire, name) if projet.territoire else None


CPTS = Colonne(
    "CPTS",
    _cpts,
    (
        ("CPTS", lambda projet: projet.dossier.nom),
        ("Référence", lambda projet: projet.dossier.reference),
        ("Association", lambda projet: projet.dossier.association.nom),
    ),
    tri="nom",
    ordre=("dossier__nom_normalise",),
)
TERRITOIRE = Colonne(
    "Territoire",
    _territoire,
    (("Département pilote", _pilote), ("Habitants", _number("population")), ("Taille", _number("taille"))),
    tri="population",
    ordre=("territoire__population",),
    sens=("du moins au plus peuplé", "du plus au moins peuplé"),
    decroissant=True,
)
DEPOT = Colonne(
    "Déposé le",
    lambda projet: cellule(day_of(projet.depose_at), libelle="Déposé le"),
    (("Déposé le", lambda projet: civil_day(projet.depose_at)),),
    tri="depot",
    ordre=("depose_at",),
    sens=("plus anciens d’abord", "plus récents d’abord"),
    decroissant=True,
)
ETAT = Colonne(
    "État",
    _etat,
    (
        ("État", lambda projet: projet.get_etat_display()),
        ("À vérifier", lambda projet: "oui" if projet.a_verifier_at else ""),
    ),
    tri="etat",
    ordre=("rang", "-depose_at"),
    calcule={"rang": rank_of("etat", ETATS)},
    sens=("du dépôt à la décision", "de la décision au dépôt"),
)

urlpatterns: list[URLPattern] = [path("projets-de-sante/", ProjetsView.as_view(), name="projets")]
