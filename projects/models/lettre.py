"""The letter of intent: one attempt of a file, written section by section."""

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from dossiers.models import ConseillerInvite, Dossier, Section, Territoire
from dossiers.models.dossier import perimeter
from dossiers.states import EtatSection
from funding.models import DemandeFir
from guichet.kernel.journal import Evenement
from projects.lifecycles import LETTRE
from projects.sections import RUBRIQUES
from projects.states import EtatLettre

if TYPE_CHECKING:
    from accounts.acteur import Acteur

EN_COURS = (
    EtatLettre.BROUILLON,
    EtatLettre.DEPOSEE,
    EtatLettre.INCOMPLETE,
    EtatLettre.EN_CONSULTATION,
    EtatLettre.AVIS_RENDU,
    EtatLettre.TRANSMISE,
)


class LettreQuerySet(models.QuerySet["LettreIntention"]):
    def visible_to(self, acteur: "Acteur | None") -> "LettreQuerySet":
        """The letters `acteur` may open, within the files it may open: all those of its association; for the others,
        those deposited and the drafts of the files it is invited to. A file once deposited may hold a new draft.
        """
        found = self.filter(perimeter(acteur, "dossier__"))
        if acteur is None or acteur.genre == "association":
            return found
        invited = ConseillerInvite.objects.filter(dossier=OuterRef("dossier"), user=acteur.user, retire_at=None)
        return found.filter(Q(deposee_at__isnull=False) | Q(Exists(invited)))


class LettreIntention(models.Model):
    """One attempt; a file has at most one in progress. `sans_demande` says "sans demande FIR"; otherwise `demande`
    is deposited and withdrawn with the letter. `territoire` is the version frozen at deposit.
    """

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="lettres")
    etat = models.CharField(max_length=20, choices=EtatLettre.choices, default=EtatLettre.BROUILLON)
    demande = models.OneToOneField(DemandeFir, models.PROTECT, null=True, related_name="lettre")
    sans_demande = models.BooleanField(default=False)
    territoire = models.ForeignKey(Territoire, models.PROTECT, null=True, related_name="+")
    copie_de = models.ForeignKey("self", models.PROTECT, null=True, related_name="copies")
    deposee_at = models.DateTimeField(null=True)
    deposee_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = LettreQuerySet.as_manager()

    class Meta:
        verbose_name = "lettre d’intention"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(etat__in=EN_COURS),
                name="lettre_une_en_cours",
                violation_error_message="Une lettre est déjà en cours pour ce dossier.",
            ),
            models.CheckConstraint(
                condition=Q(etat__in=[EtatLettre.BROUILLON, EtatLettre.RETIREE])
                | Q(deposee_at__isnull=False, territoire__isnull=False),
                name="lettre_deposee_datee_avec_territoire",
            ),
        ]
        indexes = [
            models.Index(fields=["etat", "deposee_at"], name="lettre_etat_depot"),
            models.Index(fields=["-deposee_at", "-id"], condition=Q(deposee_at__isnull=False), name="lettre_depot"),
        ]
        triggers = [
            pgtrigger.FSM(name="cycle_lettre", field="etat", transitions=LETTRE.pairs()),
            pgtrigger.Protect(
                name="lettre_deposee_fixee",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__deposee_at__isnull=False, old__etat=pgtrigger.F("new__etat"))
                & (
                    pgtrigger.Q(old__deposee_at__df=pgtrigger.F("new__deposee_at"))
                    | pgtrigger.Q(old__deposee_par_id__df=pgtrigger.F("new__deposee_par_id"))
                    | pgtrigger.Q(old__territoire_id__df=pgtrigger.F("new__territoire_id"))
                    | pgtrigger.Q(old__dossier_id__df=pgtrigger.F("new__dossier_id"))
                ),
            ),
        ]

    def empechement_depot(self) -> str:
        """ "" when the letter may be deposited, else what is missing, in one French sentence (one query)."""
        blocking = {r.cle: r.titre for r in RUBRIQUES if r.bloquante}
        complete = set(self.sections.filter(etat=EtatSection.COMPLET).values_list("cle", flat=True))
        missing = [f"«\u00a0{titre}\u00a0»" for cle, titre in blocking.items() if cle not in complete]
        if missing:
            return f"Il reste à compléter\u00a0: {', '.join(missing)}."
        if self.demande_id is None and not self.sans_demande:
            return "Dites, dans «\u00a0Le financement\u00a0», si une demande de subvention part avec la lettre."
        return ""

    def __str__(self) -> str:
        return f"Lettre d’intention de {self.dossier}"


class EvenementLettre(Evenement):
    lettre = models.ForeignKey(LettreIntention, models.PROTECT, related_name="evenements")


class SectionLettre(Section):
    lettre = models.ForeignKey(LettreIntention, models.CASCADE, related_name="sections")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lettre", "cle"], name="section_lettre_unique")]
        triggers = [
            pgtrigger.Trigger(
                name="section_lettre_gelee",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                declare=[("tenue", "text")],
                func="""
                    SELECT etat INTO tenue FROM projects_lettreintention WHERE id = OLD.lettre_id;
                    IF tenue NOT IN ('brouillon', 'incomplete') THEN
                        RAISE EXCEPTION 'Une lettre déposée ne se modifie plus.' USING ERRCODE = 'check_violation';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]
