"""The letter of intent: one attempt of a file, written section by section."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.states import Genre
from dossiers.models import ConseillerInvite, Dossier, Section, Territoire
from dossiers.models.dossier import NOTHING, perimeter, transmitted_to
from dossiers.selectors.reglages import valeur
from dossiers.states import EtatSection
from funding.models import DemandeFir
from guichet.kernel.civil import ONE_DAY, civil_day, date_longue
from guichet.kernel.journal import Evenement, Origine
from projects.lifecycles import LETTRE
from projects.pairs import trigger_body
from projects.sections import RUBRIQUES
from projects.states import EtatAvis, EtatLettre, ModeValidation, NatureConsultation

if TYPE_CHECKING:
    from accounts.acteur import Acteur
    from projects.models.consultation import Consultation

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
        """The letters `acteur` may open, within the files it may open: all those of its association; for the Guichet,
        those deposited and the drafts of the files it is invited to; for the ARS and the Assurance Maladie, those sent
        to them; for any body, those on which it is, or was, consulted. A file once deposited may hold a new draft.
        """
        if acteur is None or acteur.membership is None:
            return self.none()
        if acteur.est_agent and acteur.genre != "guichet":
            return self.filter(_sent_to(acteur) | _asked_of(acteur))
        found = self.filter(perimeter(acteur, "dossier__"))
        if acteur.genre == "association":
            return found
        invited = ConseillerInvite.objects.filter(dossier=OuterRef("dossier"), user=acteur.user, retire_at=None)
        return found.filter(Q(deposee_at__isnull=False) | Q(Exists(invited)))


def _sent_to(acteur: "Acteur") -> Q:
    if acteur.genre == Genre.URPS:
        return NOTHING
    return Q(transmise_at__isnull=False) & transmitted_to(acteur, "dossier__")


def _asked_of(acteur: "Acteur") -> Q:
    asked = apps.get_model("projects", "Avis").objects.filter(
        consultation__lettre=OuterRef("pk"), organisation=acteur.organisation_id
    )
    return Q(Exists(asked))


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
    origine = models.CharField(max_length=10, choices=Origine.choices, default=Origine.PORTAIL)
    transmise_at = models.DateTimeField(null=True)
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
            models.CheckConstraint(
                condition=~Q(etat__in=[EtatLettre.TRANSMISE, EtatLettre.VALIDEE, EtatLettre.REFUSEE])
                | Q(transmise_at__isnull=False),
                name="lettre_transmise_datee",
            ),
        ]
        indexes = [
            models.Index(fields=["etat", "deposee_at"], name="lettre_etat_depot"),
            models.Index(
                fields=["transmise_at", "id"], condition=Q(etat=EtatLettre.TRANSMISE), name="lettre_a_decider"
            ),
            models.Index(fields=["-deposee_at", "-id"], condition=Q(deposee_at__isnull=False), name="lettre_depot"),
        ]
        triggers = [
            pgtrigger.FSM(name="cycle_lettre", field="etat", transitions=LETTRE.pairs()),
            pgtrigger.Trigger(
                name="lettre_et_demande",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                declare=[("paire", "record")],
                func=trigger_body().format(which="l.id = NEW.id"),
            ),
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

    def consultation_du_guichet(self) -> "Consultation | None":
        """The consultation of the URPS and the other bodies, once opened."""
        return next((held for held in self.consultations.all() if held.nature == NatureConsultation.GUICHET), None)

    def empechement_synthese(self, le: date) -> str:
        """ "" once the quorum is reached or the due date passed, else what is still awaited."""
        consultation = self.consultation_du_guichet()
        if consultation is None:
            return "Aucune consultation n’est ouverte."
        if le > consultation.limite_le:
            return ""
        etats = list(consultation.avis.compte_au_quorum().values_list("etat", flat=True))
        reached, needed = quorum(etats, consultation.quorum)
        if reached >= needed:
            return ""
        return (
            f"Le quorum n’est pas atteint ({reached} réponses d’URPS sur {needed}) et la date limite, le "
            f"{date_longue(consultation.limite_le)}, n’est pas passée."
        )

    def empechement_saisine(self, le: date) -> str:
        """ "" once the Guichet has had its time to transmit since the first deposit (`saisine_directe_jours`)."""
        jours = valeur("saisine_directe_jours", on=le, defaut=None)
        if jours is None or self.deposee_at is None:
            return "La région n’a pas fixé le délai au bout duquel l’ARS se saisit directement."
        first = self.evenements.filter(cible=EtatLettre.DEPOSEE).order_by("recorded_at", "id").first()
        since = first.prend_effet_le if first else civil_day(self.deposee_at)
        possible = since + ONE_DAY * jours
        return "" if le >= possible else f"Vous pourrez saisir l’ARS directement à partir du {date_longue(possible)}."

    def validation_confirmee(self) -> bool:
        """Whether the Assurance Maladie confirmed the validation since the letter was transmitted."""
        return self.evenements.filter(action="confirmer_validation").exists()

    def empechement_confirmation(self, le: date) -> str:
        """ "" where the region decides jointly and the Assurance Maladie has not confirmed yet."""
        if valeur("mode_validation_lettre", on=le, defaut=ModeValidation.ARS.value) != ModeValidation.CONJOINTE:
            return "La région ne demande pas à l’Assurance Maladie de confirmer la validation."
        return "La validation est déjà confirmée." if self.validation_confirmee() else ""

    def empechement_validation(self, le: date) -> str:
        """ "" when the mode of the region is satisfied (`mode_validation_lettre`)."""
        mode = valeur("mode_validation_lettre", on=le, defaut=ModeValidation.ARS.value)
        if mode == ModeValidation.CONJOINTE and not self.validation_confirmee():
            return "La région valide les lettres avec l’Assurance Maladie : sa confirmation manque encore."
        return ""

    def __str__(self) -> str:
        return f"Lettre d’intention de {self.dossier}"


def quorum(etats: Sequence[str], demande: int) -> tuple[int, int]:
    """Answers that count and answers needed, among the states of the opinions of the URPS.

    Given and abstentions count; a déport lowers the number of those asked (lifecycle of the opinions).
    """
    counted = sum(etat in (EtatAvis.RENDU, EtatAvis.ABSTENTION) for etat in etats)
    return counted, min(demande, len(etats) - sum(etat == EtatAvis.DEPORT for etat in etats))


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
