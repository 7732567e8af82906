"""What is expected of the association, and where its letter stands in time: the same words on the home and on the
page, for every state of the letter and of the request that goes with it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from dossiers.selectors.pieces_demandees import answered, nearest_limit
from dossiers.states import EtapePieces, EtatSection
from dossiers.views.pieces_demandees import count_of
from funding.models import DemandeFir
from funding.states import EtatDemandeFir
from guichet.kernel.civil import date_longue
from guichet.kernel.money import euros
from projects.lifecycles import CHEZ_LE_GUICHET
from projects.models import LettreIntention, ProjetSante
from projects.selectors import completion
from projects.selectors.consultations import Suivi, about
from projects.states import EtatLettre, SensAvis
from projects.views.presenters import Sections, day_of, request_section_url, section_url

RIEN = "Rien à faire pour l’instant"
NOTHING_KNOWN = Suivi()


@dataclass(frozen=True)
class Step:
    """The next step, in the same words on the home, the list and the page."""

    phrase: str
    detail: str = ""
    url: str = ""
    bouton: str = ""
    echeance: str = ""


def next_step(
    lettre: LettreIntention,
    letter_sections: Sections,
    request_sections: Sections,
    *,
    deposits: bool,
    now: datetime,
    suivi: Suivi = NOTHING_KNOWN,
    suite: LettreIntention | None = None,
    projet: ProjetSante | None = None,
) -> Step:
    """What is expected of the association now; `suite` is the letter in progress that took over from an ended one,
    `projet` the projet de santé of the file.
    """
    if suite:
        return Step(
            "Une autre lettre a pris la suite",
            "Celle-ci reste lisible\u00a0; elle n’est plus examinée.",
            reverse("projects:lettre", args=[suite.pk]),
            "Ouvrir la lettre en cours",
        )
    etat = EtatLettre(lettre.etat)
    if etat == EtatLettre.INCOMPLETE and (step := _to_answer(lettre, suivi, EtapePieces.LETTRE, "au Guichet")):
        return step
    if etat in (EtatLettre.BROUILLON, EtatLettre.INCOMPLETE):
        return _writing(lettre, letter_sections, request_sections, deposits=deposits)
    if etat == EtatLettre.REFUSEE:
        return _refused(lettre)
    if etat == EtatLettre.RETIREE:
        return _withdrawn(lettre)
    if first := about_request(lettre, suivi, deposits):
        return first
    if etat == EtatLettre.VALIDEE:
        return _validated(lettre, suivi, projet)
    return WAITING[etat](lettre, suivi, deposits, timezone.localdate(now))


# --- What the association does ------------------------------------------------------------------------


def _to_answer(lettre: LettreIntention, suivi: Suivi, etape: EtapePieces, whom: str) -> Step | None:
    """What was asked and has no answer yet."""
    asked = about(suivi.demandes, etape)
    done, total = answered(asked)
    if done == total:
        return None
    limit = nearest_limit(asked)
    after = "déposez la lettre à nouveau" if etape == EtapePieces.LETTRE else "complétez la demande"
    return Step(
        f"Prochaine étape\u00a0: répondre {whom}",
        f"{count_of(asked)}. Répondez point par point, puis {after}.",
        reverse("dossiers:repondre", args=[lettre.dossier_id]),
        "Répondre",
        f"Pour le {date_longue(limit)}" if limit else "",
    )


def _writing(lettre: LettreIntention, letter_sections: Sections, request_sections: Sections, *, deposits: bool) -> Step:
    blocking = [
        (rubrique, section, address(lettre, rubrique.cle))
        for rows, address in ((letter_sections, section_url), (request_sections, request_section_url))
        for rubrique, section in rows
        if rubrique.bloquante and section.etat != EtatSection.COMPLET
    ]
    if blocking:
        rubrique, section, url = blocking[0]
        done, total = completion([*letter_sections, *request_sections])
        verb = "commencer" if section.etat == EtatSection.A_COMMENCER else "compléter"
        return Step(
            phrase=f"Prochaine étape\u00a0: {verb} «\u00a0{rubrique.titre}\u00a0»",
            detail=f"{_done(done, total)} Vous pouvez vous arrêter à tout moment.",
            url=url,
            bouton="Continuer",
        )
    return _to_deposit(lettre, deposits=deposits)


def _to_deposit(lettre: LettreIntention, *, deposits: bool) -> Step:
    url = reverse("projects:verifier", args=[lettre.pk])
    again = lettre.etat == EtatLettre.INCOMPLETE
    ready = "Chaque point a une réponse. C’est le dépôt qui les envoie." if again else "Tout est rempli."
    if not deposits:
        return Step(
            "Prochaine étape\u00a0: faire déposer la lettre" + (" à nouveau" if again else ""),
            f"{ready} Une personne de votre association qui a le droit de déposer doit le faire.",
            url,
            "Vérifier les réponses",
        )
    if again:
        detail = f"{ready} Corrigez la lettre si besoin."
        return Step("Prochaine étape\u00a0: déposer la lettre à nouveau", detail, url, "Vérifier et déposer")
    return Step(
        "Prochaine étape\u00a0: vérifier vos réponses et déposer",
        "Tout ce que le dépôt demande est rempli.",
        url,
        "Vérifier et déposer",
    )


def _done(done: int, total: int) -> str:
    if not done:
        return f"{total} parties à remplir, dans l’ordre que vous voulez."
    return f"{done} {'parties sont complètes' if done > 1 else 'partie est complète'} sur {total}."


# --- What the request asks first ----------------------------------------------------------------------


def _request(lettre: LettreIntention) -> DemandeFir | None:
    return None if lettre.sans_demande else lettre.demande


def about_request(lettre: LettreIntention, suivi: Suivi, deposits: bool) -> Step | None:
    """What the request that goes with the letter expects of the association; None when it expects nothing."""
    demande = _request(lettre)
    if demande is None:
        return None
    if demande.etat == EtatDemandeFir.INCOMPLETE:
        return _to_answer(lettre, suivi, EtapePieces.DEMANDE_FIR, "à l’ARS") or Step(
            "Prochaine étape\u00a0: compléter la demande de subvention",
            "Chaque pièce demandée a une réponse. Envoyez-les\u00a0: l’examen reprend alors.",
            reverse("funding:demande", args=[demande.pk]),
            "Compléter la demande",
        )
    if demande.etat == EtatDemandeFir.REJETEE_TACITEMENT:
        return _for_depositor(_silent(demande, suivi), deposits)
    if demande.etat == EtatDemandeFir.ACCORDEE and "declarer_association" not in suivi.dates_demande:
        declare = Step(
            "Prochaine étape\u00a0: déclarer votre association",
            f"L’ARS accorde {euros(demande.montant_accorde or 0)}. Elle a besoin du RNA, du SIRET, des statuts et du "
            "relevé d’identité bancaire avant de payer.",
            reverse("funding:declarer", args=[demande.pk]),
            "Déclarer l’association",
        )
        return _for_depositor(declare, deposits)
    return None


def _for_depositor(step: Step | None, deposits: bool) -> Step | None:
    """The same without its button, and with who may do it, for a person who writes without depositing."""
    if step is None or deposits:
        return step
    return Step(step.phrase, f"{step.detail} Une personne de votre association qui a le droit de déposer le fait.")


def _silent(demande: DemandeFir, suivi: Suivi) -> Step | None:
    """The silence rejected the request; its reasons may be asked, once."""
    if "demander_motifs" in suivi.dates_demande:
        return None
    when = suivi.dates_demande.get("constater_rejet")
    since = f" depuis le {date_longue(when)}" if when else ""
    return Step(
        "Votre demande de subvention est rejetée par silence",
        f"L’ARS n’a pas répondu dans son délai\u00a0: la demande est rejetée{since}. Vous pouvez lui demander ses "
        "motifs, elle a un mois pour répondre. Elle peut encore accorder la subvention.",
        reverse("funding:demander_motifs", args=[demande.pk]),
        "Demander les motifs",
    )


def _deadline(demande: DemandeFir | None) -> str:
    """Until when the silence of the funder has no effect; "" while no period runs."""
    delai = demande.delai if demande else None
    if delai is None or delai.clos_at is not None or delai.dernier_jour is None:
        return ""
    return (
        f" Sans réponse de sa part au {date_longue(delai.dernier_jour)}, la demande de subvention est rejetée\u00a0: "
        "le portail vous prévient."
    )


# --- What the others do -------------------------------------------------------------------------------


def _seizure(lettre: LettreIntention, suivi: Suivi, deposits: bool, day: date) -> tuple[str, str, str]:
    """The association's own way to the ARS: a sentence, then the page and its button once it is open."""
    if suivi.saisine_le is None:
        return "", "", ""
    if day < suivi.saisine_le:
        when = date_longue(suivi.saisine_le)
        return f" Sans transmission à l’ARS d’ici au {when}, vous pourrez la saisir vous-même.", "", ""
    told = " Vous pouvez aussi saisir l’ARS vous-même, sans attendre."
    if not deposits:
        return told, "", ""
    return told, reverse("projects:saisir_ars", args=[lettre.pk]), "Saisir l’ARS"


Waiting = Callable[[LettreIntention, Suivi, bool, date], Step]


def _at_the_desk(lettre: LettreIntention, suivi: Suivi, deposits: bool, day: date) -> Step:
    told, url, button = _seizure(lettre, suivi, deposits, day)
    detail = "Le Guichet vérifie votre lettre, puis recueille l’avis des URPS. Il vous écrit s’il manque quelque chose."
    return Step(RIEN, detail + told, url, button)


def _consulted(lettre: LettreIntention, suivi: Suivi, deposits: bool, day: date) -> Step:
    told, url, button = _seizure(lettre, suivi, deposits, day)
    until = f" jusqu’au {date_longue(suivi.consultation.limite_le)}" if suivi.consultation else ""
    detail = f"Le Guichet recueille les avis des URPS{until}. Il vous communiquera le sien."
    return Step(RIEN, detail + told, url, button)


def _advised(lettre: LettreIntention, suivi: Suivi, deposits: bool, day: date) -> Step:
    told, url, button = _seizure(lettre, suivi, deposits, day)
    sens = suivi.consultation.sens if suivi.consultation else ""
    given = f"Son avis est {SensAvis(sens).label.lower()}." if sens else "Son avis est dans les documents."
    detail = f"{given} Il transmet maintenant votre lettre à l’ARS, qui décide."
    if url:
        return Step("Le Guichet a rendu son avis", detail + told, url, button)
    page = reverse("projects:lettre", args=[lettre.pk])
    return Step("Le Guichet a rendu son avis", detail + told, f"{page}#documents", "Lire l’avis")


def _sent(lettre: LettreIntention, suivi: Suivi, deposits: bool, day: date) -> Step:
    demande = _request(lettre)
    received = f"L’ARS a votre lettre depuis le {day_of(lettre.transmise_at)}\u00a0: elle l’examine et vous répond ici."
    return Step(RIEN, f"{received}{_reasons(suivi)}{_deadline(demande)}")


def _reasons(suivi: Suivi) -> str:
    """Where the reasons of a silence stand, once asked."""
    if "communiquer_motifs" in suivi.dates_demande:
        return " Ses motifs sur la demande de subvention sont dans les documents."
    if "demander_motifs" in suivi.dates_demande:
        when = date_longue(suivi.dates_demande["demander_motifs"])
        return f" Vous lui avez demandé ses motifs sur la subvention le {when}\u00a0: elle a un mois pour répondre."
    return ""


def _validated(lettre: LettreIntention, suivi: Suivi, projet: ProjetSante | None) -> Step:
    demande = _request(lettre)
    funding = _deadline(demande) or _reasons(suivi)
    if demande and demande.etat in (EtatDemandeFir.DEPOSEE, EtatDemandeFir.TRANSMISE):
        funding = f" L’ARS examine encore votre demande de subvention.{funding}"
    elif demande and demande.etat == EtatDemandeFir.REFUSEE:
        funding = " La subvention est refusée\u00a0: la décision dit pourquoi, et comment la contester."
    elif demande and demande.etat == EtatDemandeFir.ACCORDEE:
        funding = f" La subvention de {euros(demande.montant_accorde or 0)} est accordée, et l’association déclarée."
    if projet:
        return Step(
            "Votre lettre est validée, le projet de santé a pris la suite",
            f"Il est à l’état «\u00a0{projet.get_etat_display()}\u00a0».{funding}",
            reverse("projects:projet", args=[projet.pk]),
            "Ouvrir le projet de santé",
        )
    return Step(
        "Votre lettre est validée",
        f"Prochaine étape\u00a0: écrire le projet de santé de la communauté. Il reprend ce que dit la lettre.{funding}",
        reverse("projects:projet_ouvrir", args=[lettre.pk]),
        "Écrire le projet de santé",
    )


WAITING: dict[EtatLettre, Waiting] = {
    EtatLettre.DEPOSEE: _at_the_desk,
    EtatLettre.EN_CONSULTATION: _consulted,
    EtatLettre.AVIS_RENDU: _advised,
    EtatLettre.TRANSMISE: _sent,
}
"""Who says what while the letter is in other hands."""


def _refused(lettre: LettreIntention) -> Step:
    return Step(
        "Votre lettre est refusée",
        "La décision, dans les documents, dit pourquoi et comment la contester. Vous pouvez aussi déposer une nouvelle "
        "lettre, qui reprend ce que vous aviez écrit.",
        reverse("projects:reprendre", args=[lettre.pk]),
        "Reprendre cette lettre",
    )


def _withdrawn(lettre: LettreIntention) -> Step:
    return Step(
        "Cette lettre est retirée",
        "Vous pouvez en déposer une nouvelle, qui reprend ce que vous aviez écrit.",
        reverse("projects:reprendre", args=[lettre.pk]),
        "Reprendre cette lettre",
    )


# --- The timeline -------------------------------------------------------------------------------------

SHOWN = 5
"""What a horizontal line holds."""


def milestones(lettre: LettreIntention, suivi: Suivi = NOTHING_KNOWN) -> list[dict[str, Any]]:
    """What happened, today and what comes, with its date: opened, deposited, opinions, sent, decided, or silence."""
    items = [milestone(day_of(lettre.created_at), "Lettre commencée", "done")]
    if lettre.etat == EtatLettre.BROUILLON:
        return [
            *items,
            milestone("Aujourd’hui", "Vous écrivez la lettre", "today"),
            *to_come(["Dépôt au Guichet", "Avis des URPS", "Décision de l’ARS"]),
        ]
    if lettre.deposee_at:
        items.append(milestone(day_of(lettre.deposee_at), "Lettre déposée", "done"))
    items += _opinions(lettre, suivi) + _decision(lettre, suivi)
    return items[-SHOWN:]


def _opinions(lettre: LettreIntention, suivi: Suivi) -> list[dict[str, Any]]:
    """From the check to the opinion of the Guichet, then the letter sent."""
    etat, held = EtatLettre(lettre.etat), suivi.consultation
    asked, given = suivi.dates.get("demander_pieces"), suivi.dates.get("rendre_synthese")
    found = []
    if etat == EtatLettre.INCOMPLETE:
        when = date_longue(asked) if asked else "Aujourd’hui"
        found.append(milestone(when, "Précisions demandées", "today"))
    elif etat == EtatLettre.DEPOSEE:
        found.append(milestone("Aujourd’hui", "Le Guichet vérifie la lettre", "today"))
    if etat == EtatLettre.EN_CONSULTATION and held:
        found.append(milestone(f"Pour le {date_longue(held.limite_le)}", "Avis des URPS", "today"))
    elif given and held and held.rendue_at:
        found.append(milestone(date_longue(given), "Avis du Guichet", "done"))
    if etat == EtatLettre.AVIS_RENDU:
        found.append(milestone("Aujourd’hui", "Transmission à l’ARS", "today"))
    elif lettre.transmise_at:
        found.append(milestone(day_of(lettre.transmise_at), "Transmise à l’ARS", "done"))
    return found


def _decision(lettre: LettreIntention, suivi: Suivi) -> list[dict[str, Any]]:
    etat, demande = EtatLettre(lettre.etat), _request(lettre)
    found, coming = [], []
    if etat in (EtatLettre.DEPOSEE, EtatLettre.INCOMPLETE):
        coming.append("Avis des URPS")
    for action, title in DECIDED.items():
        if day := suivi.dates.get(action):
            found.append(milestone(date_longue(day), title, "done"))
    if etat in CHEZ_LE_GUICHET or etat in (EtatLettre.INCOMPLETE, EtatLettre.TRANSMISE):
        coming.append("Décision de l’ARS")
    found += to_come(coming)
    delai = demande.delai if demande else None
    if demande and delai and demande.etat == EtatDemandeFir.REJETEE_TACITEMENT and delai.echeance_le:
        found.insert(0, milestone(date_longue(delai.echeance_le), "Subvention rejetée par silence", "done"))
    elif delai and delai.clos_at is None and delai.echeance_le and lettre.transmise_at:
        found.append(milestone(date_longue(delai.echeance_le), "Sans réponse, subvention rejetée", "to-come"))
    return found


DECIDED = {"valider": "Lettre validée", "refuser": "Lettre refusée", "retirer": "Lettre retirée"}


def to_come(titles: list[str]) -> list[dict[str, Any]]:
    """What has no date yet, in its order."""
    words = {1: ("Ensuite",), 2: ("Ensuite", "Puis"), 3: ("Ensuite", "Puis", "Enfin")}
    return [milestone(when, title, "to-come") for when, title in zip(words.get(len(titles), ()), titles, strict=True)]


def milestone(quand: str, titre: str, moment: str) -> dict[str, Any]:
    """An item of components/timeline.html, with every key it reads: Django looks long for one that is not there."""
    return {"quand": quand, "titre": titre, "moment": moment, "acteur": "", "detail": "", "document": None}
