"""Who is told of what about a request for funds."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from accounts.models import User
from accounts.selectors import users_with_right
from accounts.states import CategorieEnvoi, Droit, Genre
from dossiers.models import Decision
from dossiers.notifications import ars_people, association_people, guichet_people, tell
from dossiers.selectors.people import ars_desk, in_charge
from funding.models import DemandeFir, EvenementFir
from guichet.kernel.civil import date_longue
from guichet.kernel.money import euros


def funder_people(demande: DemandeFir, *, now: datetime, droit: str = "instruire") -> list[User]:
    """Who instructs, or decides, at the funder."""
    if demande.financeur.genre in (Genre.ARS, Genre.DD_ARS):
        return ars_people(demande.dossier, now=now, droit=droit)
    return in_charge(demande.dossier, [demande.financeur_id], on=timezone.localdate(now), droit=droit)


def deciders(demande: DemandeFir, *, now: datetime) -> list[User]:
    """Who may decide at the funder, whoever follows the file: at the délégation, else at the agency."""
    desk = [demande.financeur_id]
    if demande.financeur.genre in (Genre.ARS, Genre.DD_ARS):
        desk = [body.pk for body in ars_desk(demande.dossier)]
    on = timezone.localdate(now)
    found = users_with_right(desk, Droit.DECIDER, on=on) or users_with_right(
        [demande.financeur_id], Droit.DECIDER, on=on
    )
    return list(found)


def _funder(demande: DemandeFir) -> str:
    """At the beginning of a sentence."""
    return capfirst(demande.financeur.avec_article)


def _send(
    demande: DemandeFir,
    users: Sequence[User],
    *,
    evenement: UUID,
    sujet: str,
    paragraphes: Sequence[str],
    now: datetime,
    categorie: str = CategorieEnvoi.ETAPES,
    bouton: str = "Ouvrir la demande",
    url: str = "",
) -> None:
    tell(
        users,
        dossier=demande.dossier,
        evenement=evenement,
        sujet=sujet,
        paragraphes=paragraphes,
        bouton=bouton,
        url=url or reverse("funding:demande", args=[demande.pk]),
        now=now,
        categorie=categorie,
    )


def transmitted(demande: DemandeFir, *, event: EvenementFir, now: datetime) -> None:
    """The association has its acknowledgement; the funder learns that a request waits, and until when."""
    lines = [
        f"Votre demande de subvention de {euros(demande.montant_demande)} est transmise {demande.financeur.a_qui}."
    ]
    if demande.delai and demande.delai.dernier_jour:
        lines.append(
            f"Sans réponse d’ici le {date_longue(demande.delai.dernier_jour)}, son silence vaudrait rejet, sous "
            "réserve que la demande soit complète. L’accusé de réception le détaille."
        )
    _send(
        demande,
        association_people(demande.dossier, now=now),
        evenement=event.pk,
        sujet="Demande de subvention transmise",
        paragraphes=lines,
        now=now,
        categorie=CategorieEnvoi.LEGAL,
    )
    received = [f"Une demande de subvention de {euros(demande.montant_demande)} vous est transmise."]
    if demande.delai and demande.delai.dernier_jour:
        received.append(f"Dernier jour pour répondre\u00a0: {date_longue(demande.delai.dernier_jour)}.")
    _send(
        demande,
        funder_people(demande, now=now),
        evenement=event.pk,
        sujet="Demande de subvention reçue",
        paragraphes=received,
        now=now,
        categorie=CategorieEnvoi.LEGAL,
    )


def pieces_asked(demande: DemandeFir, *, event: EvenementFir, now: datetime) -> None:
    _send(
        demande,
        association_people(demande.dossier, now=now),
        evenement=event.pk,
        sujet="Pièces demandées",
        paragraphes=[
            f"{_funder(demande)} vous demande des pièces pour instruire votre demande de subvention.",
            "La liste dit, pour chacune, si un texte l’exige, jusqu’à quand, et l’effet sur le délai.",
        ],
        now=now,
        categorie=CategorieEnvoi.LEGAL,
        bouton="Voir ce qui est demandé",
    )


def completed(demande: DemandeFir, *, event: EvenementFir, now: datetime) -> None:
    _send(
        demande,
        funder_people(demande, now=now),
        evenement=event.pk,
        sujet="Demande complétée",
        paragraphes=["Les pièces demandées sont arrivées."],
        now=now,
    )


def withdrawn(demande: DemandeFir, *, event: EvenementFir, now: datetime) -> None:
    """The funder learns that nothing waits for it any more."""
    _send(
        demande,
        funder_people(demande, now=now),
        evenement=event.pk,
        sujet="Demande de subvention retirée",
        paragraphes=["L’association a retiré sa demande de subvention\u00a0: elle n’attend plus de réponse."],
        now=now,
        categorie=CategorieEnvoi.LEGAL,
    )


def declared(demande: DemandeFir, *, event: EvenementFir, now: datetime) -> None:
    """Who instructs learns that the account and the papers of the association are there."""
    _send(
        demande,
        funder_people(demande, now=now),
        evenement=event.pk,
        sujet="Association déclarée",
        paragraphes=["L’association a donné ses numéros, ses statuts, ses dirigeants et son compte bancaire."],
        now=now,
    )


def decided(demande: DemandeFir, *, decision: Decision, event: EvenementFir, now: datetime) -> None:
    """Both sides learn that a decision is there; the association is led to it on the portal."""
    _send(
        demande,
        association_people(demande.dossier, now=now),
        evenement=event.pk,
        sujet="Décision sur votre demande de subvention",
        paragraphes=[f"{_funder(demande)} a pris une décision sur votre demande de subvention. Elle est à lire ici."],
        now=now,
        categorie=CategorieEnvoi.LEGAL,
        bouton="Lire la décision",
        url=reverse("dossiers:decision", args=[decision.pk]),
    )
    _send(
        demande,
        guichet_people(demande.dossier, now=now),
        evenement=event.pk,
        sujet="Décision sur une demande de subvention",
        paragraphes=[f"{_funder(demande)} a pris une décision sur cette demande."],
        now=now,
    )


def rejected_by_silence(demande: DemandeFir, *, event: EvenementFir, now: datetime) -> None:
    """The association learns what the silence means and what it may do; the funder and the Guichet learn it too."""
    jour = date_longue(event.prend_effet_le)
    _send(
        demande,
        association_people(demande.dossier, now=now),
        evenement=event.pk,
        sujet="Rejet par silence de votre demande de subvention",
        paragraphes=[
            f"{_funder(demande)} n’a pas répondu dans le délai de deux mois\u00a0: votre demande est réputée "
            f"rejetée depuis le {jour}.",
            "Vous pouvez en demander les motifs depuis cette page\u00a0; ils vous sont dus dans le mois "
            "(CRPA, art. L232-4). Le financeur peut encore accorder la subvention.",
        ],
        now=now,
        categorie=CategorieEnvoi.LEGAL,
        bouton="Demander les motifs",
    )
    told = {
        user.pk: user for droit in ("instruire", "decider") for user in funder_people(demande, now=now, droit=droit)
    }
    told |= {user.pk: user for user in guichet_people(demande.dossier, now=now)}
    _send(
        demande,
        [told[pk] for pk in sorted(told)],
        evenement=event.pk,
        sujet="Demande rejetée par silence",
        paragraphes=[
            f"Le délai de deux mois est passé sans réponse\u00a0: la demande est réputée rejetée depuis le {jour}.",
            "Elle peut encore être accordée.",
        ],
        now=now,
        categorie=CategorieEnvoi.LEGAL,
    )


def reasons_asked(demande: DemandeFir, *, event: EvenementFir, le: str, now: datetime) -> None:
    _send(
        demande,
        funder_people(demande, now=now),
        evenement=event.pk,
        sujet="Motifs d’un rejet par silence à communiquer",
        paragraphes=[
            "L’association demande pourquoi sa demande a été rejetée par silence.",
            f"La réponse est due au plus tard le {le} (CRPA, art. L232-4).",
        ],
        now=now,
        categorie=CategorieEnvoi.LEGAL,
        bouton="Communiquer les motifs",
    )


def reasons_given(demande: DemandeFir, *, event: EvenementFir, now: datetime) -> None:
    _send(
        demande,
        association_people(demande.dossier, now=now),
        evenement=event.pk,
        sujet="Motifs du rejet de votre demande de subvention",
        paragraphes=[f"{_funder(demande)} vous communique les motifs du rejet par silence."],
        now=now,
        categorie=CategorieEnvoi.LEGAL,
        bouton="Lire les motifs",
    )


def warn(demande: DemandeFir, *, evenement: UUID, jours: int, now: datetime) -> None:
    """A rung of the ladder: titulaire, suppléant and deciders of the funder. While the Guichet still holds the request
    it is told too, and the funder, who cannot open what was not sent to it, is told to ask for it.
    """
    assert demande.delai is not None
    assert demande.delai.dernier_jour is not None
    left = {0: "Dernier jour aujourd’hui", 1: "Dernier jour demain"}.get(jours, f"Il reste {jours} jours")
    people = {user.pk: user for user in [*funder_people(demande, now=now), *deciders(demande, now=now)]}
    lines = [
        f"Dernier jour pour répondre\u00a0: {date_longue(demande.delai.dernier_jour)}, jusqu’à la fin du jour.",
        f"Sans réponse, la demande de {euros(demande.montant_demande)} est réputée rejetée (CRPA, art. L231-4, 3°).",
    ]
    common: _Rung = {
        "evenement": evenement, "sujet": f"{left} pour répondre à une demande de subvention", "now": now,
        "categorie": CategorieEnvoi.LEGAL,
    }  # fmt: skip
    if demande.transmise_at is not None:
        _send(demande, [people[pk] for pk in sorted(people)], paragraphes=lines, **common)
        return
    holders = guichet_people(demande.dossier, now=now)
    held = f"Elle n’est pas encore transmise {demande.financeur.a_qui}, mais le délai court depuis le dépôt."
    _send(demande, holders, paragraphes=[*lines, held], **common)
    waiting = [people[pk] for pk in sorted(people.keys() - {user.pk for user in holders})]
    ask = (
        "Le Guichet ne vous a pas encore transmis cette demande, mais le délai court depuis le dépôt\u00a0: voyez avec "
        "lui où elle en est."
    )
    _send(
        demande,
        waiting,
        paragraphes=[*lines, ask],
        bouton="Ouvrir le portail",
        url=reverse("portal:accueil_role"),
        **common,
    )


class _Rung(TypedDict):
    """What both mails of a rung share."""

    evenement: UUID
    sujet: str
    now: datetime
    categorie: str
