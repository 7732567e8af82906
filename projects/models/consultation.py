"""Asking bodies for their opinion on a letter, and what each answers."""

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.states import Genre
from dossiers.models import Dossier
from guichet.kernel.journal import Evenement
from projects.lifecycles import AVIS
from projects.models.lettre import LettreIntention
from projects.models.projet import ProjetSante
from projects.states import EtatAvis, EtatLettre, EtatProjet, NatureConsultation, SensAvis

if TYPE_CHECKING:
    from accounts.acteur import Acteur

OUVERTE_QUAND: dict[NatureConsultation, tuple[str, ...]] = {
    NatureConsultation.GUICHET: (EtatLettre.EN_CONSULTATION,),
    NatureConsultation.AM: (EtatLettre.TRANSMISE,),
    NatureConsultation.PROJET: (EtatProjet.DEPOSE, EtatProjet.INCOMPLET),
}
"""The states of the letter, or of the project, while a consultation takes answers."""

REPONSES = (EtatAvis.RENDU, EtatAvis.ABSTENTION, EtatAvis.DEPORT)


class Consultation(models.Model):
    """One consultation on a letter or a projet de santé. The quorum counts the URPS only. `limite_le` is the last day
    asked; answers are taken until the synthesis, the transmission or, on a project, the decision or the silence. `sens`
    and `synthese` are the opinion of the Guichet on a letter, once given.
    """

    lettre = models.ForeignKey(LettreIntention, models.PROTECT, null=True, related_name="consultations")
    projet = models.OneToOneField(ProjetSante, models.PROTECT, null=True, related_name="consultation")
    nature = models.CharField(max_length=10, choices=NatureConsultation.choices)
    ouverte_at = models.DateTimeField()
    ouverte_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    limite_le = models.DateField("à rendre pour le")
    quorum = models.PositiveSmallIntegerField(default=0)
    sens = models.CharField(max_length=24, choices=SensAvis.choices, blank=True)
    synthese = models.JSONField("synthèse", default=dict, help_text="Per criterion, and `conclusion`.")
    rendue_at = models.DateTimeField(null=True)
    relances = models.PositiveSmallIntegerField("relances", default=0)
    relancee_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "consultation"
        indexes = [models.Index(fields=["nature", "limite_le", "id"], name="consultation_limite")]
        constraints = [
            models.UniqueConstraint(fields=["lettre", "nature"], name="consultation_une_par_nature"),
            models.CheckConstraint(
                condition=Q(nature=NatureConsultation.PROJET, lettre__isnull=True, projet__isnull=False)
                | (~Q(nature=NatureConsultation.PROJET) & Q(lettre__isnull=False, projet__isnull=True)),
                name="consultation_sur_une_etape",
            ),
            models.CheckConstraint(
                condition=Q(rendue_at__isnull=True) ^ ~Q(sens=""), name="consultation_rendue_a_un_sens"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} · {self.lettre_id or self.projet_id}"

    def ouverte_en(self, etat: str) -> bool:
        """Whether answers are taken while the letter, or the project, is in that state."""
        return etat in OUVERTE_QUAND[NatureConsultation(self.nature)]

    def fermeture(self) -> str:
        """ "" while answers are taken, else why not. Reads the step, which the caller's lock on the file holds."""
        about = LettreIntention.objects.filter(pk=self.lettre_id)
        steps = ProjetSante.objects.filter(pk=self.projet_id) if self.projet_id else about
        etat = steps.values_list("etat", flat=True).get()
        if self.ouverte_en(etat):
            return ""
        label = EtatProjet(etat).label if self.projet_id else EtatLettre(etat).label
        label = label[0].lower() + label[1:]
        what = "le projet de santé" if self.projet_id else "la lettre"
        return f"La consultation est close\u00a0: {what} est «\u00a0{label}\u00a0». Aucun avis n’est plus reçu."


class AvisQuerySet(models.QuerySet["Avis"]):
    def of_body(self, acteur: "Acteur | None") -> "AvisQuerySet":
        """The opinions asked of the body one acts for; none for an association or nobody."""
        if acteur is None or not acteur.est_agent:
            return self.none()
        return self.filter(organisation=acteur.organisation_id)

    def compte_au_quorum(self) -> "AvisQuerySet":
        return self.filter(organisation__genre=Genre.URPS)


class Avis(models.Model):
    """The opinion of one body in one consultation. `criteres`: code to {"note", "commentaire"}."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="avis")
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="avis")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    etat = models.CharField(max_length=14, choices=EtatAvis.choices, default=EtatAvis.ATTENDU)
    sens = models.CharField(max_length=24, choices=SensAvis.choices, blank=True)
    criteres = models.JSONField("critères", default=dict)
    commentaire = models.TextField(blank=True)
    conflit = models.TextField("lien déclaré", blank=True)
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    qualite = models.CharField("qualité", max_length=300, blank=True)
    rendu_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)
    seance = models.ForeignKey("projects.Seance", models.PROTECT, null=True, related_name="avis")

    objects = AvisQuerySet.as_manager()

    class Meta:
        verbose_name = "avis"
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "organisation"],
                name="avis_un_par_organisme",
                violation_error_message="Cet organisme est déjà consulté.",
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatAvis.RENDU) | (~Q(sens="") & Q(rendu_at__isnull=False)),
                name="avis_rendu_a_un_sens",
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatAvis.DEPORT) | ~Q(conflit=""),
                name="avis_deport_declare",
                violation_error_message="Un déport dit quel lien l’explique.",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "etat"], name="avis_organisme"),
            models.Index(fields=["dossier"], name="avis_dossier"),
            models.Index(
                "organisation",
                F("rendu_at").desc(nulls_last=True),
                F("id").desc(),
                condition=Q(etat__in=REPONSES),
                name="avis_donnes",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="cycle_avis", field="etat", transitions=AVIS.pairs()),
            pgtrigger.Protect(
                name="avis_organisme_fixe",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__organisation_id__df=pgtrigger.F("new__organisation_id"))
                | pgtrigger.Q(old__consultation_id__df=pgtrigger.F("new__consultation_id"))
                | pgtrigger.Q(old__dossier_id__df=pgtrigger.F("new__dossier_id")),
            ),
            pgtrigger.Protect(
                name="avis_donne_fixe",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__etat__in=[e.value for e in REPONSES], old__etat=pgtrigger.F("new__etat"))
                & (
                    pgtrigger.Q(old__sens__df=pgtrigger.F("new__sens"))
                    | pgtrigger.Q(old__criteres__df=pgtrigger.F("new__criteres"))
                    | pgtrigger.Q(old__commentaire__df=pgtrigger.F("new__commentaire"))
                    | pgtrigger.Q(old__conflit__df=pgtrigger.F("new__conflit"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"Avis {self.organisation_id} · {self.get_etat_display()}"


class EvenementAvis(Evenement):
    avis = models.ForeignKey(Avis, models.PROTECT, related_name="evenements")
