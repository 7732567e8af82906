"""Reads of what was decided on paper: what may be recorded on a step, who may have signed, what waits."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from accounts.acteur import Acteur
from accounts.models import Delegation, Organisation, User
from accounts.states import Genre
from dossiers.models import Decision
from dossiers.models.dossier import NOTHING, transmitted_to
from dossiers.rules import ARS
from dossiers.selectors.people import bodies
from dossiers.states import SUR_UNE_DEMANDE, SUR_UNE_LETTRE, EtatDecision, NatureDecision
from funding.models import DemandeFir
from funding.selectors import running_period
from funding.states import EtatDemandeFir
from guichet.kernel.civil import date_longue
from projects.models import LettreIntention, ProjetSante
from projects.states import EtatLettre, EtatProjet

Step = LettreIntention | DemandeFir | ProjetSante
REFUS = (NatureDecision.REFUS_LETTRE, NatureDecision.REFUS_FIR, NatureDecision.OPPOSITION_PROJET)
SUR_UN_PROJET = (
    NatureDecision.VALIDATION_PROJET,
    NatureDecision.OPPOSITION_PROJET,
    NatureDecision.DEMANDE_PIECES_PROJET,
)


def natures_for(step: Step) -> tuple[NatureDecision, ...]:
    """What may be decided on the step as it stands; nothing when it is not to be decided."""
    if isinstance(step, LettreIntention):
        decidable = step.etat == EtatLettre.TRANSMISE
        return SUR_UNE_LETTRE if decidable else ()
    if isinstance(step, ProjetSante):
        return _natures_for_project(step)
    if step.etat == EtatDemandeFir.REJETEE_TACITEMENT:
        return (NatureDecision.ACCORD_FIR,)
    return SUR_UNE_DEMANDE if step.etat in (EtatDemandeFir.TRANSMISE, EtatDemandeFir.INCOMPLETE) else ()


def _natures_for_project(projet: ProjetSante) -> tuple[NatureDecision, ...]:
    """Before the silence, what the ARS may decide or ask; after it, the same proves it wrong if notified in time."""
    open_states = (EtatProjet.DEPOSE, EtatProjet.INCOMPLET, EtatProjet.VALIDE_TACITEMENT)
    return SUR_UN_PROJET if projet.etat in open_states and projet.delai_id else ()


def signatories(step: Step) -> QuerySet[User]:
    """Who held, or holds, a delegation at the body that decides: the day of the signature is judged by the act."""
    if isinstance(step, DemandeFir) and step.financeur.genre == Genre.URPS:
        signing: list[Organisation] = [step.financeur]
    else:
        signing = bodies(step.dossier, ARS)
    holders = Delegation.objects.filter(organisation__in=[body.pk for body in signing])
    return User.objects.filter(pk__in=holders.values("user")).order_by("nom", "prenom", "pk")


def silence_over(demande: DemandeFir, decision: Decision, *, on: date) -> str:
    """ "" unless the period ended before the decision was notified, its silence not recorded yet; else a sentence.

    Signed in time is not enough: until it is notified, a decision does not stop the period of a request.
    """
    running = running_period(demande)
    if running is None or running.dernier_jour is None or running.echeance_le is None or on < running.echeance_le:
        return ""
    if decision.notifiee_le is not None and decision.notifiee_le <= running.dernier_jour:
        return ""
    return (
        f"Cette décision n’a pas été notifiée au plus tard le {date_longue(running.dernier_jour)}\u00a0: le silence a "
        f"rejeté la demande le {date_longue(running.echeance_le)}."
    )


def notified_late(demande: DemandeFir, decision: Decision, *, on: date) -> str:
    """What the second person must know of a decision on a request: signed in time, notified after the last day."""
    if sentence := silence_over(demande, decision, on=on):
        return sentence
    delai, notified = demande.delai, decision.notifiee_le
    if demande.etat != EtatDemandeFir.REJETEE_TACITEMENT or delai is None or delai.dernier_jour is None:
        return ""
    if decision.signee_le > delai.dernier_jour:
        return "Le silence a déjà rejeté cette demande\u00a0: l’accord sera donné après le silence."
    when = f"notifiée le {date_longue(notified)}" if notified else "jamais notifiée"
    return (
        f"Signée le {date_longue(decision.signee_le)}, avant la fin du délai, mais {when}\u00a0: la demande a été "
        "rejetée par le silence. L’accord est donné après le silence."
    )


def to_confirm(acteur: Acteur) -> QuerySet[Decision]:
    """The decisions typed from paper that wait for a second person, in the perimeter of the one who looks."""
    found = Decision.objects.filter(etat=EtatDecision.A_CONFIRMER).select_related("dossier", "preuve", "saisie_par")
    return found.filter(_within(acteur)).order_by("saisie_at", "pk")


def _within(acteur: Acteur) -> Q:
    if acteur.genre in ARS:
        own = ~Q(nature__in=SUR_UNE_DEMANDE) | ~Q(etape_id__in=_asked_of_urps())
        return transmitted_to(acteur, "dossier__") & own
    if acteur.genre == Genre.URPS:
        mine = DemandeFir.objects.filter(financeur=acteur.organisation_id).values("pk")
        return Q(nature__in=SUR_UNE_DEMANDE, etape_id__in=mine)
    return NOTHING


def _asked_of_urps() -> QuerySet[DemandeFir]:
    return DemandeFir.objects.filter(financeur__genre=Genre.URPS).values("pk")  # type: ignore[return-value]


@dataclass(frozen=True)
class Effet:
    """What the confirmation of a paper would do: a sentence, its tone, and whether it is possible at all."""

    phrase: str
    ton: str = "info"
    possible: bool = True


def effect_on_project(projet: ProjetSante, decision: Decision, *, on: date) -> Effet:
    """What `take_paper_decision` would do of this paper on that day, told to the second person before it confirms.

    Notified by the last day, it proves the silence wrong; signed by then and notified after, the file is "à vérifier";
    signed after, it is refused. No query, a few while pieces are awaited.
    """
    delai, notified = projet.delai, decision.notifiee_le or on
    last = delai.dernier_jour if delai else None
    due = delai.echeance_le if delai and delai.clos_at is None else None
    silent = projet.etat == EtatProjet.VALIDE_TACITEMENT or (due is not None and due <= on)
    if not silent:
        return _before_silence(projet, decision, notified)
    if last is None or delai is None or delai.echeance_le is None:
        return Effet("Aucun délai n’a couru sur ce projet.", "alert", possible=False)
    since = f"le silence a validé le projet le {date_longue(delai.echeance_le)}"
    if decision.signee_le > last:
        return Effet(
            f"Signée après le {date_longue(last)}\u00a0: {since}. Écartez cette saisie.", "alert", possible=False
        )
    if notified > last:
        return Effet(
            f"Signée avant la fin du délai, le {date_longue(last)}, mais notifiée le {date_longue(notified)}\u00a0: "
            f"{since}. Confirmée, elle laisse la validation en place et le projet est dit «\u00a0à vérifier\u00a0», à "
            "l’association comme aux services. Rien d’autre n’est automatique.",
            "warn",
        )
    return Effet(
        f"Notifiée le {date_longue(notified)}, au plus tard le {date_longue(last)}\u00a0: elle prouve que le silence "
        f"n’a rien validé. Confirmée, {_PROVEN[NatureDecision(decision.nature)]}, et l’attestation est annulée sur sa "
        "page de vérification.",
        "warn",
    )


_RESTART = "les deux mois courront de l’arrivée de la dernière pièce exigée"
_PROVEN = {
    NatureDecision.VALIDATION_PROJET: "le projet est validé par cette décision",
    NatureDecision.OPPOSITION_PROJET: "le projet n’est plus validé, l’ARS s’y étant opposée",
    NatureDecision.DEMANDE_PIECES_PROJET: f"le projet redevient incomplet ({_RESTART})",
}
_TAKEN = {
    NatureDecision.VALIDATION_PROJET: "le projet est validé",
    NatureDecision.OPPOSITION_PROJET: "l’ARS s’oppose au projet",
    NatureDecision.DEMANDE_PIECES_PROJET: f"le projet est incomplet, et {_RESTART}",
}


def _before_silence(projet: ProjetSante, decision: Decision, notified: date) -> Effet:
    if projet.etat not in (EtatProjet.DEPOSE, EtatProjet.INCOMPLET):
        return Effet(
            f"Le projet est déjà «\u00a0{projet.get_etat_display()}\u00a0»\u00a0: cette saisie n’a plus d’effet "
            "possible. Écartez-la.",
            "alert",
            possible=False,
        )
    if late := projet.hors_delai(notified):
        return Effet(late, "alert", possible=False)
    outcome = _TAKEN[NatureDecision(decision.nature)]
    return Effet(f"Confirmée, elle prend effet au {date_longue(notified)}\u00a0: {outcome}.")
