"""The projet de santé: one attempt of a file, with its own clock; frozen as a version at each deposit."""

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.states import Genre
from dossiers.models import (
    ConseillerInvite,
    Decision,
    Delai,
    Dossier,
    MouvementDelai,
    OuvertureDecision,
    Piece,
    PieceDemandee,
    Section,
    Territoire,
)
from dossiers.models.dossier import perimeter, transmitted_to
from dossiers.selectors.delais import echeance_of, ledger_read
from dossiers.states import EtatDecision, EtatPieceDemandee, EtatSection, NatureDecision, NatureMouvement
from guichet.kernel.civil import civil_day, date_longue
from guichet.kernel.deadlines import Depart, Echeance, Ledger, Regime, compute, consolidation
from guichet.kernel.journal import Evenement, Origine
from guichet.kernel.triggers import changed, state_follows_journal
from projects.lifecycles import DEMANDES, PROJET
from projects.models.lettre import LettreIntention
from projects.rubriques_projet import FICHE_DOCUMENT, IDENTITE, RUBRIQUES_PROJET, TERRITOIRE, is_fiche
from projects.states import EtatProjet, FormeProjet

if TYPE_CHECKING:
    from accounts.acteur import Acteur

EN_COURS = (EtatProjet.BROUILLON, EtatProjet.DEPOSE, EtatProjet.INCOMPLET)
DEPOSES = tuple(etat for etat in EtatProjet if etat not in (EtatProjet.BROUILLON, EtatProjet.RETIRE))
VALIDES = (EtatProjet.VALIDE, EtatProjet.VALIDE_TACITEMENT)

POINT_DE_RECEPTION = "point_de_reception"
"""Dated setting: `portail` (the deposit is the receipt by the ARS) or `constat` (the ARS notes it)."""
NOTIFICATION = "notification_portail"
"""Dated setting: `mise_a_disposition` or `premiere_consultation` (CRPA R112-20)."""
JOURS_SANS_OUVERTURE = 15
"""Days after which what nobody opened is held received at its availability date (CRPA R112-20)."""
RECEPTION_A_CONSTATER = "Constatez d’abord la réception du projet\u00a0: aucun délai ne court encore."


class ProjetQuerySet(models.QuerySet["ProjetSante"]):
    def visible_to(self, acteur: "Acteur | None") -> "ProjetQuerySet":
        """The projects `acteur` may open: all those of its association; for the Guichet, those deposited and the drafts
        of the files it is invited to; for the ARS and the Assurance Maladie, those deposited in their perimeter. A URPS
        opens none: it is not asked about a project.
        """
        if acteur is None or acteur.membership is None or acteur.genre == Genre.URPS:
            return self.none()
        if acteur.genre == Genre.ASSOCIATION:
            return self.filter(perimeter(acteur, "dossier__"))
        if acteur.genre == Genre.GUICHET:
            invited = ConseillerInvite.objects.filter(dossier=OuterRef("dossier"), user=acteur.user, retire_at=None)
            return self.filter(perimeter(acteur, "dossier__"), Q(depose_at__isnull=False) | Q(Exists(invited)))
        return self.filter(transmitted_to(acteur, "dossier__"), depose_at__isnull=False)


class ProjetSante(models.Model):
    """One attempt; a file has at most one in progress. `delai` is the period of the silence, which accepts (CSP
    L1434-12): a new one only when a proof of an earlier request re-opens it. `territoire` is the version frozen at
    deposit; `document` the association's own document, when the project is not written in the portal.

    `a_verifier_at`: a decision was signed by the last day and notified after it; nothing automatic follows.
    """

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="projets")
    etat = models.CharField(max_length=20, choices=EtatProjet.choices, default=EtatProjet.BROUILLON)
    lettre = models.ForeignKey(LettreIntention, models.PROTECT, null=True, related_name="projets")
    copie_de = models.ForeignKey("self", models.PROTECT, null=True, related_name="copies")
    sans_lettre = models.TextField("pourquoi sans lettre", blank=True)
    forme = models.CharField(max_length=10, choices=FormeProjet.choices, default=FormeProjet.RUBRIQUES)
    document = models.ForeignKey(Piece, models.PROTECT, null=True, related_name="+")
    territoire = models.ForeignKey(Territoire, models.PROTECT, null=True, related_name="+")
    delai = models.OneToOneField(Delai, models.PROTECT, null=True, related_name="projet")
    origine = models.CharField(max_length=10, choices=Origine.choices, default=Origine.PORTAIL)
    depose_at = models.DateTimeField(null=True)
    depose_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    a_verifier_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ProjetQuerySet.as_manager()

    class Meta:
        verbose_name = "projet de santé"
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(etat__in=EN_COURS),
                name="projet_un_en_cours",
                violation_error_message="Un projet de santé est déjà en cours pour ce dossier.",
            ),
            models.CheckConstraint(
                condition=Q(etat__in=[EtatProjet.BROUILLON, EtatProjet.RETIRE])
                | Q(depose_at__isnull=False, territoire__isnull=False),
                name="projet_depose_date_avec_territoire",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=[EtatProjet.INCOMPLET, EtatProjet.VALIDE_TACITEMENT]) | Q(delai__isnull=False),
                name="projet_silence_a_un_delai",
            ),
        ]
        indexes = [
            models.Index(fields=["etat", "depose_at"], name="projet_etat_depot"),
            models.Index(fields=["-depose_at", "-id"], condition=Q(depose_at__isnull=False), name="projet_depot"),
        ]
        triggers = [
            pgtrigger.FSM(name="cycle_projet", field="etat", transitions=PROJET.pairs()),
            state_follows_journal("projects_evenementprojet", "projet_id"),
            pgtrigger.Protect(
                name="projet_depose_fixe",
                operation=pgtrigger.Update,
                condition=(
                    changed("depose_at", "depose_par_id", "dossier_id", "document_id", "forme", "origine")
                    | changed("territoire_id") & pgtrigger.Q(old__etat=pgtrigger.F("new__etat"))  # completed anew
                )
                & pgtrigger.Q(old__depose_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="projet_delai_fixe",
                operation=pgtrigger.Update,
                condition=changed("delai_id")
                & pgtrigger.Q(old__delai__isnull=False)
                & ~pgtrigger.Q(
                    old__etat=EtatProjet.VALIDE_TACITEMENT.value, new__etat=EtatProjet.INCOMPLET.value
                ),  # a request proven in time opens it again
            ),
        ]

    def __str__(self) -> str:
        return f"Projet de santé de {self.dossier}"

    def empechement_depot(self) -> str:
        """ "" when the project may be deposited, else what blocks, in one French sentence: the territory, who deposits,
        the project itself. Every other rule is a réserve. Two queries at most.
        """
        etats = dict(self.sections.values_list("cle", "etat"))
        required = {rubrique.cle: rubrique.titre for rubrique in RUBRIQUES_PROJET if rubrique.bloquante}
        if self.forme == FormeProjet.DOCUMENT:
            required = {cle: required[cle] for cle in (IDENTITE, TERRITOIRE)}
            required[FICHE_DOCUMENT] = "La fiche de synthèse"
        missing = [f"«\u00a0{titre}\u00a0»" for cle, titre in required.items() if not is_written(cle, etats.get(cle))]
        if self.forme == FormeProjet.DOCUMENT and self.document_id is None:
            missing.append("votre document")
        if self.forme == FormeProjet.RUBRIQUES and not any(is_written_sheet(cle, etat) for cle, etat in etats.items()):
            missing.append("au moins une fiche-action")
        return f"Il reste à compléter\u00a0: {', '.join(missing)}." if missing else ""

    def hors_delai(self, le: date) -> str:
        """ "" while a decision of the legal day `le` still counts; else why not, and the ways out. A few queries while
        pieces are awaited: what has come counts from its day, whether the association sent it or not.
        """
        if self.delai is None:
            return RECEPTION_A_CONSTATER
        found = self.si_envoye() if self.etat == EtatProjet.INCOMPLET else self.delai
        last, due = (found.dernier_jour, found.echeance_le) if found else (None, None)
        if last is None or due is None or le <= last:
            return ""
        return (
            f"Le dernier jour pour décider était le {date_longue(last)}\u00a0: le silence vaut validation depuis le "
            f"{date_longue(due)}. Si une décision a été signée et notifiée avant, enregistrez-la "
            "avec sa preuve\u00a0; sinon, une validation illégale peut être retirée jusqu’au "
            f"{date_longue(consolidation(last))} (CRPA, article L242-1)."
        )

    def demandes_de_pieces(self) -> list[UUID]:
        """The events by which pieces were asked for about this project, required or useful."""
        return list(
            self.evenements.filter(action__in=DEMANDES).order_by("recorded_at", "id").values_list("pk", flat=True)
        )

    def si_envoye(self) -> Echeance | None:
        """The dates the period gets once what is answered is sent; None while no period was opened. Two queries the
        first time, none after on the same object: a page asks for each of its buttons, an act judges a fresh row.
        """
        if "envoye" not in self.__dict__:
            self.__dict__["envoye"] = self._si_envoye()
        found: Echeance | None = self.__dict__["envoye"]
        return found

    def arrivee(self) -> Echeance | None:
        """The dates of the period where every required piece came and was not sent; None otherwise. As `si_envoye`; no
        query for a row of `with_arrival`, whose dates then tell nothing of the pieces.
        """
        if self.etat != EtatProjet.INCOMPLET:
            return None
        if "arrivee_le" in self.__dict__:
            came = self.__dict__["arrivee_le"]
            return compute(Ledger(regime=Regime.ACCEPTATION, recu_le=came, depart=Depart.RECEPTION)) if came else None
        found = self.si_envoye()
        return found if found and found.dernier_jour else None

    def _si_envoye(self) -> Echeance | None:
        if self.delai is None:
            return None
        lines = ledger_read(self.delai)
        told = {line.piece_id for line in lines if line.nature == NatureMouvement.REPONSE}
        asked = {line.piece_id for line in lines if line.piece_id} - told
        came = PieceDemandee.objects.filter(pk__in=asked, etat=EtatPieceDemandee.REPONDUE, recue_le__isnull=False)
        answers = [
            MouvementDelai(nature=NatureMouvement.REPONSE, le=day, piece_id=pk)
            for pk, day in came.order_by("pk").values_list("pk", "recue_le")
        ]
        return echeance_of(self.delai, lines=lines, plus=answers)

    def silence_pas_encore(self, le: date) -> str:
        """ "" once the silence has spoken on a period that still runs."""
        delai = self.delai
        if delai is None or delai.clos_at is not None:
            return "Aucun délai ne court sur ce projet."
        if delai.echeance_le is None or le < delai.echeance_le:
            return "Le délai de deux mois n’est pas écoulé."
        return ""

    def consolidation_le(self) -> date | None:
        """The last day on which an illegal validation may be withdrawn: four months after the last day of the silence,
        or after the day the express decision was taken, kept on it (CRPA L242-1). One query for an express one.
        """
        if self.etat == EtatProjet.VALIDE_TACITEMENT:
            last = self.delai.dernier_jour if self.delai else None
            return consolidation(last) if last else None
        taken = Decision.objects.filter(
            etape_id=self.pk,
            nature__in=[NatureDecision.VALIDATION_PROJET, NatureDecision.RAPPORT_PROJET],
            etat=EtatDecision.PRISE,
        )
        return taken.order_by("-saisie_at", "-pk").values_list("consolidation_le", flat=True).first()

    def empechement_retrait(self, le: date) -> str:
        last = self.consolidation_le()
        if last is not None and le <= last:
            return ""
        since = f" depuis le {date_longue(last)}" if last else ""
        return f"La validation ne peut plus être retirée pour illégalité{since} (CRPA, article L242-1)."

    def empechement_constat(self) -> str:
        """ "" while no period was opened: the deposit was not the receipt, which the ARS did not note yet."""
        return "La réception est déjà constatée." if self.delai_id is not None else ""

    def empechement_contestation(self) -> str:
        """ "" unless what was asked last is already contested. One query."""
        acts = self.evenements.filter(action__in=(*DEMANDES, "contester_exigence")).order_by("-recorded_at", "-id")
        if acts.values_list("action", flat=True).first() != "contester_exigence":
            return ""
        return "Votre contestation est déjà inscrite\u00a0: l’ARS l’a reçue."

    def opposition_recue_le(self, on: date) -> date | None:
        """The day the opposition in force, made available on the portal, is held received, as seen on the day `on`: its
        first opening by the association, else its availability date once fifteen days have passed (CRPA R112-20); None
        meanwhile. Two queries at most.
        """
        opposition = {
            "etape_id": self.pk,
            "nature": NatureDecision.OPPOSITION_PROJET,
            "etat": EtatDecision.PRISE,
        }
        opened = OuvertureDecision.objects.filter(**{f"decision__{name}": value for name, value in opposition.items()})
        first = opened.order_by("ouverte_at").values_list("ouverte_at", flat=True).first()
        if first:
            return civil_day(first)
        offered = Decision.objects.filter(**opposition).order_by("-saisie_at").values_list("saisie_at", flat=True)
        available = civil_day(offered[0]) if offered else None
        if available and (on - available).days > JOURS_SANS_OUVERTURE:
            return available
        return None


def is_written(cle: str, etat: str | None) -> bool:
    """Who deposits and the territory are complete; of the project itself something is written; the rest is advice."""
    if cle in (IDENTITE, TERRITOIRE):
        return etat == EtatSection.COMPLET
    return etat in (EtatSection.EN_COURS, EtatSection.COMPLET)


def is_written_sheet(cle: str, etat: str) -> bool:
    return is_fiche(cle) and etat != EtatSection.A_COMMENCER


class EvenementProjet(Evenement):
    projet = models.ForeignKey(ProjetSante, models.PROTECT, related_name="evenements")


class SectionProjet(Section):
    """A section A–K, or one fiche-action (`fiche-<n>`)."""

    projet = models.ForeignKey(ProjetSante, models.CASCADE, related_name="sections")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["projet", "cle"], name="section_projet_unique")]
        triggers = [
            pgtrigger.Trigger(
                name="section_projet_gelee",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM projects_projetsante
                         WHERE id IN (OLD.projet_id, NEW.projet_id) AND etat NOT IN ('brouillon', 'incomplet')
                    ) THEN
                        RAISE EXCEPTION 'Un projet déposé ne se modifie plus.' USING ERRCODE = 'check_violation';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]


class VersionProjet(models.Model):
    """What was deposited, frozen: made by a deposit or a completion, never changed.

    `contenu`: {"forme", "parties": [{"cle", "titre", "blocs"}], "reserves": [...], "pieces": [[name, sha256]]}.
    """

    projet = models.ForeignKey(ProjetSante, models.PROTECT, related_name="versions")
    numero = models.PositiveSmallIntegerField()
    evenement = models.UUIDField(unique=True)
    contenu = models.JSONField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "version d’un projet de santé"
        constraints = [models.UniqueConstraint(fields=["projet", "numero"], name="version_projet_numero")]
        triggers = [pgtrigger.Protect(name="version_immuable", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Version {self.numero} · {self.projet_id}"


class PreparationDecision(models.Model):
    """The decision as the délégation prepares it, with its remarks for whoever signs. Nobody outside the ARS reads it.

    `donnees`: objectives of the PRS or the file in conflict, by ground; see `services.projets.deciding`.
    """

    projet = models.OneToOneField(ProjetSante, models.PROTECT, related_name="preparation")
    nature = models.CharField(max_length=20, choices=NatureDecision.choices)
    donnees = models.JSONField(default=dict)
    motivation = models.TextField(blank=True)
    remarques = models.TextField("remarques pour le signataire", blank=True)
    version = models.PositiveIntegerField(default=1)
    prepare_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    qualite = models.CharField("qualité", max_length=300)
    prepare_at = models.DateTimeField()

    class Meta:
        verbose_name = "préparation d’une décision"

    def __str__(self) -> str:
        return f"{self.get_nature_display()} · {self.projet_id}"
