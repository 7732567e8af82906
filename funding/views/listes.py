"""The requests for money of the desks, those whose last day is the nearest first."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse

from accounts.states import Genre
from dossiers.selectors.listes import rank_of, running_day
from dossiers.views.choix import Cellule, Colonne, Filtre, cellule, cellule_delai, filtre_charge, jour_delai
from dossiers.views.listes import ListeView
from funding.models import DemandeFir
from funding.selectors.listes import ETATS, ending, funders, requests_joined, requests_listed
from funding.states import EtatDemandeFir
from funding.views import presenters
from guichet.kernel.civil import civil_day
from guichet.kernel.money import euros

ECHEANCES = [("7", "7 jours au plus"), ("15", "15 jours au plus"), ("30", "30 jours au plus")]


class DemandesView(ListeView):
    """What the Guichet follows, what the ARS and the Assurance Maladie received, what is asked of a URPS."""

    regle = "demandes.lister"
    adresse = "funding:demandes"
    model = DemandeFir
    titre = "Demandes de subvention"
    mots = ("Aucune demande", "demande", "demandes")
    tri_defaut = "dernier-jour"
    vide = (
        "Aucune demande pour l’instant",
        "Les demandes de subvention arrivent ici dès leur transmission, avec le dernier jour pour répondre.",
    )

    def rows(self, request: HttpRequest) -> QuerySet[DemandeFir]:
        return requests_listed(request.acteur)

    def joined(self, request: HttpRequest, rows: QuerySet[DemandeFir]) -> QuerySet[DemandeFir]:
        return requests_joined(rows)

    def colonnes(self, request: HttpRequest) -> list[Colonne]:
        followed = [FINANCEUR] if request.acteur.genre == Genre.GUICHET else []
        return [CPTS, *followed, MONTANT, ETAT, _delai(request)]

    def filtres(self, request: HttpRequest) -> list[Filtre]:
        acteur, jour = request.acteur, civil_day(request.now)
        found = [
            Filtre("etat", "État", [(etat.value, etat.label) for etat in ETATS], lambda rows, v: rows.filter(etat=v)),
            Filtre(
                "echeance",
                "Échéance",
                ECHEANCES,
                lambda rows, v: ending(rows, within=int(v), on=jour),
                tous="Toutes",
            ),
            filtre_charge(acteur, jour),
        ]
        if acteur.genre == Genre.GUICHET:
            options = [(body.code, body.nom) for body in funders(acteur.region)]
            found.insert(2, Filtre("financeur", "Financeur", options, lambda rows, v: rows.filter(financeur__code=v)))
        return found


def _cpts(demande: DemandeFir) -> Cellule:
    url = reverse("funding:demande", args=[demande.pk])
    return cellule(demande.dossier.nom, url=url, note=demande.dossier.reference or "")


def _montant(demande: DemandeFir) -> Cellule:
    given = f"{euros(demande.montant_accorde)} accordés" if demande.montant_accorde else ""
    return cellule(f"{euros(demande.montant_demande)}", note=given, libelle="Montant demandé", classe="number")


def _etat(demande: DemandeFir) -> Cellule:
    return cellule(demande.get_etat_display(), ton=presenters.tag_of(demande)["ton"], libelle="État")


def _delai(request: HttpRequest) -> Colonne:
    """The last day of the period while it runs, as the clock of the page says it."""
    jour = civil_day(request.now)
    return Colonne(
        "Dernier jour",
        lambda demande: cellule_delai(demande.delai, jour=jour, suspendu=demande.etat == EtatDemandeFir.INCOMPLETE),
        (("Dernier jour", lambda demande: jour_delai(demande.delai)),),
        tri="dernier-jour",
        ordre=("dernier_jour",),
        calcule={"dernier_jour": running_day("delai__")},
        sens=("le plus proche d’abord", "le plus lointain d’abord"),
        peut_manquer=True,
    )


CPTS = Colonne(
    "CPTS",
    _cpts,
    (("CPTS", lambda demande: demande.dossier.nom), ("Référence", lambda demande: demande.dossier.reference)),
    tri="nom",
    ordre=("dossier__nom_normalise",),
)
FINANCEUR = Colonne(
    "Financeur",
    lambda demande: cellule(demande.financeur.nom, libelle="Financeur"),
    (("Financeur", lambda demande: demande.financeur.nom),),
)
MONTANT = Colonne(
    "Montant demandé",
    _montant,
    (
        ("Montant demandé", lambda demande: demande.montant_demande),
        ("Montant accordé", lambda demande: demande.montant_accorde),
    ),
    tri="montant",
    ordre=("montant_demande",),
    sens=("du plus petit au plus grand", "du plus grand au plus petit"),
    decroissant=True,
    classe="number",
)
ETAT = Colonne(
    "État",
    _etat,
    (("État", lambda demande: demande.get_etat_display()),),
    tri="etat",
    ordre=("rang", "-deposee_at"),
    calcule={"rang": rank_of("etat", ETATS)},
    sens=("du dépôt à la décision", "de la décision au dépôt"),
)

urlpatterns: list[URLPattern] = [path("demandes/", DemandesView.as_view(), name="demandes")]
