"""In whose name a person acts, and within which dates: memberships, mandates, delegations, absences.

Dates are legal days. `fin_le` of a mandate, a delegation or an absence is its last day; `fin_le` of a
membership is the first day without access, so that a removal has effect at once.
"""

from datetime import date
from typing import Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.fields.ranges import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from accounts.models.organisations import Organisation
from accounts.states import Droit, Genre, QualiteMandat


def one_key(name: str) -> Func:
    """A key as a range of one value: exclusion on it needs no extension of PostgreSQL."""
    return Func(F(name), F(name), Value("[]"), function="int8range")


def days(first: str, last: str, bounds: str) -> Func:
    return Func(F(first), F(last), Value(bounds), function="daterange", output_field=DateRangeField())


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self, *, on: date) -> Self:
        """Those that give access on that day."""
        return self.filter(Q(fin_le__isnull=True) | Q(fin_le__gt=on), debut_le__lte=on)


class Membership(models.Model):
    """A person acts for an organisation, with rights. Changing rights closes the row and opens another."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships", verbose_name="personne"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="memberships", verbose_name="organisation"
    )
    fonction = models.CharField("fonction", max_length=120, blank=True)
    droits = ArrayField(models.CharField(max_length=20, choices=Droit), verbose_name="droits", default=list, blank=True)
    representant_legal = models.BooleanField("représentant légal", default=False)
    debut_le = models.DateField("membre depuis le")
    fin_le = models.DateField("n’est plus membre à compter du", null=True, blank=True)
    ajoute_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    retire_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "appartenance"
        verbose_name_plural = "appartenances"
        constraints = [
            models.CheckConstraint(
                condition=Q(fin_le__isnull=True) | Q(fin_le__gte=F("debut_le")),
                name="membership_dates",
                violation_error_message="La fin ne peut pas précéder le début.",
            ),
            models.CheckConstraint(
                condition=Q(droits__contained_by=list(Droit.values)),
                name="membership_droits_known",
                violation_error_message="Un de ces droits n’existe pas.",
            ),
            ExclusionConstraint(
                name="membership_one_at_a_time",
                expressions=[
                    (one_key("user_id"), RangeOperators.OVERLAPS),
                    (one_key("organisation_id"), RangeOperators.OVERLAPS),
                    (days("debut_le", "fin_le", "[)"), RangeOperators.OVERLAPS),
                ],
                violation_error_message="Cette personne est déjà membre de cette organisation.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.organisation_id}"

    @property
    def droits_en_mots(self) -> str:
        """The rights as a person reads them: "Rédiger, Déposer"."""
        return ", ".join(droit.label for droit in Droit if droit in self.droits)


class MandatQuerySet(models.QuerySet["Mandat"]):
    def active(self, *, on: date) -> Self:
        return self.filter(Q(fin_le__isnull=True) | Q(fin_le__gte=on), debut_le__lte=on)


class Mandat(models.Model):
    """The dated mandate by which a person gives the opinion of a URPS."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="mandats", verbose_name="personne"
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="mandats",
        verbose_name="URPS",
        limit_choices_to={"genre": Genre.URPS},
    )
    qualite = models.CharField("qualité", max_length=10, choices=QualiteMandat)
    debut_le = models.DateField("du")
    fin_le = models.DateField("au", null=True, blank=True)

    objects = MandatQuerySet.as_manager()

    class Meta:
        verbose_name = "mandat"
        verbose_name_plural = "mandats"
        constraints = [
            models.CheckConstraint(
                condition=Q(fin_le__isnull=True) | Q(fin_le__gte=F("debut_le")),
                name="mandat_dates",
                violation_error_message="La fin ne peut pas précéder le début.",
            ),
            ExclusionConstraint(
                name="mandat_one_at_a_time",
                expressions=[
                    (one_key("user_id"), RangeOperators.OVERLAPS),
                    (one_key("organisation_id"), RangeOperators.OVERLAPS),
                    (days("debut_le", "fin_le", "[]"), RangeOperators.OVERLAPS),
                ],
                violation_error_message="Cette personne a déjà un mandat de cette URPS à ces dates.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_qualite_display()} : {self.user_id} @ {self.organisation_id}"


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def active(self, *, on: date) -> Self:
        return self.filter(Q(fin_le__isnull=True) | Q(fin_le__gte=on), debut_le__lte=on)


class Delegation(models.Model):
    """A dated delegation of signature: its object, its ceiling in euros (none = unlimited), its act."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="delegations", verbose_name="personne"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="delegations", verbose_name="organisation"
    )
    objet = models.CharField("objet", max_length=200)
    plafond = models.DecimalField("plafond en euros", max_digits=12, decimal_places=2, null=True, blank=True)
    acte = models.CharField("acte de délégation", max_length=200)
    debut_le = models.DateField("du")
    fin_le = models.DateField("au", null=True, blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = "délégation de signature"
        verbose_name_plural = "délégations de signature"
        constraints = [
            models.CheckConstraint(
                condition=Q(fin_le__isnull=True) | Q(fin_le__gte=F("debut_le")),
                name="delegation_dates",
                violation_error_message="La fin ne peut pas précéder le début.",
            ),
            models.CheckConstraint(
                condition=Q(plafond__isnull=True) | Q(plafond__gt=0),
                name="delegation_plafond",
                violation_error_message="Le plafond est un montant positif.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.objet} : {self.user_id} @ {self.organisation_id}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def on(self, day: date) -> Self:
        return self.filter(du_le__lte=day, au_le__gte=day)


class Absence(models.Model):
    """Days on which a person is away, both ends included, and who stands in."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="absences", verbose_name="personne"
    )
    du_le = models.DateField("du")
    au_le = models.DateField("au")
    remplacant = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="remplacements",
        verbose_name="remplaçant",
    )

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = "absence"
        verbose_name_plural = "absences"
        constraints = [
            models.CheckConstraint(
                condition=Q(au_le__gte=F("du_le")),
                name="absence_dates",
                violation_error_message="Le dernier jour ne peut pas précéder le premier.",
            ),
            models.CheckConstraint(
                condition=Q(remplacant__isnull=True) | ~Q(remplacant=F("user")),
                name="absence_remplacant",
                violation_error_message="On ne se remplace pas soi-même.",
            ),
            ExclusionConstraint(
                name="absence_one_at_a_time",
                expressions=[
                    (one_key("user_id"), RangeOperators.OVERLAPS),
                    (days("du_le", "au_le", "[]"), RangeOperators.OVERLAPS),
                ],
                violation_error_message="Une absence est déjà notée à ces dates.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} : {self.du_le} – {self.au_le}"
