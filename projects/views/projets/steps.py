"""What is expected of the association about its projet de santé, and where it stands in time: the same words on the
home and on the page, for every state.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import takewhile
from typing import Any

from django.urls import reverse
from django.utils import timezone

from dossiers.models import Delai, DemandePieces
from dossiers.selectors.pieces_demandees import answered, nearest_limit, requests_of
from dossiers.states import EtatPieceDemandee, EtatSection
from dossiers.views.pieces_demandees import count_of
from guichet.kernel.civil import date_longue
from guichet.kernel.deadlines import Echeance
from projects.lifecycles import DEMANDES
from projects.models import EvenementProjet, ProjetSante
from projects.models.projet import is_written
from projects.selectors.projets import completion, ordered_sections, sheets_of
from projects.states import EtatProjet, FormeProjet
from projects.views.presenters import day_of
from projects.views.projets.presenters import Sections, missing, section_url
from projects.views.steps import RIEN, Step, milestone, to_come


@dataclass(frozen=True)
class Suivi:
    """What the association is told of a project beyond its row. `demandes`: what was asked, the latest first; `dates`:
    the last legal day of each act; `contestation`: the last event by which a requirement was contested.
    """

    demandes: Sequence[DemandePieces] = ()
    dates: Mapping[str, date] = field(default_factory=dict)
    contestation: EvenementProjet | None = None

    @property
    def ouvertes(self) -> list[DemandePieces]:
        """What still waits for its answer."""
        return [demande for demande in self.demandes if demande.close_at is None]


def follow_ups(projets: Iterable[ProjetSante]) -> dict[int, Suivi]:
    """The `Suivi` of each of these projects, in four queries at most, however many."""
    known = {projet.pk: projet for projet in projets if projet.depose_at}
    events: dict[int, list[EvenementProjet]] = {pk: [] for pk in known}
    if known:
        for event in EvenementProjet.objects.filter(projet__in=known).order_by("recorded_at", "pk"):
            events[event.projet_id].append(event)
    asked = {event.pk: pk for pk, done in events.items() for event in done if event.action in DEMANDES}
    demandes: dict[int, list[DemandePieces]] = {pk: [] for pk in known}
    for row in requests_of(list(asked)) if asked else ():
        demandes[asked[row.evenement]].append(row)
    return {
        pk: Suivi(
            demandes[pk],
            {event.action: event.prend_effet_le for event in done},
            _contested(done),
        )
        for pk, done in events.items()
    }


def _contested(done: Sequence[EvenementProjet]) -> EvenementProjet | None:
    """The last contest of what is asked now: one of `selectors.projets.contestations`, among events already read."""
    since = takewhile(lambda event: event.cible != EtatProjet.DEPOSE, reversed(done))
    return next((event for event in since if event.action == "contester_exigence"), None)


def follow_up(projet: ProjetSante) -> Suivi:
    """The same for one project."""
    return follow_ups([projet]).get(projet.pk, NOTHING_KNOWN)


NOTHING_KNOWN = Suivi()


def next_step(
    projet: ProjetSante,
    *,
    deposits: bool,
    now: datetime,
    suivi: Suivi = NOTHING_KNOWN,
    suite: ProjetSante | None = None,
) -> Step:
    """What is expected of the association now; `suite` is the attempt that took over from an ended one. No query when
    the sections are prefetched.
    """
    if suite:
        return Step(
            "Une nouvelle tentative a pris la suite",
            "Celle-ci reste lisible\u00a0; elle n’est plus examinée.",
            reverse("projects:projet", args=[suite.pk]),
            "Ouvrir le projet en cours",
        )
    etat = EtatProjet(projet.etat)
    if etat == EtatProjet.BROUILLON:
        return _writing(projet, deposits=deposits)
    return SAID[etat](projet, suivi, deposits, timezone.localdate(now))


# --- A draft ------------------------------------------------------------------------------------------


def _writing(projet: ProjetSante, *, deposits: bool) -> Step:
    sections, sheets = ordered_sections(projet), sheets_of(projet)
    waiting = [
        (rubrique, section)
        for rubrique, section in sections
        if rubrique.bloquante and not is_written(rubrique.cle, section.etat)
    ]
    stop = " Vous pouvez vous arrêter à tout moment."
    if waiting:
        rubrique, section = waiting[0]
        verb = "commencer" if section.etat == EtatSection.A_COMMENCER else "compléter"
        told = f"{_done(sections)}{stop}"
        phrase = f"Prochaine étape\u00a0: {verb} «\u00a0{rubrique.titre}\u00a0»"
        return Step(phrase, told, section_url(projet, rubrique.cle), "Continuer")
    if missing(projet, sections, sheets):
        return _document(projet) if projet.forme == FormeProjet.DOCUMENT else _first_sheet(projet)
    return _to_deposit(projet, deposits=deposits)


def _document(projet: ProjetSante) -> Step:
    return Step(
        "Prochaine étape\u00a0: joindre votre document",
        "Un PDF de 150 pages au plus. La fiche de synthèse l’accompagne.",
        reverse("projects:projet_document", args=[projet.pk]),
        "Joindre le document",
    )


def _first_sheet(projet: ProjetSante) -> Step:
    return Step(
        "Prochaine étape\u00a0: écrire une première fiche-action",
        "Chaque action dit ce que vous allez faire, pour quelle mission, et à quoi vous verrez qu’elle réussit.",
        reverse("projects:projet_fiches", args=[projet.pk]),
        "Écrire une fiche",
    )


def _to_deposit(projet: ProjetSante, *, deposits: bool) -> Step:
    url = reverse("projects:projet_verifier", args=[projet.pk])
    ready = "Ce que le dépôt demande est rempli."
    if deposits:
        return Step("Prochaine étape\u00a0: vérifier vos réponses et déposer", ready, url, "Vérifier et déposer")
    who = "Une personne de votre association qui a le droit de déposer doit le faire."
    return Step("Prochaine étape\u00a0: faire déposer le projet", f"{ready} {who}", url, "Vérifier les réponses")


def _done(sections: Sections) -> str:
    done, total = completion(sections)
    if not done:
        return f"{total} parties à remplir, dans l’ordre que vous voulez."
    return f"{done} {'parties sont complètes' if done > 1 else 'partie est complète'} sur {total}."


# --- In the hands of the ARS --------------------------------------------------------------------------

Said = Callable[[ProjetSante, Suivi, bool, date], Step]


def _deposited(projet: ProjetSante, suivi: Suivi, deposits: bool, day: date) -> Step:
    told = clock_words(projet, day)
    done, total = answered(suivi.ouvertes)
    if done < total:
        return Step(
            "L’ARS vous demande des pièces utiles",
            f"{count_of(suivi.ouvertes)}. Aucun texte ne les exige\u00a0: le délai continue de courir. {told}",
            reverse("dossiers:repondre", args=[projet.dossier_id]),
            "Répondre",
            _limit(suivi),
        )
    return Step(RIEN, told)


def clock_words(projet: ProjetSante, day: date) -> str:
    """What the silence of the ARS means, and until when it may decide."""
    delai = projet.delai
    if delai is None:
        return (
            "L’ARS doit constater le jour où elle a reçu le projet\u00a0: les deux mois courront à partir de ce jour, "
            "que le portail affichera ici."
        )
    if delai.dernier_jour is None or delai.echeance_le is None:
        return "Le délai de deux mois n’a pas commencé."
    if day > delai.dernier_jour:
        return (
            f"L’ARS n’a rien décidé jusqu’au {date_longue(delai.dernier_jour)}\u00a0: son silence valide le projet. "
            "L’attestation sera dans les documents dès que l’horloge du portail l’aura inscrite."
        )
    return (
        f"L’ARS examine votre projet jusqu’au {date_longue(delai.dernier_jour)}. Sans opposition d’ici là, il est "
        f"réputé validé le {date_longue(delai.echeance_le)}."
    )


def _limit(suivi: Suivi) -> str:
    limit = nearest_limit(suivi.ouvertes)
    return f"Pour le {date_longue(limit)}" if limit else ""


def required_waiting(demandes: Sequence[DemandePieces]) -> list[str]:
    """The titles of what a text requires and has no answer that conforms yet."""
    items = [item for demande in demandes for item in demande.items.all()]
    return [item.intitule for item in items if item.requise_par_un_texte and item.etat != EtatPieceDemandee.REPONDUE]


def _incomplete(projet: ProjetSante, suivi: Suivi, deposits: bool, day: date) -> Step:
    if required_waiting(suivi.ouvertes):
        return Step(
            "Prochaine étape\u00a0: répondre à l’ARS",
            f"{count_of(suivi.ouvertes)}. Les deux mois courront en entier dès l’arrivée de la dernière pièce exigée "
            "par un texte. Répondez point par point, puis envoyez.",
            reverse("dossiers:repondre", args=[projet.dossier_id]),
            "Répondre",
            _limit(suivi),
        )
    ready = (
        "Chaque pièce exigée par un texte a une réponse\u00a0: le délai de l’ARS compte depuis l’arrivée de la "
        "dernière. Envoyez-les\u00a0: sans l’envoi, la validation par le silence ne peut pas être inscrite."
    )
    if not deposits:
        who = "Une personne de votre association qui a le droit de déposer doit le faire."
        return Step("Prochaine étape\u00a0: faire compléter le projet", f"{ready} {who}")
    url = reverse("projects:projet_completer", args=[projet.pk])
    return Step("Prochaine étape\u00a0: compléter le projet", ready, url, "Compléter le projet")


# --- Decided, or deemed so ----------------------------------------------------------------------------


def _documents(projet: ProjetSante) -> str:
    return f"{reverse('projects:projet', args=[projet.pk])}#documents"


def _decisions(projet: ProjetSante) -> str:
    return f"{reverse('projects:projet', args=[projet.pk])}#decisions"


CONTRAT = (
    "La suite est le contrat entre l’association, l’ARS et l’Assurance Maladie\u00a0; le Guichet vous y accompagne."
)


def _validated(projet: ProjetSante, suivi: Suivi, deposits: bool, day: date) -> Step:
    return Step("Votre projet de santé est validé", CONTRAT, _decisions(projet), "Lire la décision")


def _deemed(projet: ProjetSante, suivi: Suivi, deposits: bool, day: date) -> Step:
    since = projet.delai.echeance_le if projet.delai else None
    when = f" depuis le {date_longue(since)}" if since else ""
    if projet.a_verifier_at:
        return Step(
            "Votre projet est réputé validé, à vérifier",
            f"L’ARS a signé une décision avant le dernier jour, mais elle vous est parvenue après\u00a0: le silence "
            f"vaut validation{when}. Le portail n’en tire pas d’autre effet\u00a0; l’ARS et le Guichet sont prévenus.",
            _documents(projet),
            "Lire l’attestation",
        )
    return Step(
        f"Votre projet de santé est réputé validé{when}",
        f"L’ARS n’a pas fait opposition dans son délai. L’attestation le prouve. {CONTRAT}",
        _documents(projet),
        "Lire l’attestation",
    )


def _opposed(projet: ProjetSante, suivi: Suivi, deposits: bool, day: date) -> Step:
    return Step(
        "L’ARS s’oppose à votre projet",
        "La décision dit pourquoi, et comment la contester. Vous pouvez aussi déposer un nouveau projet, qui reprend "
        "ce que vous aviez écrit.",
        _decisions(projet),
        "Lire la décision",
    )


def _withdrawn(projet: ProjetSante, suivi: Suivi, deposits: bool, day: date) -> Step:
    return Step(
        "Ce projet est retiré",
        "Vous pouvez en écrire un nouveau, qui reprend ce que vous aviez écrit.",
        reverse("projects:projet_reprendre", args=[projet.pk]),
        "Reprendre ce projet",
    )


def _annulled(projet: ProjetSante, suivi: Suivi, deposits: bool, day: date) -> Step:
    return Step(
        "L’ARS a retiré la validation de votre projet",
        "La décision dit pourquoi, et comment la contester. Vous pouvez aussi déposer un nouveau projet, qui reprend "
        "ce que vous aviez écrit.",
        _decisions(projet),
        "Lire la décision",
    )


SAID: dict[EtatProjet, Said] = {
    EtatProjet.DEPOSE: _deposited,
    EtatProjet.INCOMPLET: _incomplete,
    EtatProjet.VALIDE: _validated,
    EtatProjet.VALIDE_TACITEMENT: _deemed,
    EtatProjet.OPPOSE: _opposed,
    EtatProjet.RETIRE: _withdrawn,
    EtatProjet.RETRAIT_PRONONCE: _annulled,
}
"""What is said in each state once the project left the association."""


# --- The timeline -------------------------------------------------------------------------------------

DECIDED = {
    "valider": "Projet validé",
    "infirmer_par_validation": "Projet validé",
    "opposer": "Opposition de l’ARS",
    "infirmer_par_opposition": "Opposition de l’ARS",
    "constater_silence": "Réputé validé",
    "rapporter_opposition": "Opposition rapportée",
    "prononcer_retrait": "Validation retirée",
    "retirer": "Projet retiré",
}
SHOWN = 5


def milestones(projet: ProjetSante, suivi: Suivi = NOTHING_KNOWN) -> list[dict[str, Any]]:
    """What happened, today and what comes, with its date: opened, deposited, pieces, the last day or the decision."""
    items = [milestone(day_of(projet.created_at), "Projet commencé", "done")]
    if projet.etat == EtatProjet.BROUILLON:
        return [
            *items,
            milestone("Aujourd’hui", "Vous écrivez le projet", "today"),
            *to_come(["Dépôt à l’ARS", "Deux mois d’examen", "Décision ou silence"]),
        ]
    if projet.depose_at:
        items.append(milestone(day_of(projet.depose_at), "Projet déposé", "done"))
    if completed := suivi.dates.get("completer"):
        items.append(milestone(date_longue(completed), "Projet complété", "done"))
    if projet.etat == EtatProjet.INCOMPLET:
        asked = suivi.dates.get("demander_pieces")
        items.append(milestone(date_longue(asked) if asked else "Aujourd’hui", "Pièces demandées", "today"))
        items += _ahead_of(projet.arrivee()) or to_come(["Réponse, puis deux mois"])
    items += [
        milestone(date_longue(suivi.dates[act]), title, "done") for act, title in DECIDED.items() if act in suivi.dates
    ]
    return [*items, *_ahead(projet)][-SHOWN:]


def _ahead(projet: ProjetSante) -> list[dict[str, Any]]:
    """While the period runs: today, its last day, the silence."""
    delai = projet.delai
    if projet.etat != EtatProjet.DEPOSE:
        return []
    if delai is None or delai.dernier_jour is None or delai.echeance_le is None:
        return [milestone("Aujourd’hui", "L’ARS constate la réception", "today")]
    return [milestone("Aujourd’hui", "L’ARS examine le projet", "today"), *_ahead_of(delai)]


def _ahead_of(ends: Delai | Echeance | None) -> list[dict[str, Any]]:
    """What a last day announces."""
    if ends is None or ends.dernier_jour is None or ends.echeance_le is None:
        return []
    return [
        milestone(date_longue(ends.dernier_jour), "Dernier jour de l’ARS", "to-come"),
        milestone(date_longue(ends.echeance_le), "Sans opposition, réputé validé", "to-come"),
    ]
