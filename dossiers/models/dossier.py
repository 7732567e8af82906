"""The file of a CPTS: the thread from the first contact to the contract."""

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q

from dossiers.states import EtatDossier, MotifAcces, Visibilite

if TYPE_CHECKING:
    from accounts.acteur import Acteur


class DossierQuerySet(models.QuerySet["Dossier"]):
    """Perimeters live here: a file that is not yours is not in the queryset, hence a 404."""

    def visible_to(self, acteur: "Acteur | None") -> "DossierQuerySet":
        """The files `acteur` may open, in the capacity it acts in; none for nobody and for unknown capacities."""
        return self.filter(perimeter(acteur))


def perimeter(acteur: "Acteur | None", at: str = "") -> Q:
    """The one rule of who opens which file, as a condition on a dossier, or on what refers to one (`at="dossier__"`).

    A condition joins where `dossier__in` nests: with 10 000 files PostgreSQL plans such a page twenty times faster.
    """
    if acteur is None or acteur.membership is None:
        return NOTHING
    if acteur.genre == "association":
        return _at(at, association=acteur.organisation_id)
    if acteur.genre == "guichet":
        return _at(at, region=acteur.region) & (~_at(at, visibilite=Visibilite.PORTEUR) | _invited(acteur, at))
    if acteur.genre in ("ars", "dd_ars", "cpam", "msa", "elsm"):
        return transmitted_to(acteur, at) | _let_in(acteur, at)
    return _let_in(acteur, at) if acteur.genre == "urps" else NOTHING


def transmitted_to(acteur: "Acteur", at: str = "") -> Q:
    """The files sent to the ARS and the Assurance Maladie, in the départements of the body one acts for."""
    found = _at(at, region=acteur.region, visibilite=Visibilite.ARS)
    return found & _at(at, departements__overlap=sorted(acteur.departements)) if acteur.departements else found


NOTHING = Q(pk__in=[])


def _let_in(acteur: "Acteur", at: str) -> Q:
    """The files this body is, or was, asked about: an opinion, or money."""
    let_in = AccesDossier.objects.filter(dossier=models.OuterRef(f"{at}pk"), organisation=acteur.organisation_id)
    return Q(models.Exists(let_in))


def _at(at: str, **conditions: object) -> Q:
    return Q(**{f"{at}{name}": value for name, value in conditions.items()})


def _invited(acteur: "Acteur", at: str) -> Q:
    invited = ConseillerInvite.objects.filter(dossier=models.OuterRef(f"{at}pk"), user=acteur.user, retire_at=None)
    return Q(models.Exists(invited))


class Dossier(models.Model):
    """One CPTS in the making. `reference` is given at the first deposit; the département pilote leads."""

    reference = models.CharField("référence", max_length=24, null=True, unique=True)  # noqa: DJ001 - unique once given
    nom = models.CharField("nom de la CPTS", max_length=160)
    nom_normalise = models.CharField(max_length=200, help_text="Unaccented, lower case: for sorting.")
    recherche = models.TextField(blank=True, help_text="Names and reference as unaccented words: for searching.")
    association = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="dossiers")
    region = models.CharField(max_length=3)
    departement_pilote = models.ForeignKey("territories.Departement", models.PROTECT, null=True, related_name="+")
    departements = ArrayField(models.CharField(max_length=3), default=list)
    etat = models.CharField(max_length=12, choices=EtatDossier.choices, default=EtatDossier.OUVERT)
    visibilite = models.CharField(max_length=10, choices=Visibilite.choices, default=Visibilite.PORTEUR)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = DossierQuerySet.as_manager()

    class Meta:
        verbose_name = "dossier"
        indexes = [
            GinIndex(fields=["departements"], name="dossier_departements"),
            models.Index(fields=["region", "visibilite"], name="dossier_perimetre"),
            models.Index(fields=["nom_normalise"], name="dossier_nom"),
            GinIndex(SearchVector("recherche", config="simple"), name="dossier_recherche"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(visibilite=Visibilite.PORTEUR) | Q(reference__isnull=False),
                name="dossier_lu_hors_association_a_une_reference",
                violation_error_message="Un dossier déposé porte une référence.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="reference_donnee_une_fois",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__reference__isnull=False)
                & pgtrigger.Q(old__reference__df=pgtrigger.F("new__reference")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.nom} ({self.reference or 'brouillon'})"


class AccesDossier(models.Model):
    """A body that opens the file while and after it is consulted, or because it is asked for money."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="acces")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    motif = models.CharField(max_length=12, choices=MotifAcces.choices)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "accès à un dossier"
        constraints = [
            models.UniqueConstraint(fields=["dossier", "organisation", "motif"], name="acces_une_fois"),
        ]
        indexes = [models.Index(fields=["organisation", "dossier"], name="acces_organisation")]

    def __str__(self) -> str:
        return f"{self.organisation_id} → {self.dossier_id}"


class ConseillerInvite(models.Model):
    """An adviser of the Guichet whom the association invited to read its draft and comment on it."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="conseillers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    invite_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    retire_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "user"],
                condition=Q(retire_at=None),
                name="conseiller_invite_une_fois",
                violation_error_message="Cette personne est déjà invitée.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.dossier}"


class Numerotation(models.Model):
    """Last number given under a key (région-département-year): numbers without a gap, safe under a race."""

    cle = models.CharField(max_length=24, primary_key=True)
    dernier = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.cle} : {self.dernier}"
