"""What the ARS decides on a projet de santé, on the portal or on paper; how a validation is withdrawn or restored."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import rules
from django.db import transaction
from django.utils import timezone

from accounts.acteur import Acteur
from accounts.services.delegations import signing_act
from dossiers.models import Decision, Document
from dossiers.selectors.reglages import valeur
from dossiers.services.decisions import keep_decision
from dossiers.services.delais import Acte, close, note
from dossiers.services.documents import create_document
from dossiers.services.pieces_demandees import close_all
from dossiers.states import EtapePieces, NatureDecision, NatureMouvement
from guichet.kernel.civil import date_longue
from guichet.kernel.deadlines import consolidation
from guichet.kernel.journal import Origine
from guichet.kernel.lifecycle import Refused
from projects.documents import projets as papers
from projects.documents.attestation import ATTESTATION
from projects.lifecycles import PROJET
from projects.models import EvenementProjet, PreparationDecision, ProjetSante
from projects.models.consultation import REPONSES
from projects.models.projet import NOTIFICATION
from projects.notifications import projets as notifications
from projects.services.projets.consulting import awaited
from projects.services.projets.silence import settle_silence
from projects.states import EtatAvis, EtatProjet, MotifOpposition

MOTIVER = "Une décision défavorable est motivée\u00a0: dites les raisons de droit et de fait (CRPA, art. L211-2)."
VALIDATIONS = ("valider", "constater_silence", "infirmer_par_validation", "rapporter_opposition")
OPPOSITIONS = ("opposer", "infirmer_par_opposition")
"""The rows by which a project becomes validated, or opposed."""
FAVORABLES = (NatureDecision.VALIDATION_PROJET, NatureDecision.RAPPORT_PROJET)


@dataclass(frozen=True, kw_only=True)
class Opposition:
    """One of the two lawful grounds (CSP L1434-12) and what it rests on: the objectives of the PRS that are not
    respected, in their words; or why the territory is not pertinent and, if any, the file it conflicts with.
    """

    motif: str
    objectifs: tuple[str, ...] = ()
    raison: str = ""
    dossier_en_conflit: str = ""

    def refuse_if_incomplete(self) -> None:
        if self.motif not in MotifOpposition.values:
            raise Refused("Une opposition repose sur l’un des deux motifs de la loi (CSP, article L1434-12).")
        if self.motif == MotifOpposition.PRS and not any(text.strip() for text in self.objectifs):
            raise Refused("Nommez l’objectif du projet régional de santé que le projet ne respecte pas.")
        if self.motif == MotifOpposition.TERRITOIRE and not self.raison.strip():
            raise Refused("Dites en quoi le territoire d’action n’est pas pertinent.")

    def donnees(self) -> dict[str, Any]:
        return {
            "motif": self.motif,
            "objectifs": [text.strip() for text in self.objectifs if text.strip()],
            "raison": self.raison.strip(),
            "dossier_en_conflit": self.dossier_en_conflit.strip(),
        }


def opposition_of(donnees: dict[str, Any]) -> Opposition:
    """The ground as a decision keeps it."""
    return Opposition(
        motif=donnees.get("motif", ""),
        objectifs=tuple(donnees.get("objectifs", ())),
        raison=donnees.get("raison", ""),
        dossier_en_conflit=donnees.get("dossier_en_conflit", ""),
    )


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What one decision is: its nature, its row, its reasons, its data, and the paper it was taken on, if any."""

    nature: NatureDecision
    action: str
    motivation: str = ""
    donnees: dict[str, Any] = field(default_factory=dict)
    paper: Decision | None = None

    def le(self, now: datetime) -> date:
        """Its legal day: the day it was notified; on the portal, the day it is made available."""
        return (self.paper and self.paper.notifiee_le) or timezone.localdate(now)


@transaction.atomic
def prepare(
    *,
    projet: ProjetSante,
    nature: str,
    donnees: dict[str, Any],
    motivation: str,
    remarques: str,
    by: Acteur,
    now: datetime,
) -> PreparationDecision:
    """Keep the draft of the decision and the remarks for whoever signs; the last one written stands."""
    locked: ProjetSante = PROJET.lock(projet)
    if not rules.test_rule("projet.instruire", by, locked):
        raise Refused("Seul le service qui instruit prépare la décision.")
    if locked.etat not in (EtatProjet.DEPOSE, EtatProjet.INCOMPLET):
        raise Refused(f"Le projet est «\u00a0{locked.get_etat_display()}\u00a0»\u00a0: il n’y a plus à décider.")
    values = {
        "nature": NatureDecision(nature),
        "donnees": donnees,
        "motivation": motivation.strip(),
        "remarques": remarques.strip(),
        "prepare_par": by.user,
        "qualite": by.qualite,
        "prepare_at": now,
    }
    row, _ = PreparationDecision.objects.update_or_create(projet=locked, defaults=values)
    return row


@transaction.atomic
def validate(
    *,
    projet: ProjetSante,
    by: Acteur,
    now: datetime,
    motivation: str = "",
    sans_attendre: str = "",
    paper: Decision | None = None,
) -> EvenementProjet:
    """Validate the project. Refused after the last day. `sans_attendre`: why the opinion of the Assurance Maladie, not
    given yet, is not awaited.
    """
    if paper is None and not sans_attendre.strip() and (late := awaited_am(projet)):
        raise Refused(f"{late} n’a pas encore donné son avis\u00a0: dites pourquoi vous ne l’attendez pas.")
    silent = paper is not None and projet.etat == EtatProjet.VALIDE_TACITEMENT
    return _decide(
        projet,
        Decided(
            nature=NatureDecision.VALIDATION_PROJET,
            action="infirmer_par_validation" if silent else "valider",
            motivation=motivation,
            donnees={"sans_attendre": sans_attendre.strip()} if sans_attendre.strip() else {},
            paper=paper,
        ),
        by=by,
        now=now,
    )


@transaction.atomic
def oppose(
    *,
    projet: ProjetSante,
    opposition: Opposition,
    motivation: str,
    by: Acteur,
    now: datetime,
    paper: Decision | None = None,
) -> EvenementProjet:
    """Oppose the project on one of the two lawful grounds, with reasons. Refused after the last day."""
    opposition.refuse_if_incomplete()
    if not motivation.strip():
        raise Refused(MOTIVER)
    silent = paper is not None and projet.etat == EtatProjet.VALIDE_TACITEMENT
    return _decide(
        projet,
        Decided(
            nature=NatureDecision.OPPOSITION_PROJET,
            action="infirmer_par_opposition" if silent else "opposer",
            motivation=motivation,
            donnees=opposition.donnees(),
            paper=paper,
        ),
        by=by,
        now=now,
    )


@transaction.atomic
def withdraw_validation(
    *, projet: ProjetSante, motivation: str, entendue_le: date, by: Acteur, now: datetime
) -> EvenementProjet:
    """Withdraw an illegal validation within four months, with reasons, the CPTS heard first (CRPA L242-1, L121-1)."""
    if not motivation.strip():
        raise Refused(MOTIVER)
    if entendue_le > timezone.localdate(now):
        raise Refused("La CPTS est entendue avant le retrait\u00a0: cette date est dans le futur.")
    _refuse_before_act(projet, VALIDATIONS, entendue_le, "La CPTS est entendue sur une validation qui existe")
    return _decide(
        projet,
        Decided(
            nature=NatureDecision.RETRAIT_PROJET,
            action="prononcer_retrait",
            motivation=motivation,
            donnees={"entendue_le": entendue_le.isoformat()},
        ),
        by=by,
        now=now,
    )


@transaction.atomic
def report_opposition(
    *, projet: ProjetSante, fait: str, fait_le: date, motivation: str, by: Acteur, now: datetime
) -> EvenementProjet:
    """Give up the opposition on an appeal or a judgment (`fait`, of the day `fait_le`): the project is validated."""
    if not fait.strip():
        raise Refused("Dites quel recours ou quel jugement conduit à rapporter l’opposition.")
    if fait_le > timezone.localdate(now):
        raise Refused(f"Cette date est après le {date_longue(timezone.localdate(now))}.")
    settle_silence(projet=projet, on=timezone.localdate(now), now=now)
    _refuse_before_act(projet, OPPOSITIONS, fait_le, "Un recours ou un jugement suit l’opposition")
    return _decide(
        projet,
        Decided(
            nature=NatureDecision.RAPPORT_PROJET,
            action="rapporter_opposition",
            motivation=motivation,
            donnees={"fait": fait.strip(), "fait_le": fait_le.isoformat()},
        ),
        by=by,
        now=now,
    )


def _refuse_before_act(projet: ProjetSante, actions: tuple[str, ...], le: date, rule: str) -> None:
    """Raise `Refused` for a day before the last of these acts took effect."""
    acts = projet.evenements.filter(action__in=actions).order_by("-recorded_at", "-pk")
    since = acts.values_list("prend_effet_le", flat=True).first()
    if since is not None and le < since:
        raise Refused(f"{rule}\u00a0: cette date est avant le {date_longue(since)}.")


def _decide(projet: ProjetSante, decided: Decided, *, by: Acteur, now: datetime) -> EvenementProjet:
    """Apply the row at its legal day, keep the decision, end the period, annul what it proves wrong, tell everybody."""
    le = decided.le(now)
    origine = Origine.PAPIER if decided.paper else Origine.PORTAIL
    signed = decided.paper.signee_le if decided.paper else le
    acte = decided.paper.acte if decided.paper else signing_act(by=by, montant=Decimal(0), on=le)
    event: EvenementProjet = PROJET.apply(
        projet,
        decided.action,
        by=by,
        now=now,
        changes={"a_verifier_at": None},
        effect_on=le,
        motif=decided.motivation.strip(),
        origine=origine,
        donnees=decided.donnees,
    )
    projet.refresh_from_db()
    if not _runs_until_opened(decided, on=le):
        close(projet.delai, NatureMouvement.DECISION, le=le, acte=Acte(by, now, origine))
    close_all(dossiers=[projet.dossier_id], etape=EtapePieces.PROJET, now=now)
    decision = decided.paper or keep_decision(
        dossier=projet.dossier,
        nature=decided.nature,
        etape_id=projet.pk,
        evenement=event.pk,
        by=by,
        acte=acte,
        now=now,
        motivation=decided.motivation,
        donnees=decided.donnees,
        consolidation_le=consolidation(signed) if decided.nature in FAVORABLES else None,
    )
    if decided.paper is None:
        told = papers.decision(projet, decision, now=now)
        create_document(evenement=event.pk, dossier=projet.dossier, now=now, transmis=True, **told)
    if event.source == EtatProjet.VALIDE_TACITEMENT:
        if projet.delai:
            note(projet.delai, NatureMouvement.DECISION, le=le, acte=Acte(by, now, origine))
        annul_attestation(projet, why=f"{decision.get_nature_display()}, le {date_longue(le)}", now=now)
    notifications.decided(projet, decision=decision, event=event, now=now)
    return event


def _runs_until_opened(decided: Decided, *, on: date) -> bool:
    """Where the region holds a decision notified at its first opening, an opposition ends the period only then."""
    opposed = decided.action == "opposer" and decided.paper is None
    return opposed and valeur(NOTIFICATION, on=on, defaut="mise_a_disposition") == "premiere_consultation"


def annul_attestation(projet: ProjetSante, *, why: str, now: datetime) -> None:
    """What attested the silence is proven wrong: the bytes stay, the page of verification says "annulée" and why."""
    silence = projet.evenements.filter(action="constater_silence").values_list("pk", flat=True)
    attested = Document.objects.filter(evenement__in=list(silence), modele=ATTESTATION, annule_at=None)
    attested.update(annule_at=now, annule_motif=why[:300])


def awaited_am(projet: ProjetSante) -> str:
    """The name of the caisse whose opinion is still awaited; "" when it answered or nothing was asked."""
    for avis in awaited(projet):
        if avis.organisation.genre == "cpam" and avis.etat not in (*REPONSES, EtatAvis.SANS_REPONSE):
            return avis.organisation.nom
    return ""
