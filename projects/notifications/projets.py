"""Who is told of what about a projet de santé: one mail each, a row of the act's transaction."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from accounts.models import User
from accounts.selectors import users_with_right
from accounts.states import CategorieEnvoi, Droit
from dossiers.models import Decision, DemandePieces, PieceDemandee
from dossiers.notifications import am_people, ars_people, association_people, guichet_people, tell
from dossiers.selectors.destinataires import Destinataires
from dossiers.selectors.people import ars_desk, in_charge
from guichet.kernel.civil import ONE_DAY, date_longue
from guichet.kernel.deadlines import Echeance
from projects.models import Avis, Consultation, EvenementAvis, EvenementProjet, ProjetSante
from projects.states import EtatProjet


def _tell(
    projet: ProjetSante,
    users: Sequence[User],
    *,
    evenement: Any,
    sujet: str,
    paragraphes: Sequence[str],
    now: datetime,
    bouton: str = "Ouvrir le projet",
    url: str = "",
    categorie: str = CategorieEnvoi.LEGAL,
) -> None:
    tell(
        users,
        dossier=projet.dossier,
        evenement=evenement,
        sujet=sujet,
        paragraphes=[line for line in paragraphes if line],
        bouton=bouton,
        url=url or reverse("projects:projet", args=[projet.pk]),
        now=now,
        categorie=categorie,
    )


def _last_day(projet: ProjetSante) -> str:
    """Until when the ARS may decide, and what its silence means; "" while no period runs."""
    delai = projet.delai
    if delai is None or delai.dernier_jour is None or delai.echeance_le is None:
        return ""
    return (
        f"Dernier jour de l’ARS\u00a0: {date_longue(delai.dernier_jour)}. Sans opposition d’ici là, le projet est "
        f"réputé validé à partir du {date_longue(delai.echeance_le)}."
    )


def deciders(projet: ProjetSante, *, now: datetime) -> list[User]:
    """Who may decide at the délégation, else at the agency, whoever follows the file."""
    on = timezone.localdate(now)
    desk = [body.pk for body in ars_desk(projet.dossier)]
    return list(users_with_right(desk, Droit.DECIDER, on=on))


def deposited(projet: ProjetSante, *, event: EvenementProjet, now: datetime) -> None:
    """The association has its acknowledgement; the ARS, the Guichet and the Assurance Maladie learn it is there."""
    dossier = projet.dossier
    _tell(
        projet,
        association_people(dossier, now=now),
        evenement=event.pk,
        sujet="Projet de santé déposé",
        paragraphes=[
            "Votre projet de santé est déposé. L’accusé de réception est dans les documents.",
            _last_day(projet),
        ],
        now=now,
    )
    _tell(
        projet,
        ars_people(dossier, now=now),
        evenement=event.pk,
        sujet="Projet de santé reçu",
        paragraphes=["Un projet de santé vous est transmis.", _last_day(projet)],
        now=now,
    )
    _tell(
        projet,
        [*guichet_people(dossier, now=now), *am_people(dossier, now=now)],
        evenement=event.pk,
        sujet="Projet de santé déposé",
        paragraphes=["Le projet de santé est déposé auprès de l’ARS."],
        now=now,
        categorie=CategorieEnvoi.ETAPES,
    )


def received(projet: ProjetSante, *, event: EvenementProjet, now: datetime) -> None:
    _tell(
        projet,
        association_people(projet.dossier, now=now),
        evenement=event.pk,
        sujet="L’ARS a reçu votre projet de santé",
        paragraphes=[f"L’ARS constate la réception le {date_longue(event.prend_effet_le)}.", _last_day(projet)],
        now=now,
    )


def opinions_asked(projet: ProjetSante, consultation: Consultation, *, evenement: Any, now: datetime) -> None:
    """Each body asked, until when; its opinion never moves the clock."""
    on = timezone.localdate(now)
    asked = Avis.objects.filter(consultation=consultation).select_related("organisation").order_by("pk")
    for avis in asked:
        _tell(
            projet,
            in_charge(projet.dossier, [avis.organisation_id], on=on),
            evenement=uuid5(evenement, f"avis-{avis.pk}"),
            sujet="Votre avis est demandé sur un projet de santé",
            paragraphes=[
                f"L’avis de votre organisme est attendu pour le {date_longue(consultation.limite_le)}.",
                "Il éclaire l’ARS\u00a0; il n’arrête ni ne prolonge le délai de deux mois.",
            ],
            now=now,
            bouton="Donner l’avis",
            url=reverse("projects:avis", args=[avis.pk]),
            categorie=CategorieEnvoi.ETAPES,
        )


def opinion_given(avis: Avis, *, event: EvenementAvis, now: datetime) -> None:
    """The ARS learns that a body answered: not what it said."""
    projet = avis.consultation.projet
    assert projet is not None
    _tell(
        projet,
        ars_people(projet.dossier, now=now),
        evenement=event.pk,
        sujet="Avis reçu sur un projet de santé",
        paragraphes=[f"{capfirst(avis.organisation.avec_article)} a répondu.", _last_day(projet)],
        now=now,
        categorie=CategorieEnvoi.ETAPES,
    )


def pieces_asked(projet: ProjetSante, asked: DemandePieces, *, event: EvenementProjet, now: datetime) -> None:
    required = any(item.requise_par_un_texte for item in asked.items.all())
    effect = (
        "Une au moins est exigée par un texte\u00a0: le délai de deux mois ne courra qu’à partir de son arrivée."
        if required
        else "Aucun texte n’exige ces pièces\u00a0: le délai de deux mois continue de courir."
    )
    _tell(
        projet,
        association_people(projet.dossier, now=now),
        evenement=event.pk,
        sujet="Pièces demandées sur votre projet de santé",
        paragraphes=["L’ARS vous demande des pièces. La liste est dans le portail.", effect],
        now=now,
        bouton="Répondre",
        url=reverse("dossiers:repondre", args=[projet.dossier_id]),
    )


def piece_judged(projet: ProjetSante, item: PieceDemandee, *, event: EvenementProjet, now: datetime) -> None:
    _tell(
        projet,
        association_people(projet.dossier, now=now),
        evenement=event.pk,
        sujet="Pièce reçue, mais non conforme",
        paragraphes=[f"«\u00a0{item.intitule}\u00a0»\u00a0: {item.constat}", "Répondez à nouveau dans le portail."],
        now=now,
        bouton="Répondre",
        url=reverse("dossiers:repondre", args=[projet.dossier_id]),
    )


def pieces_waived(projet: ProjetSante, *, event: EvenementProjet, now: datetime) -> None:
    _tell(
        projet,
        association_people(projet.dossier, now=now),
        evenement=event.pk,
        sujet="L’ARS renonce aux pièces demandées",
        paragraphes=["Le délai se compte comme si elles n’avaient pas été demandées.", _last_day(projet)],
        now=now,
    )


def requirement_contested(projet: ProjetSante, *, event: EvenementProjet, now: datetime) -> None:
    _tell(
        projet,
        [*ars_people(projet.dossier, now=now), *deciders(projet, now=now)],
        evenement=event.pk,
        sujet="L’association conteste l’exigence d’une pièce",
        paragraphes=[
            "Selon l’association, aucun texte n’exige ce qui est demandé. Les deux dates sont sur la page du projet."
        ],
        now=now,
    )


def completed(projet: ProjetSante, *, event: EvenementProjet, now: datetime) -> None:
    _tell(
        projet,
        [*ars_people(projet.dossier, now=now), *association_people(projet.dossier, now=now)],
        evenement=event.pk,
        sujet="Projet de santé complété",
        paragraphes=["Les pièces exigées sont arrivées\u00a0: le délai de deux mois court.", _last_day(projet)],
        now=now,
    )


def useful_answers_sent(projet: ProjetSante, *, event: EvenementProjet, now: datetime) -> None:
    _tell(
        projet,
        ars_people(projet.dossier, now=now),
        evenement=event.pk,
        sujet="Réponses aux pièces utiles",
        paragraphes=[
            "L’association répond aux pièces que vous aviez demandées. Le délai ne change pas.",
            _last_day(projet),
        ],
        now=now,
        categorie=CategorieEnvoi.ETAPES,
    )


def withdrawn(projet: ProjetSante, *, event: EvenementProjet, now: datetime) -> None:
    dossier = projet.dossier
    people = [*ars_people(dossier, now=now), *am_people(dossier, now=now), *guichet_people(dossier, now=now)]
    _tell(
        projet,
        people,
        evenement=event.pk,
        sujet="Projet de santé retiré",
        paragraphes=["L’association a retiré son projet de santé\u00a0: il n’attend plus de décision."],
        now=now,
    )


def decided(projet: ProjetSante, *, decision: Decision, event: EvenementProjet, now: datetime) -> None:
    """The association is led to the decision; the ARS, the Guichet and the Assurance Maladie learn it is taken."""
    dossier = projet.dossier
    _tell(
        projet,
        association_people(dossier, now=now),
        evenement=event.pk,
        sujet="Décision sur votre projet de santé",
        paragraphes=["L’ARS a pris une décision sur votre projet de santé. Elle est à lire ici."],
        now=now,
        bouton="Lire la décision",
        url=reverse("dossiers:decision", args=[decision.pk]),
    )
    _tell(
        projet,
        [*guichet_people(dossier, now=now), *am_people(dossier, now=now), *ars_people(dossier, now=now)],
        evenement=event.pk,
        sujet="Décision sur un projet de santé",
        paragraphes=[f"{decision.get_nature_display()}, le {date_longue(event.prend_effet_le)}."],
        now=now,
        categorie=CategorieEnvoi.ETAPES,
    )


def deemed_validated(projet: ProjetSante, *, event: EvenementProjet, told: Destinataires, now: datetime) -> None:
    """Everybody learns that the silence spoke: the association, the ARS, the Guichet and the Assurance Maladie."""
    jour = date_longue(event.prend_effet_le)
    _tell(
        projet,
        told.association,
        evenement=event.pk,
        sujet="Votre projet de santé est réputé validé",
        paragraphes=[
            f"L’ARS ne s’est pas opposée dans les deux mois\u00a0: votre projet est réputé validé depuis le {jour} "
            "(CSP, article L1434-12).",
            "L’attestation est dans les documents.",
        ],
        now=now,
    )
    _tell(
        projet,
        told.autres(),
        evenement=event.pk,
        sujet="Projet de santé réputé validé",
        paragraphes=[f"Le silence de l’ARS vaut validation depuis le {jour}. L’attestation est dans les documents."],
        now=now,
    )


def to_verify(projet: ProjetSante, *, event: EvenementProjet, now: datetime) -> None:
    dossier = projet.dossier
    people = [*association_people(dossier, now=now), *ars_people(dossier, now=now), *guichet_people(dossier, now=now)]
    _tell(
        projet,
        [*people, *deciders(projet, now=now)],
        evenement=event.pk,
        sujet="Situation à vérifier",
        paragraphes=[
            "Une décision a été signée à temps, mais notifiée après le dernier jour. Le silence est inscrit\u00a0; "
            "rien d’autre n’est automatique."
        ],
        now=now,
    )


def on_the_ladder(projet: ProjetSante, *, now: datetime) -> list[User]:
    """Titulaire, suppléant and décideur of the ARS; all of the délégation when nobody is in charge."""
    found = {user.pk: user for user in [*ars_people(projet.dossier, now=now), *deciders(projet, now=now)]}
    return [found[pk] for pk in sorted(found)]


def warn(projet: ProjetSante, *, evenement: UUID, jours: int, now: datetime) -> None:
    """The ladder: titulaire, suppléant and décideur of the ARS; all of the délégation when nobody is in charge."""
    delai = projet.delai
    assert delai is not None
    assert delai.dernier_jour is not None
    left = "aujourd’hui" if jours == 0 else "demain" if jours == 1 else f"dans {jours} jours"
    safe = "C’est le dernier jour sûr." if jours == 1 else ""
    unopened = (
        "Une opposition est signée, mais l’association ne l’a pas encore ouverte\u00a0: notifiez-la aussi par un autre "
        "moyen."
        if projet.etat == EtatProjet.OPPOSE
        else ""
    )
    _tell(
        projet,
        on_the_ladder(projet, now=now),
        evenement=evenement,
        sujet=f"Projet de santé\u00a0: dernier jour {left}",
        paragraphes=[unopened, _last_day(projet), safe],
        now=now,
    )


def arrived_not_sent(projet: ProjetSante, *, evenement: UUID, dernier_jour: date, now: datetime) -> None:
    """Every required piece has come and was not sent: the ARS learns the last day it will have, the association that
    one gesture is left.
    """
    silent = date_longue(dernier_jour + ONE_DAY)
    _tell(
        projet,
        on_the_ladder(projet, now=now),
        evenement=evenement,
        sujet=f"Projet de santé\u00a0: pièces arrivées, dernier jour le {date_longue(dernier_jour)}",
        paragraphes=[
            "Toutes les pièces exigées par un texte sont arrivées\u00a0: vous pouvez les lire. L’association n’a pas "
            "encore envoyé le projet complété.",
            "Les deux mois comptent depuis l’arrivée de la dernière pièce, même si elle l’envoie plus tard. Sans "
            f"opposition au plus tard le {date_longue(dernier_jour)}, le projet sera réputé validé le {silent}.",
        ],
        now=now,
    )
    _tell(
        projet,
        association_people(projet.dossier, now=now),
        evenement=evenement,
        sujet="Vos réponses ne sont pas encore envoyées",
        paragraphes=[
            "Vous avez répondu à tout ce qu’un texte exige. Il reste à envoyer le projet complété\u00a0: d’ici là, la "
            "validation par le silence ne peut pas être inscrite.",
        ],
        now=now,
        bouton="Compléter le projet",
        url=reverse("projects:projet_completer", args=[projet.pk]),
    )


def silence_not_sent(projet: ProjetSante, *, evenement: UUID, found: Echeance, now: datetime) -> None:
    """The last day went by after every required piece had come: only the association's gesture is awaited."""
    assert found.dernier_jour is not None
    assert found.echeance_le is not None
    _tell(
        projet,
        association_people(projet.dossier, now=now),
        evenement=evenement,
        sujet="Envoyez votre projet complété\u00a0: le délai de l’ARS est passé",
        paragraphes=[
            "Toutes les pièces exigées par un texte sont arrivées, et le dernier jour de l’ARS était le "
            f"{date_longue(found.dernier_jour)}. Envoyez le projet complété\u00a0: la validation par le silence sera "
            f"inscrite à sa date, le {date_longue(found.echeance_le)}, et vous recevrez l’attestation.",
        ],
        now=now,
        bouton="Compléter le projet",
        url=reverse("projects:projet_completer", args=[projet.pk]),
    )
